/**
 * Measures durability by what clients' reads show. Each write is an element of a set: set-full.ts decides whether later
 * reads of the key show that write or one that superseded it.
 */
import { dotOf } from "../language/versions.ts";
import { type ElementFate, fatesTogether, fateOf } from "./set-full.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Key, VersionName } from "../language/history.ts";
import type { Measurement } from "../language/verdict.ts";

/** verdict.json lists at most this many lost elements. Its counts include all of them. */
const lostListed = 100;

export function elementsOf(model: Model): Readonly<Record<string, Measurement>> {
  const elements = [...model.keys.keys()].flatMap((key) => fatesOf(model, key));
  const lost = elements.filter(({ fate }) => fate.fate === "lost");
  return {
    ...fatesTogether(
      elements.map(({ fate }) => fate),
      { name: "Ms", per: 1000 },
    ),
    lostElements: lost
      .slice(0, lostListed)
      .map(({ write }) => ({ op: write.op, key: write.key, value: write.value ?? null })),
  };
}

export interface Element {
  readonly write: Operation;
  readonly fate: ElementFate;
}

/**
 * The fates of the key's writes that may have happened. Leaves out deletes, since no read need show them. Takes O(n log
 * n) for each order of versions.
 */
export function fatesOf(model: Model, key: Key): Element[] {
  const operations = model.keys.get(key) ?? [];
  const mayBeDeleted = operations.some(({ f, outcome }) => f === "delete" && outcome !== "fail");
  // A read that found nothing does not prove that a write is absent if a delete may have superseded the write.
  const reads = operations.filter(
    ({ f, outcome, versions }) =>
      f === "read" && outcome === "ok" && (versions.length > 0 || !mayBeDeleted),
  );
  const shownAt = firstShown(model, key, reads);
  const writes = operations.filter(({ f, outcome }) => f === "write" && outcome !== "fail");
  const orders =
    model.run.versions === "stamps"
      ? [stampOrder(model, key, writes, reads)]
      : dotOrders(model, key, writes, reads);
  const fates = new Map<Operation, ElementFate>();
  for (const order of orders) {
    for (const { write, lastPresent, lastAbsent } of lastReads(order)) {
      const known = Math.min(
        write.outcome === "ok" ? write.endUs : Infinity,
        shownAt.get(write) ?? Infinity,
      );
      fates.set(write, fateOf({ known, lastPresent, lastAbsent }));
    }
  }
  return writes.map((write) => ({
    write,
    fate: fates.get(write) ?? { fate: write.outcome === "ok" ? "never-read" : "unknown" },
  }));
}

function firstShown(
  model: Model,
  key: Key,
  reads: readonly Operation[],
): ReadonlyMap<Operation, number> {
  const first = new Map<Operation, number>();
  for (const { versions, endUs } of reads) {
    for (const versioned of versions) {
      const writer = model.writers(key).of(versioned);
      if (writer !== undefined) first.set(writer, Math.min(first.get(writer) ?? Infinity, endUs));
    }
  }
  return first;
}

type Rank = number | VersionName;

/**
 * Writes and reads with ranks in one order. A read shows a write, or one that superseded it, if the read's rank is at
 * least the write's.
 */
interface RankedReads {
  readonly writes: readonly { readonly write: Operation; readonly rank: Rank }[];
  readonly reads: readonly { readonly startUs: number; readonly rank: Rank }[];
}

function stampOrder(
  model: Model,
  key: Key,
  writes: readonly Operation[],
  reads: readonly Operation[],
): RankedReads {
  const writers = model.writers(key);
  return {
    writes: writes.flatMap((write) => {
      const rank = writers.versionOf(write);
      return rank === undefined ? [] : [{ write, rank }];
    }),
    // The rank of a read that found nothing is the empty string, which sorts before every stamp.
    reads: reads.map(({ startUs, versions }) => ({
      startUs,
      rank: versions
        .map((versioned) => writers.rank(versioned))
        .reduce((a, b) => (b > a ? b : a), ""),
    })),
  };
}

/** An order for each actor of dots: the dots of one actor are ordered by counter. */
function dotOrders(
  model: Model,
  key: Key,
  writes: readonly Operation[],
  reads: readonly Operation[],
): RankedReads[] {
  const actors = new Map<string, { write: Operation; rank: number }[]>();
  for (const write of writes) {
    const version = model.writers(key).versionOf(write);
    if (version === undefined) continue;
    const { actor, counter } = dotOf(version);
    const of = actors.get(actor);
    if (of === undefined) actors.set(actor, [{ write, rank: counter }]);
    else of.push({ write, rank: counter });
  }
  return [...actors].map(([actor, of]) => ({
    writes: of,
    reads: reads.map(({ startUs, context }) => ({
      startUs,
      rank: context !== undefined && Object.hasOwn(context, actor) ? (context[actor] ?? 0) : 0,
    })),
  }));
}

/**
 * For each write: the start of the latest read that shows it, and the start of the latest read that does not.
 * −Infinity: there is none.
 */
function lastReads({ writes, reads }: RankedReads): {
  readonly write: Operation;
  readonly lastPresent: number;
  readonly lastAbsent: number;
}[] {
  const sorted = [...reads].sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0));
  const below = new Float64Array(sorted.length + 1).fill(-Infinity);
  const above = new Float64Array(sorted.length + 1).fill(-Infinity);
  for (const [i, { startUs }] of sorted.entries())
    below[i + 1] = Math.max(below[i] as number, startUs);
  for (let i = sorted.length - 1; i >= 0; i--)
    above[i] = Math.max(above[i + 1] as number, sorted[i]?.startUs ?? -Infinity);
  return writes.map(({ write, rank }) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle]?.rank ?? rank) < rank) low = middle + 1;
      else high = middle;
    }
    return { write, lastPresent: above[low] as number, lastAbsent: below[low] as number };
  });
}
