/** t-visibility as it was measured: how long after the last commit before it a read began, and whether it returned that write or a newer one. */
import { covers } from "./versions.ts";
import { isAcknowledged } from "./operations.ts";
import type { Model } from "./model.ts";
import type { Operation } from "./operations.ts";
import type { Key, VersionName } from "./history.ts";

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
  const operations = model.keys.get(key) ?? [];
  const writes = operations.filter(isAcknowledged).sort((a, b) => a.endUs - b.endUs);
  const reads = operations.filter(({ f, outcome, final }) => f === "read" && outcome === "ok" && !final).sort((a, b) => a.startUs - b.startUs);
  let before = 0;
  return reads.flatMap((read): AgedRead[] => {
    while ((writes[before]?.endUs ?? Infinity) < read.startUs) before++;
    const write = writes[before - 1];
    const version = write === undefined ? undefined : model.writers(key).versionOf(write);
    if (write === undefined || version === undefined || (write.w ?? model.run.w) !== model.run.w || (read.r ?? model.run.r) !== model.run.r) return [];
    return [{ ageUs: ageOf(model, read, write), current: isCurrent(model, read, write, version) }];
  });
}

function ageOf({ evidence }: Model, read: Operation, write: Operation): number {
  const begunUs = evidence.readRequests.get(read.op)?.[0]?.atUs;
  const committedUs = evidence.answers.get(write.op)?.find(({ frame }) => frame === "client-write-ok")?.atUs;
  return begunUs === undefined || committedUs === undefined ? read.startUs - write.endUs : begunUs - committedUs;
}

/** Where no version is shown, a delete may have been read. */
function isCurrent(model: Model, read: Operation, write: Operation, version: VersionName): boolean {
  if (read.versions.length === 0 && write.f === "delete") return true;
  if (model.run.versions === "siblings") return read.versions.some((shown) => shown.version === version) || covers(read.context, version);
  const writers = model.writers(read.key);
  return read.versions.some((shown) => writers.rank(shown) >= version);
}
