/**
 * Which reads missed a write by real time alone: r returned w, but some w' began after w ended and was acknowledged before r began
 * (weak multi-writer regularity). O(n log n): of the writes acknowledged before the read began, only the latest start matters.
 */
import { effectEndUs, isAcknowledged } from "./operations.ts";
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
  const operations = model.keys.get(key) ?? [];
  const writers = model.writers(key);
  const hasDelete = operations.some(({ f, outcome }) => f === "delete" && outcome !== "fail");
  const acknowledged = operations.filter(isAcknowledged).sort((a, b) => a.endUs - b.endUs);
  const reads = operations.filter(({ f, outcome }) => f === "read" && outcome === "ok").sort((a, b) => a.startUs - b.startUs);
  const found: Missed[] = [];
  let latest: Operation | undefined;
  let next = 0;
  for (const read of reads) {
    for (let write = acknowledged[next]; write !== undefined && write.endUs < read.startUs; write = acknowledged[++next]) {
      if (latest === undefined || write.startUs > latest.startUs) latest = write;
    }
    const versioned = read.versions[0];
    const current = versioned === undefined ? undefined : writers.of(versioned);
    // Of unknown origin: a delete's doing, perhaps; a phantom is no-phantom's to report.
    if (latest === undefined || (current === undefined && (versioned !== undefined || hasDelete))) continue;
    if (current === undefined || effectEndUs(current) < latest.startUs) found.push({ read, missed: latest, current });
  }
  return found;
}
