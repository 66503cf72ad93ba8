/** For each read, how far it was behind the newest acknowledged write of its key, in the order of versions. */
import { absenceOf } from "./absence.ts";
import { behind } from "./behind.ts";
import { dotOf } from "./versions.ts";
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

/** Only acknowledged writes whose version is known can be missed. */
export function stalenessOf(model: Model, key: Key): KeyStaleness {
  const operations = model.keys.get(key) ?? [];
  const reads = operations.filter(({ f, outcome }) => f === "read" && outcome === "ok");
  const writers = model.writers(key);
  const writes = operations.filter(isAcknowledged).flatMap((write) => {
    const version = writers.versionOf(write);
    return version === undefined ? [] : [{ write, version }];
  });
  return { reads: reads.length, stale: model.run.versions === "stamps" ? byStamp(model, key, reads, writes) : byDot(reads, writes) };
}

interface Versioned {
  readonly write: Operation;
  readonly version: VersionName;
}

function byStamp(model: Model, key: Key, reads: readonly Operation[], writes: readonly Versioned[]): StaleRead[] {
  const writers = model.writers(key);
  const newest = writes.map(({ version }) => version).sort().at(-1);
  const shown = reads.map((read) => {
    const absence = absenceOf(model, read);
    if (absence !== undefined) return absence === "any" ? newest : absence;
    return read.versions.map((versioned) => writers.rank(versioned)).reduce<VersionName | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined);
  });
  const stamps = [...new Set([...writes.map(({ version }) => version), ...shown.flatMap((stamp) => stamp ?? [])])].sort();
  const rank = new Map(stamps.map((stamp, i) => [stamp, i]));
  const rankOf = (stamp: VersionName | undefined): number => (stamp === undefined ? -Infinity : (rank.get(stamp) ?? -Infinity));
  return along(reads, shown.map(rankOf), writes.map(({ write, version }) => ({ write, rank: rankOf(version) })));
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
  return behind(ordered, Float64Array.from(readRanks), Float64Array.from(reads, ({ startUs }) => startUs)).flatMap(({ missed, sinceUs, newest }, i) => {
    const read = reads[i];
    const write = sorted[newest]?.write;
    return read === undefined || write === undefined ? [] : [{ read, versions: missed, behindUs: read.startUs - sinceUs, missed: write }];
  });
}
