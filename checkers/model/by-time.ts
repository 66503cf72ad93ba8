/**
 * The successful operations of one key in order of time, in columns that several checkers share. One pass over the
 * table in row order fills the columns of all keys: with many keys, a pass for each key would miss the cache at each
 * row.
 */
import { isOk, isRead, type OperationTable } from "../columnar/operation-table.ts";
import { orderOf } from "../numbers/order.ts";
import type { Model } from "./model.ts";
import type { Key } from "../language/history.ts";

export interface RowsByTime {
  /** The rows of the reads, sorted by start. */
  readonly reads: Int32Array;
  readonly readStartUs: Float64Array;
  /**
   * The end of the write whose value is a read's first version. Infinity: that write is unknown or was not
   * acknowledged. −Infinity: the read returned nothing.
   */
  readonly readSourceEndUs: Float64Array;
  /** The rows of acknowledged writes and deletes, sorted by end. */
  readonly writes: Int32Array;
  readonly writeStartUs: Float64Array;
  readonly writeEndUs: Float64Array;
}

/** RowsByTime with the ranks of versions. */
export interface RanksByTime extends RowsByTime {
  /** The rank of the newest version that each read returned. −Infinity: the read returned nothing. */
  readonly readRanks: Float64Array;
  /** The rank of the version that each write was given. −Infinity: the version is unknown. */
  readonly writeRanks: Float64Array;
}

const known = new WeakMap<Model, ReadonlyMap<number, RowsByTime>>();

/**
 * The key's successful operations in order of time. The first call computes them for all keys of the model, in O(n) if
 * few operations overlap. Throws for a key without operations.
 */
export function rowsByTime(model: Model, key: Key): RowsByTime {
  let ofModel = known.get(model);
  if (ofModel === undefined) known.set(model, (ofModel = sortedByKey(model)));
  const byTime = ofModel.get(model.columns.table.keys.find(key));
  if (byTime === undefined) throw new Error(`no operation of ${key}`);
  return byTime;
}

function sortedByKey({ columns: { table, rows, authors } }: Model): Map<number, RowsByTime> {
  const {
    count,
    f,
    key,
    outcome,
    startUs,
    endUs,
    firstVersion,
    versionCount,
    version,
    versionValue,
  } = table;
  const readsTo = placesOf(table, (row) => f[row] === isRead);
  const writesTo = placesOf(table, (row) => f[row] !== isRead);
  const readsFrom = readsTo.slice();
  const writesFrom = writesTo.slice();
  const reads = columns(readsTo.at(-1) as number);
  const writes = columns(writesTo.at(-1) as number);
  for (let row = 0; row < count; row++) {
    if (outcome[row] !== isOk) continue;
    const of = key[row] as number;
    if (f[row] === isRead) {
      const at = readsTo[of] as number;
      readsTo[of] = at + 1;
      reads.rows[at] = row;
      reads.one[at] = startUs[row] as number;
      const first = firstVersion[row] as number;
      const source =
        versionCount[row] === 0
          ? -1
          : authors.of(version[first] as number, versionValue[first] as number);
      reads.other[at] =
        versionCount[row] === 0
          ? -Infinity
          : source < 0 || outcome[source] !== isOk
            ? Infinity
            : (endUs[source] as number);
    } else {
      const at = writesTo[of] as number;
      writesTo[of] = at + 1;
      writes.rows[at] = row;
      writes.one[at] = endUs[row] as number;
      writes.other[at] = startUs[row] as number;
    }
  }
  return new Map(
    rows.keys.map((of) => {
      const r = inOrder(reads, readsFrom[of] as number, readsTo[of] as number);
      const w = inOrder(writes, writesFrom[of] as number, writesTo[of] as number);
      return [
        of,
        {
          reads: r.rows,
          readStartUs: r.one,
          readSourceEndUs: r.other,
          writes: w.rows,
          writeStartUs: w.other,
          writeEndUs: w.one,
        },
      ];
    }),
  );
}

/**
 * For each key, the index of its first successful row for which `isKind` is true, if these rows of all keys are stored
 * one key after the other. The last entry is the number of all such rows.
 */
function placesOf(
  { count, key, outcome, keys }: OperationTable,
  isKind: (row: number) => boolean,
): Int32Array {
  const places = new Int32Array(keys.count + 1);
  for (let row = 0; row < count; row++)
    if (outcome[row] === isOk && isKind(row))
      places[key[row] as number] = (places[key[row] as number] as number) + 1;
  let from = 0;
  for (let of = 0; of <= keys.count; of++) {
    const size = places[of] as number;
    places[of] = from;
    from += size;
  }
  return places;
}

/** Rows with two times each, sorted by the time in `one`. */
interface Columns {
  readonly rows: Int32Array;
  readonly one: Float64Array;
  readonly other: Float64Array;
}

const columns = (size: number): Columns => ({
  rows: new Int32Array(size),
  one: new Float64Array(size),
  other: new Float64Array(size),
});

function inOrder({ rows, one, other }: Columns, from: number, to: number): Columns {
  const own = {
    rows: rows.subarray(from, to),
    one: one.subarray(from, to),
    other: other.subarray(from, to),
  };
  const sorted = columns(to - from);
  const order = orderOf(own.one);
  for (let i = 0; i < order.length; i++) {
    const at = order[i] as number;
    sorted.rows[i] = own.rows[at] as number;
    sorted.one[i] = own.one[at] as number;
    sorted.other[i] = own.other[at] as number;
  }
  return sorted;
}

const ranked = new WeakMap<RowsByTime, RanksByTime>();
const ranksOfRows = new WeakMap<Model, Float64Array>();

/** `rowsByTime` with the ranks of versions. Computed once for each key. */
export function ranksByTime(model: Model, key: Key): RanksByTime {
  const byTime = rowsByTime(model, key);
  let ranks = ranked.get(byTime);
  if (ranks !== undefined) return ranks;
  let ofRows = ranksOfRows.get(model);
  if (ofRows === undefined) ranksOfRows.set(model, (ofRows = rankRows(model)));
  ranked.set(
    byTime,
    (ranks = {
      ...byTime,
      readRanks: pick(ofRows, byTime.reads),
      writeRanks: pick(ofRows, byTime.writes),
    }),
  );
  return ranks;
}

/**
 * For each row, the rank of the newest version that a read returned, or of the version that a write was given.
 * −Infinity: none.
 */
function rankRows({ columns: { table, authors } }: Model): Float64Array {
  const { ranks } = authors;
  const { count, f, firstVersion, versionCount, version, versionValue } = table;
  const ofRows = new Float64Array(count).fill(-Infinity);
  for (let row = 0; row < count; row++) {
    if (f[row] !== isRead) {
      const own = authors.versionOf(row);
      if (own >= 0) ofRows[row] = ranks[own] as number;
      continue;
    }
    const first = firstVersion[row] as number;
    const end = first + (versionCount[row] as number);
    for (let at = first; at < end; at++)
      ofRows[row] = Math.max(
        ofRows[row] as number,
        ranks[authors.ranking(version[at] as number, versionValue[at] as number)] as number,
      );
  }
  return ofRows;
}

function pick(figures: Float64Array, rows: Int32Array): Float64Array {
  const picked = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) picked[i] = figures[rows[i] as number] as number;
  return picked;
}
