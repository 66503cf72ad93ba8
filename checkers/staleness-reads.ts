/** For each read, how far it was behind the newest acknowledged write of its key, in the order of versions. */
import { absenceRank } from "./absence.ts";
import { behind } from "./behind.ts";
import { dotOf } from "./versions.ts";
import { orderOf } from "./order.ts";
import { rowsByTime } from "./by-time.ts";
import { isAcknowledged } from "./operations.ts";
import type { Model } from "./model.ts";
import type { Operation } from "./operations.ts";
import type { Key, VersionName } from "./history.ts";

export interface StaleRead {
  readonly read: Operation;
  /** How many acknowledged versions it missed. */
  readonly versions: number;
  /** For how long the first of them had been acknowledged when the read began. */
  readonly behindUs: number;
  /** The newest of them. */
  readonly missed: Operation;
}

export interface KeyStaleness {
  readonly reads: number;
  readonly stale: readonly StaleRead[];
}

/** Only acknowledged writes whose version is known can be missed. Throws HistoryError where a value of the key was written twice. */
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

/** In numbers throughout: a key may have a million operations. */
function byStamp(model: Model, key: Key): KeyStaleness {
  const { table, authors, views } = model.coded;
  const { ranks } = authors;
  const { reads, writes } = rowsByTime(model, key);
  const readRanks = Float64Array.from(reads, (row) => readRank(model, row));
  const writeRows = writes.filter((row) => authors.versionOf(row) >= 0);
  const writeRanks = Float64Array.from(writeRows, (row) => ranks[authors.versionOf(row)] as number);
  if (!anyBehind(model, { reads, readRanks, writes: writeRows, writeRanks })) return { reads: reads.length, stale: [] };
  const sorted = orderOf(writeRanks);
  const ordered = {
    ranks: Float64Array.from(sorted, (write) => writeRanks[write] as number),
    acknowledgedUs: Float64Array.from(sorted, (write) => table.endUs[writeRows[write] as number] as number),
  };
  const readStarts = Float64Array.from(reads, (row) => table.startUs[row] as number);
  const stale = behind(ordered, readRanks, readStarts).map(({ read, missed, sinceUs, newest }): StaleRead => {
    const startUs = readStarts[read] as number;
    return { read: views.at(reads[read] as number), versions: missed, behindUs: startUs - sinceUs, missed: views.at(writeRows[sorted[newest] as number] as number) };
  });
  return { reads: reads.length, stale };
}

/** By the newest version that the read, a row, stands for; −Infinity: none. */
function readRank(model: Model, row: number): number {
  const { table, authors } = model.coded;
  const absence = absenceRank(model, row);
  if (absence >= 0) return absence;
  const first = table.firstVersion[row] as number;
  const end = first + (table.versionCount[row] as number);
  let rank = -Infinity;
  for (let at = first; at < end; at++) rank = Math.max(rank, authors.ranks[authors.ranking(table.version[at] as number, table.versionValue[at] as number)] as number);
  return rank;
}

interface RankedByTime {
  readonly reads: Int32Array;
  readonly readRanks: Float64Array;
  readonly writes: Int32Array;
  readonly writeRanks: Float64Array;
}

/** Most keys have no read that was behind, and finding that out needs no order of versions: the newest of the acknowledged is enough. */
function anyBehind({ coded: { table } }: Model, { reads, readRanks, writes, writeRanks }: RankedByTime): boolean {
  const { startUs, endUs } = table;
  let newest = -Infinity;
  let next = 0;
  for (let read = 0; read < reads.length; read++) {
    const beganUs = startUs[reads[read] as number] as number;
    for (; next < writes.length && (endUs[writes[next] as number] as number) < beganUs; next++) newest = Math.max(newest, writeRanks[next] as number);
    if (newest > (readRanks[read] as number)) return true;
  }
  return false;
}

/** Each actor's dots are an order of their own; a read is behind in each by what its context does not cover. */
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
    const covered = reads.map(({ context }) => (context !== undefined && Object.hasOwn(context, actor) ? (context[actor] ?? 0) : 0));
    for (const one of along(reads, covered, of)) {
      const before = stale.get(one.read);
      const missed = before !== undefined && before.missed.endUs > one.missed.endUs ? before.missed : one.missed;
      stale.set(one.read, { read: one.read, missed, versions: (before?.versions ?? 0) + one.versions, behindUs: Math.max(before?.behindUs ?? 0, one.behindUs) });
    }
  }
  return [...stale.values()];
}

function along(reads: readonly Operation[], readRanks: readonly number[], writes: readonly { readonly write: Operation; readonly rank: number }[]): StaleRead[] {
  const sorted = [...writes].sort((a, b) => a.rank - b.rank);
  const ordered = { ranks: Float64Array.from(sorted, ({ rank }) => rank), acknowledgedUs: Float64Array.from(sorted, ({ write }) => write.endUs) };
  return behind(ordered, Float64Array.from(readRanks), Float64Array.from(reads, ({ startUs }) => startUs)).flatMap(({ read: index, missed, sinceUs, newest }) => {
    const read = reads[index];
    const write = sorted[newest]?.write;
    return read === undefined || write === undefined ? [] : [{ read, versions: missed, behindUs: read.startUs - sinceUs, missed: write }];
  });
}
