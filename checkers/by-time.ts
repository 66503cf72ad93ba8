/** A key's successful operations in the order of time, in columns side by side: what several checkers walk through together. */
import { isOk, isRead } from "./coded/table.ts";
import { orderOf } from "./order.ts";
import type { Model } from "./model.ts";
import type { Key } from "./history.ts";

export interface RowsByTime {
  /** By their starts. */
  readonly reads: Int32Array;
  readonly readStartUs: Float64Array;
  /** Acknowledged writes and deletes, by their ends. */
  readonly writes: Int32Array;
  readonly writeEndUs: Float64Array;
}

/** Where versions stand in the order of all, beside RowsByTime. */
export interface RanksByTime extends RowsByTime {
  /** Of the newest version shown; −Infinity: none. */
  readonly readRanks: Float64Array;
  /** −Infinity: the version is not known. */
  readonly writeRanks: Float64Array;
}

const known = new WeakMap<Model, Map<Key, RowsByTime>>();

/** Made once for each key of a model. O(n) where operations overlap little. */
export function rowsByTime(model: Model, key: Key): RowsByTime {
  const ofModel = known.get(model) ?? new Map<Key, RowsByTime>();
  known.set(model, ofModel);
  let byTime = ofModel.get(key);
  if (byTime === undefined) ofModel.set(key, (byTime = sorted(model, key)));
  return byTime;
}

function sorted({ coded: { table, rows } }: Model, key: Key): RowsByTime {
  const { f, outcome, startUs, endUs } = table;
  const own = rows.of(table.keys.find(key));
  const reads = new Int32Array(own.length);
  const writes = new Int32Array(own.length);
  let readCount = 0;
  let writeCount = 0;
  for (let i = 0; i < own.length; i++) {
    const row = own[i] as number;
    if (outcome[row] !== isOk) continue;
    if (f[row] === isRead) reads[readCount++] = row;
    else writes[writeCount++] = row;
  }
  const readsInOrder = orderOf(startUs, reads.subarray(0, readCount));
  const writesInOrder = orderOf(endUs, writes.subarray(0, writeCount));
  return { reads: readsInOrder, readStartUs: column(startUs, readsInOrder), writes: writesInOrder, writeEndUs: column(endUs, writesInOrder) };
}

function column(of: Float64Array, rows: Int32Array): Float64Array {
  const figures = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) figures[i] = of[rows[i] as number] as number;
  return figures;
}

const ranked = new WeakMap<RowsByTime, RanksByTime>();

/** The same with ranks, made once. */
export function ranksByTime(model: Model, key: Key): RanksByTime {
  const byTime = rowsByTime(model, key);
  let ranks = ranked.get(byTime);
  if (ranks === undefined) ranked.set(byTime, (ranks = { ...byTime, ...ranksOf(model, byTime) }));
  return ranks;
}

function ranksOf({ coded: { table, authors } }: Model, { reads, writes }: RowsByTime): Pick<RanksByTime, "readRanks" | "writeRanks"> {
  const { ranks } = authors;
  const { firstVersion, versionCount, version, versionValue } = table;
  const readRanks = new Float64Array(reads.length).fill(-Infinity);
  for (let i = 0; i < reads.length; i++) {
    const row = reads[i] as number;
    const first = firstVersion[row] as number;
    const end = first + (versionCount[row] as number);
    for (let at = first; at < end; at++) {
      const rank = ranks[authors.ranking(version[at] as number, versionValue[at] as number)] as number;
      if (rank > (readRanks[i] as number)) readRanks[i] = rank;
    }
  }
  const writeRanks = new Float64Array(writes.length);
  for (let i = 0; i < writes.length; i++) {
    const own = authors.versionOf(writes[i] as number);
    writeRanks[i] = own < 0 ? -Infinity : (ranks[own] as number);
  }
  return { readRanks, writeRanks };
}
