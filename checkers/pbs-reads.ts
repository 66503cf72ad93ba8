/** t-visibility as it was measured: how long after the last commit before it a read began, and whether it returned that write or a newer one. */
import { covers } from "./versions.ts";
import { isDelete, isOk, isRead } from "./coded/table.ts";
import { orderOf } from "./order.ts";
import type { Model } from "./model.ts";
import type { Operation } from "./operations.ts";
import type { Key } from "./history.ts";

export interface AgedRead {
  /** From the coordinator's acknowledgement of the write to the read's first request to a replica; without evidence, between what clients saw. */
  readonly ageUs: number;
  /** It returned the write, or one that is newer. */
  readonly current: boolean;
}

/**
 * Reads and writes with the cluster's own R and W, the ending's sweep left out: each read with the write that was acknowledged last before the
 * read began. O(n log n).
 */
export function agedReads(model: Model, key: Key): AgedRead[] {
  const { table, rows, authors, views } = model.coded;
  const { r, w, versions } = model.run;
  // A value that was written twice is no one's.
  model.writers(key);
  const own = rows.of(table.keys.find(key));
  const writes = inOrder(own.filter((row) => table.f[row] !== isRead && table.outcome[row] === isOk), table.endUs);
  const reads = inOrder(own.filter((row) => table.f[row] === isRead && table.outcome[row] === isOk && table.final[row] === 0), table.startUs);
  const current = versions === "siblings" ? (read: number, write: number) => isCovered(model, views.at(read), views.at(write)) : currentByStamp(model);
  const aged: AgedRead[] = [];
  let before = 0;
  for (const read of reads) {
    while (before < writes.length && (table.endUs[writes[before] as number] as number) < (table.startUs[read] as number)) before++;
    const write = before === 0 ? -1 : (writes[before - 1] as number);
    if (write < 0 || authors.versionOf(write) < 0 || (table.w.get(write) ?? w) !== w || (table.r.get(read) ?? r) !== r) continue;
    aged.push({ ageUs: ageOf(model, read, write), current: current(read, write) });
  }
  return aged;
}

const inOrder = (rows: Int32Array, timesUs: Float64Array): Int32Array => orderOf(Float64Array.from(rows, (row) => timesUs[row] as number)).map((i) => rows[i] as number);

/** Of rows. */
function ageOf({ evidence, coded: { table } }: Model, read: number, write: number): number {
  const begunUs = evidence.readRequests.get(table.op[read] as number)?.[0]?.atUs;
  const committedUs = begunUs === undefined ? undefined : evidence.answers.get(table.op[write] as number)?.find(({ frame }) => frame === "client-write-ok")?.atUs;
  return begunUs === undefined || committedUs === undefined ? (table.startUs[read] as number) - (table.endUs[write] as number) : begunUs - committedUs;
}

/** Of rows. Where no version is shown, a delete may have been read. */
function currentByStamp({ coded: { table, authors } }: Model): (read: number, write: number) => boolean {
  const { ranks } = authors;
  return (read, write) => {
    const size = table.versionCount[read] as number;
    if (size === 0) return table.f[write] === isDelete;
    const least = ranks[authors.versionOf(write)] as number;
    const first = table.firstVersion[read] as number;
    for (let at = first; at < first + size; at++) {
      if ((ranks[authors.ranking(table.version[at] as number, table.versionValue[at] as number)] as number) >= least) return true;
    }
    return false;
  };
}

/** The same of siblings. */
function isCovered(model: Model, read: Operation, write: Operation): boolean {
  const version = model.writers(read.key).versionOf(write);
  if (read.versions.length === 0 && write.f === "delete") return true;
  return version !== undefined && (read.versions.some((shown) => shown.version === version) || covers(read.context, version));
}
