/** Measures how hard a history tried the store: how many operations succeeded, and how often faults overlapped them. */
import { isFail, isOk, isRead, type OperationTable } from "./columnar/operation-table.ts";
import { touches } from "./model/fault-windows.ts";
import { keysOf, type Model } from "./model/model.ts";
import type { Stress } from "./language/verdict.ts";

/**
 * Counts the operations of a history by outcome and function, its faults, and the operations that each kind of fault
 * overlapped. Final operations (the last reads, for example) do not count, since they run without faults.
 */
export function stressOf(model: Model): Stress {
  const {
    run,
    columns: { table },
    faults,
    faultEvents,
  } = model;
  const counts = { operations: 0, ok: 0, fail: 0, info: 0 };
  const writes = { asked: 0, ok: 0 };
  const tried: Record<string, number> = {};
  for (let row = 0; row < table.count; row++) {
    if (table.final[row] === 1) continue;
    counts.operations++;
    increase(tried, table.functionName(table.f[row] as number), 1);
    if (table.f[row] !== isRead) {
      writes.asked++;
      if (table.outcome[row] === isOk) writes.ok++;
    }
    counts[table.outcome[row] === isOk ? "ok" : table.outcome[row] === isFail ? "fail" : "info"]++;
  }
  const keys = keysOf(model);
  const byKind: Record<string, { injected: number; overlapped: number }> = {};
  const met: Record<string, Record<string, number>> = {};
  for (const fault of faults) {
    const of = (byKind[fault.kind] ??= { injected: 0, overlapped: 0 });
    if (!faultEvents.some((event) => event.fault === fault.fault && event.phase === "injected"))
      continue;
    of.injected++;
    const touched = keys.filter((key) => touches(run, fault, key));
    const overlapped = overlapping(
      table,
      new Set(touched.map((key) => table.keys.find(key))),
      fault.fromUs,
      fault.toUs,
    );
    for (const [f, count] of overlapped) {
      of.overlapped += count;
      increase((met[fault.kind] ??= {}), f, count);
    }
  }
  return { ...counts, writes, faults: byKind, tried, met };
}

function increase(counts: Record<string, number>, name: string, by: number): void {
  counts[name] = (counts[name] ?? 0) + by;
}

/**
 * The number of operations of each function on these keys that overlapped [fromUs, toUs]. Final operations do not
 * count.
 */
function overlapping(
  table: OperationTable,
  keys: ReadonlySet<number>,
  fromUs: number,
  toUs: number,
): ReadonlyMap<string, number> {
  const counts: Record<string, number> = {};
  for (let row = 0; row < table.count; row++) {
    const within =
      table.final[row] === 0 &&
      (table.startUs[row] as number) <= toUs &&
      (table.endUs[row] as number) >= fromUs;
    if (within && keys.has(table.key[row] as number))
      increase(counts, table.functionName(table.f[row] as number), 1);
  }
  return new Map(Object.entries(counts));
}
