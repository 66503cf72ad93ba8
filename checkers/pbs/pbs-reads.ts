/**
 * Measures t-visibility: how long after the last acknowledged write each read began, and whether the read returned that
 * write or a newer one.
 */
import { covers } from "../language/versions.ts";
import { isDelete } from "../columnar/operation-table.ts";
import { ranksByTime, rowsByTime } from "../model/by-time.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Key } from "../language/history.ts";

/** The reads of one key with their ages, as columns, since a key may have a million reads. */
export interface AgedReads {
  /**
   * The age of each read in microseconds: the time from the coordinator's acknowledgement of the last write to the
   * read's first request to a replica. If the evidence lacks either: the time from the write's end to the read's start
   * at the clients.
   */
  readonly agesUs: Float64Array;
  /** 1 if the read returned the last acknowledged write or a newer one, otherwise 0. */
  readonly current: Uint8Array;
}

/**
 * The age of each read and whether it was current, for reads before which some write was acknowledged. Leaves out final
 * reads, reads whose R or whose last write's W differs from the run's, and reads after a write whose version is
 * unknown. Takes O(n log n).
 */
export function agedReads(model: Model, key: Key): AgedReads {
  const { table, authors, views } = model.columns;
  const { final } = table;
  const { r, w, versions } = model.run;
  // Throws HistoryError if two writes of the key have the same value, since the writer of that value is then unknown.
  model.writers(key);
  const { reads, readStartUs, writes, writeEndUs } = rowsByTime(model, key);
  const isCurrent =
    versions === "siblings"
      ? (read: number, write: number) =>
          isCovered(model, views.at(reads[read] as number), views.at(writes[write] as number))
      : currentByStamp(model, key);
  // Whether the R of the read or the W of the write differs from the run's. Most histories have no such operation.
  const differs = (read: number, write: number): boolean =>
    (table.w.size > 0 && (table.w.get(write) ?? w) !== w) ||
    (table.r.size > 0 && (table.r.get(read) ?? r) !== r);
  const agesUs = new Float64Array(reads.length);
  const current = new Uint8Array(reads.length);
  let count = 0;
  let before = 0;
  for (let i = 0; i < reads.length; i++) {
    const read = reads[i] as number;
    if (final[read] !== 0) continue;
    const beganUs = readStartUs[i] as number;
    while (before < writes.length && (writeEndUs[before] as number) < beganUs) before++;
    const write = before === 0 ? -1 : (writes[before - 1] as number);
    if (write < 0 || authors.versionOf(write) < 0 || differs(read, write)) continue;
    agesUs[count] =
      ageByEvidence(model, read, write) ?? beganUs - (writeEndUs[before - 1] as number);
    current[count++] = isCurrent(i, before - 1) ? 1 : 0;
  }
  return { agesUs: agesUs.subarray(0, count), current: current.subarray(0, count) };
}

/**
 * The age of a read according to evidence, in microseconds. Undefined: the evidence lacks the read or the write.
 *
 * @param read The row of the read.
 * @param write The row of the last write that was acknowledged before the read.
 */
function ageByEvidence(
  { evidence, columns: { table } }: Model,
  read: number,
  write: number,
): number | undefined {
  if (evidence.readRequests.size === 0) return undefined;
  const begunUs = evidence.readRequests.get(table.op[read] as number)?.[0]?.atUs;
  const committedUs = evidence.answers
    .get(table.op[write] as number)
    ?.find(({ frame }) => frame === "client-write-ok")?.atUs;
  return begunUs === undefined || committedUs === undefined ? undefined : begunUs - committedUs;
}

/**
 * Returns a function that says, by stamps, whether a read returned the write or a newer one. Its two arguments are
 * indices in order of time. A read of nothing counts as current if the write is a delete.
 */
function currentByStamp(model: Model, key: Key): (read: number, write: number) => boolean {
  const { readRanks, writes, writeRanks } = ranksByTime(model, key);
  const { f } = model.columns.table;
  return (read, write) =>
    readRanks[read] === -Infinity
      ? f[writes[write] as number] === isDelete
      : (readRanks[read] as number) >= (writeRanks[write] as number);
}

/**
 * For siblings: whether the read returned the write, or its context covers the write's dot. A read of nothing counts as
 * current if the write is a delete.
 */
function isCovered(model: Model, read: Operation, write: Operation): boolean {
  const version = model.writers(read.key).versionOf(write);
  if (read.versions.length === 0 && write.f === "delete") return true;
  return (
    version !== undefined &&
    (read.versions.some((shown) => shown.version === version) || covers(read.context, version))
  );
}
