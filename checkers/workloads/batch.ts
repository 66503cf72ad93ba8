/**
 * Judges batches, which write one value to several keys at once. A read of several keys must show all of a batch or
 * nothing of it, except for parts that another write may have replaced.
 */
import {
  type ClientOperation,
  numbered,
  type OperationNames,
  type WorkloadResult,
} from "../language/workload-result.ts";
import { WorkloadFindings } from "../language/workload-findings.ts";

/**
 * A write of a batch, or a read of several keys. At most one operation may write a value. A write of one key is a batch
 * of one.
 */
export type BatchOperation = ClientOperation &
  (
    | { readonly f: "write"; readonly keys: readonly string[]; readonly value: string }
    /**
     * A read. `found` has the value of each key, or null for a key without a value. Undefined: the result is unknown.
     */
    | { readonly f: "read"; readonly found: ReadonlyMap<string, string | null> | undefined }
  );

/** The kinds of anomalies of batches. */
export type BatchAnomalyKind =
  /**
   * A read shows a part of a batch and, at another key of the batch, nothing or a value that the batch must have
   * replaced.
   */
  | "batch-atomic"
  /** A read shows a value that nobody wrote. */
  | "thin-air";

type Write = BatchOperation & { readonly f: "write" };

/**
 * Judges each read alone. The writes that the read shows must have an order that fits real time, and in which each
 * batch comes before what the read shows at the other keys of the batch. Takes time in proportion to the number of keys
 * read, except for reads of many keys.
 */
export function checkBatches(
  operations: readonly BatchOperation[],
  { nameOf = numbered }: { readonly nameOf?: OperationNames } = {},
): WorkloadResult<BatchAnomalyKind> {
  const findings = new WorkloadFindings<BatchAnomalyKind>();
  const writes = new Map<string, Write>();
  for (const one of operations) {
    if (one.f !== "write") continue;
    const before = writes.get(one.value);
    if (before !== undefined)
      findings.undecided(
        `${nameOf(before.op)} and ${nameOf(one.op)} both wrote ${one.value}, so nobody can tell whose write a read saw.`,
      );
    writes.set(one.value, one);
  }
  let judged = 0;
  for (const read of operations) {
    if (read.f !== "read" || read.outcome !== "ok" || read.found === undefined) continue;
    judged++;
    const shown = new Map<string, Write>();
    for (const [key, value] of read.found) {
      const write = value === null ? undefined : writes.get(value);
      if (write !== undefined && write.keys.includes(key)) shown.set(key, write);
      else if (value !== null)
        findings.found("thin-air", () => ({
          sentence: `The read of ${nameOf(read.op)} shows ${value} at ${key}, but no operation wrote ${value} there.`,
          operations: [read.op],
          key,
        }));
    }
    const torn = tornBatch(read.found, shown);
    if (torn === null) continue;
    const { batch, at, missing, by } = torn;
    findings.found("batch-atomic", () => ({
      sentence: `The read of ${nameOf(read.op)} shows ${batch.value} at ${at}, and at ${missing} ${by === undefined ? "nothing" : by.value}, but ${nameOf(batch.op)} wrote ${batch.value} to both${by === undefined ? "" : `, and ${nameOf(by.op)} cannot have come after ${nameOf(batch.op)}`}.`,
      operations: [read.op, batch.op, ...(by === undefined ? [] : [by.op])],
      key: missing,
    }));
  }
  return findings.conclude(judged);
}

interface Torn {
  readonly batch: Write;
  readonly at: string;
  readonly missing: string;
  readonly by: Write | undefined;
}

/**
 * A batch of which the read shows a part and, at another key of the batch, nothing or a value that cannot have come
 * later. Null: there is no such batch.
 */
function tornBatch(
  found: ReadonlyMap<string, string | null>,
  shown: ReadonlyMap<string, Write>,
): Torn | null {
  /** For each write, the writes that must come after it because of what the read shows. */
  const later = new Map<Write, Set<Write>>();
  for (const [at, batch] of shown) {
    for (const key of batch.keys) {
      if (!found.has(key)) continue;
      const by = shown.get(key);
      if (by === batch) continue;
      if (by === undefined) {
        if (found.get(key) === null) return { batch, at, missing: key, by };
        continue;
      }
      const known = later.get(batch) ?? new Set();
      later.set(batch, known.add(by));
    }
  }
  for (const [batch, others] of later)
    for (const by of others)
      if (leadsTo(by, batch, { later, all: [...shown.values()] })) {
        const keyOf = (write: Write): string =>
          [...shown].find(([key, one]) => one === write && batch.keys.includes(key))?.[0] ?? "";
        return { batch, at: keyOf(batch), missing: keyOf(by), by };
      }
  return null;
}

/** Whether the write `from` must come before the write `to`, by the demands in `later` and by real time. */
function leadsTo(
  from: Write,
  to: Write,
  {
    later,
    all,
  }: { readonly later: ReadonlyMap<Write, ReadonlySet<Write>>; readonly all: readonly Write[] },
): boolean {
  const seen = new Set([from]);
  for (const write of seen) {
    if (write === to) return true;
    for (const next of later.get(write) ?? []) seen.add(next);
    if (write.outcome === "ok")
      for (const next of all) if (write.returnUs < next.invokeUs) seen.add(next);
  }
  return false;
}
