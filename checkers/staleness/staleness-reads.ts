/** Finds, by versions, how far each read was behind the newest acknowledged write of its key. */
import { absenceRank } from "../model/absence.ts";
import { behind } from "./behind.ts";
import { dotOf } from "../language/versions.ts";
import { orderOf, upTo } from "../numbers/order.ts";
import { ranksByTime, type RanksByTime } from "../model/by-time.ts";
import { isAcknowledged } from "../columnar/operation.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Key, VersionName } from "../language/history.ts";

export interface StaleRead {
  readonly read: Operation;
  /** The number of acknowledged versions that the read missed. */
  readonly versions: number;
  /** The time from the acknowledgement of the first missed version to the start of the read, in microseconds. */
  readonly behindUs: number;
  /**
   * The newest write that the read missed. Siblings: of the newest missed writes of each actor, the one that ended
   * last.
   */
  readonly missed: Operation;
}

export interface KeyStaleness {
  readonly reads: number;
  readonly stale: readonly StaleRead[];
}

/**
 * The number of the key's reads, and the reads that missed a newer acknowledged write. Only a write with a known
 * version can be missed. Throws HistoryError if two writes of the key have the same value.
 */
export function stalenessOf(model: Model, key: Key): KeyStaleness {
  const writers = model.writers(key);
  if (model.run.versions === "stamps") return byStamp(model, key);
  const operations = model.keys.get(key) ?? [];
  const reads = operations.filter(({ f, outcome }) => f === "read" && outcome === "ok");
  const writes = operations.filter(isAcknowledged).flatMap((write) => {
    const version = writers.versionOf(write);
    return version === undefined ? [] : [{ write, version }];
  });
  return { reads: reads.length, stale: byDot(reads, writes) };
}

interface Versioned {
  readonly write: Operation;
  readonly version: VersionName;
}

/** The key's stale reads if stamps order its versions. Uses only numbers, since a key may have a million operations. */
function byStamp(model: Model, key: Key): KeyStaleness {
  const { views } = model.columns;
  const byTime = ranksByTime(model, key);
  const { reads, readStartUs, writes } = byTime;
  const readRanks = byTime.readRanks.map((rank, read) =>
    rank === -Infinity ? absenceRank(model, reads[read] as number) : rank,
  );
  if (!anyBehind(byTime, readRanks)) return { reads: reads.length, stale: [] };
  const ofKnown = upTo(writes.length).filter((write) => byTime.writeRanks[write] !== -Infinity);
  const sorted = orderOf(byTime.writeRanks, ofKnown);
  const ordered = {
    ranks: Float64Array.from(sorted, (write) => byTime.writeRanks[write] as number),
    acknowledgedUs: Float64Array.from(sorted, (write) => byTime.writeEndUs[write] as number),
  };
  const stale = behind(ordered, readRanks, readStartUs).map(
    ({ read, missed, sinceUs, newest }): StaleRead => {
      const startUs = readStartUs[read] as number;
      return {
        read: views.at(reads[read] as number),
        versions: missed,
        behindUs: startUs - sinceUs,
        missed: views.at(writes[sorted[newest] as number] as number),
      };
    },
  );
  return { reads: reads.length, stale };
}

/**
 * Whether the key has any stale read. Most keys have none, and a comparison with the newest acknowledged version shows
 * that without sorting.
 */
function anyBehind(
  { readStartUs, writeEndUs, writeRanks }: RanksByTime,
  readRanks: Float64Array,
): boolean {
  let newest = -Infinity;
  let next = 0;
  for (let read = 0; read < readStartUs.length; read++) {
    const beganUs = readStartUs[read] as number;
    for (; next < writeEndUs.length && (writeEndUs[next] as number) < beganUs; next++) {
      const rank = writeRanks[next] as number;
      if (rank > newest) newest = rank;
    }
    if (newest > (readRanks[read] as number)) return true;
  }
  return false;
}

/**
 * The stale reads among siblings. The dots of each actor have an order of their own. A read is behind by those dots of
 * an actor that were acknowledged before it began and that its context does not cover.
 */
function byDot(reads: readonly Operation[], writes: readonly Versioned[]): StaleRead[] {
  const actors = new Map<string, { write: Operation; rank: number }[]>();
  for (const { write, version } of writes) {
    const { actor, counter } = dotOf(version);
    const of = actors.get(actor);
    if (of === undefined) actors.set(actor, [{ write, rank: counter }]);
    else of.push({ write, rank: counter });
  }
  const stale = new Map<Operation, StaleRead>();
  for (const [actor, of] of actors) {
    const covered = reads.map(({ context }) =>
      context !== undefined && Object.hasOwn(context, actor) ? (context[actor] ?? 0) : 0,
    );
    for (const one of along(reads, covered, of)) {
      const before = stale.get(one.read);
      const missed =
        before !== undefined && before.missed.endUs > one.missed.endUs ? before.missed : one.missed;
      stale.set(one.read, {
        read: one.read,
        missed,
        versions: (before?.versions ?? 0) + one.versions,
        behindUs: Math.max(before?.behindUs ?? 0, one.behindUs),
      });
    }
  }
  return [...stale.values()];
}

function along(
  reads: readonly Operation[],
  readRanks: readonly number[],
  writes: readonly { readonly write: Operation; readonly rank: number }[],
): StaleRead[] {
  const sorted = [...writes].sort((a, b) => a.rank - b.rank);
  const ordered = {
    ranks: Float64Array.from(sorted, ({ rank }) => rank),
    acknowledgedUs: Float64Array.from(sorted, ({ write }) => write.endUs),
  };
  return behind(
    ordered,
    Float64Array.from(readRanks),
    Float64Array.from(reads, ({ startUs }) => startUs),
  ).flatMap(({ read: index, missed, sinceUs, newest }) => {
    const read = reads[index];
    const write = sorted[newest]?.write;
    return read === undefined || write === undefined
      ? []
      : [{ read, versions: missed, behindUs: read.startUs - sinceUs, missed: write }];
  });
}
