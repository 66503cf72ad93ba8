/**
 * Finds reads that missed a write by real time alone: the read returned some write, but another write began after that
 * one had ended and was acknowledged before the read began (weak multi-writer regularity).
 *
 * Takes O(n log n): among the writes acknowledged before the read began, only the one that started last matters. A read
 * of nothing may show any delete that began before the read ended, and only the delete that ended last matters.
 */
import { isOk, type OperationTable } from "../columnar/operation-table.ts";
import { largestBegunBy } from "../model/deletes.ts";
import { rowsByTime } from "../model/by-time.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Key } from "../language/history.ts";

export interface Missed {
  readonly read: Operation;
  readonly missed: Operation;
  /** The write that the read returned. Undefined: the read returned the initial value. */
  readonly current: Operation | undefined;
}

export function missedByTime(model: Model, key: Key): Missed[] {
  const { table, authors, views } = model.columns;
  // Throws HistoryError if two writes of the key have the same value, since the writer of that value is then unknown.
  model.writers(key);
  const { reads, readStartUs, readSourceEndUs, writes, writeStartUs, writeEndUs } = rowsByTime(
    model,
    key,
  );
  const lastEnded = largestBegunBy(model, table.keys.find(key), (row) => effectEndUs(table, row));
  const found: Missed[] = [];
  let latest = -1;
  let latestStartUs = -Infinity;
  let next = 0;
  for (let i = 0; i < reads.length; i++) {
    const beganUs = readStartUs[i] as number;
    for (; next < writes.length && (writeEndUs[next] as number) < beganUs; next++) {
      if ((writeStartUs[next] as number) <= latestStartUs) continue;
      latest = writes[next] as number;
      latestStartUs = writeStartUs[next] as number;
    }
    // A value of unknown origin counts as written by an operation without end, such as an indeterminate delete.
    // no-thin-air reports thin-air reads.
    if ((readSourceEndUs[i] as number) >= latestStartUs) continue;
    const read = reads[i] as number;
    const at = table.firstVersion[read] as number;
    const nothing = table.versionCount[read] === 0;
    const current = nothing
      ? lastEnded(table.endUs[read] as number)
      : authors.of(table.version[at] as number, table.versionValue[at] as number);
    if (nothing && current >= 0 && effectEndUs(table, current) >= latestStartUs) continue;
    found.push({
      read: views.at(read),
      missed: views.at(latest),
      current: current < 0 ? undefined : views.at(current),
    });
  }
  return found;
}

/**
 * The time by which the write has certainly taken effect. Infinity: the write is indeterminate, and may take effect at
 * any later time.
 */
const effectEndUs = ({ outcome, endUs }: OperationTable, row: number): number =>
  outcome[row] === isOk ? (endUs[row] as number) : Infinity;
