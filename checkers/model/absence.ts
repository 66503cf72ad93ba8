/**
 * Where a read of nothing stands in the order of versions. A shrunk history of a delete and such a read had been called
 * stale, with nothing ever written.
 */
import { largestBegunBy } from "./deletes.ts";
import type { Model } from "./model.ts";

const known = new WeakMap<Model, Map<number, (byUs: number) => number>>();

/**
 * Last write wins, of rows: the largest rank that a read of nothing may stand for. Infinity: a delete of unknown
 * version may be behind it. −Infinity: no delete can be, or the read shows something.
 */
export function absenceRank(model: Model, read: number): number {
  const { table } = model.columns;
  if (table.versionCount[read] !== 0) return -Infinity;
  const key = table.key[read] as number;
  let ofModel = known.get(model);
  if (ofModel === undefined)
    known.set(model, (ofModel = new Map<number, (byUs: number) => number>()));
  let newest = ofModel.get(key);
  if (newest === undefined)
    ofModel.set(key, (newest = largestBegunBy(model, key, (row) => rankOf(model, row))));
  const row = newest(table.endUs[read] as number);
  return row < 0 ? -Infinity : rankOf(model, row);
}

function rankOf({ columns: { authors } }: Model, row: number): number {
  const version = authors.versionOf(row);
  return version < 0 ? Infinity : (authors.ranks[version] as number);
}
