/**
 * Which reads missed a write by real time alone: r returned w, but some w' began after w ended and was acknowledged before r began
 * (weak multi-writer regularity). O(n log n): of the writes acknowledged before the read began, only the latest start matters.
 */
import { isDelete, isFail, isOk, isRead } from "./coded/table.ts";
import { orderOf } from "./order.ts";
import type { Model } from "./model.ts";
import type { Operation } from "./operations.ts";
import type { Key } from "./history.ts";

export interface Missed {
  readonly read: Operation;
  readonly missed: Operation;
  /** What the read returned; undefined for the initial value. */
  readonly current: Operation | undefined;
}

export function missedByTime(model: Model, key: Key): Missed[] {
  const { table, rows, authors, views } = model.coded;
  // A value that was written twice is no one's.
  model.writers(key);
  const own = rows.of(table.keys.find(key));
  const hasDelete = own.some((row) => table.f[row] === isDelete && table.outcome[row] !== isFail);
  const writes = own.filter((row) => table.f[row] !== isRead && table.outcome[row] === isOk);
  const acknowledged = orderOf(Float64Array.from(writes, (row) => table.endUs[row] as number)).map((i) => writes[i] as number);
  const readRows = own.filter((row) => table.f[row] === isRead && table.outcome[row] === isOk);
  const reads = orderOf(Float64Array.from(readRows, (row) => table.startUs[row] as number)).map((i) => readRows[i] as number);
  const found: Missed[] = [];
  let latest = -1;
  let next = 0;
  for (const read of reads) {
    const startUs = table.startUs[read] as number;
    for (; next < acknowledged.length; next++) {
      const write = acknowledged[next] as number;
      if (!((table.endUs[write] as number) < startUs)) break;
      if (latest < 0 || (table.startUs[write] as number) > (table.startUs[latest] as number)) latest = write;
    }
    const nothing = table.versionCount[read] === 0;
    const at = table.firstVersion[read] as number;
    const current = nothing ? -1 : authors.of(table.version[at] as number, table.versionValue[at] as number);
    // Of unknown origin: a delete's doing, perhaps; a phantom is no-phantom's to report.
    if (latest < 0 || (current < 0 && (!nothing || hasDelete))) continue;
    const endUs = current < 0 ? -Infinity : table.outcome[current] === isOk ? (table.endUs[current] as number) : Infinity;
    if (endUs < (table.startUs[latest] as number)) found.push({ read: views.at(read), missed: views.at(latest), current: current < 0 ? undefined : views.at(current) });
  }
  return found;
}
