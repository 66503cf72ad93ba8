/**
 * Which reads missed a write by real time alone: r returned w, but some w' began after w ended and was acknowledged before r began
 * (weak multi-writer regularity). O(n log n): of the writes acknowledged before the read began, only the latest start matters.
 */
import { isDelete, isFail, isOk } from "./coded/table.ts";
import { rowsByTime } from "./by-time.ts";
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
  const { f, outcome, startUs, endUs, versionCount, firstVersion, version, versionValue } = table;
  // A value that was written twice is no one's.
  model.writers(key);
  const own = rows.of(table.keys.find(key));
  const hasDelete = own.some((row) => f[row] === isDelete && outcome[row] !== isFail);
  const { reads, readStartUs: begunUs, writes, writeEndUs } = rowsByTime(model, key);
  const found: Missed[] = [];
  let latest = -1;
  let latestStartUs = -Infinity;
  let next = 0;
  for (let i = 0; i < reads.length; i++) {
    const read = reads[i] as number;
    const readStartUs = begunUs[i] as number;
    for (; next < writes.length; next++) {
      const write = writes[next] as number;
      if (!((writeEndUs[next] as number) < readStartUs)) break;
      if (latest >= 0 && (startUs[write] as number) <= latestStartUs) continue;
      latest = write;
      latestStartUs = startUs[write] as number;
    }
    const nothing = versionCount[read] === 0;
    const at = firstVersion[read] as number;
    const current = nothing ? -1 : authors.of(version[at] as number, versionValue[at] as number);
    // Of unknown origin: a delete's doing, perhaps; a phantom is no-phantom's to report.
    if (latest < 0 || (current < 0 && (!nothing || hasDelete))) continue;
    const currentEndUs = current < 0 ? -Infinity : outcome[current] === isOk ? (endUs[current] as number) : Infinity;
    if (currentEndUs < latestStartUs) found.push({ read: views.at(read), missed: views.at(latest), current: current < 0 ? undefined : views.at(current) });
  }
  return found;
}
