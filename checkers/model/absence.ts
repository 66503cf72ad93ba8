/**
 * Computes which rank a read that found nothing may have. Without it, a shrunk history with a delete and a read of
 * nothing was called stale, although nothing was ever written.
 */
import { largestBegunBy } from "./deletes.ts";
import type { Model } from "./model.ts";

const known = new WeakMap<Model, Map<number, (byUs: number) => number>>();

/**
 * The largest rank that a read of nothing may have if the last write wins: that of the newest delete that may have
 * taken effect and began before the read ended. Infinity: a delete of unknown version may be the cause. −Infinity: no
 * delete can be the cause, or the read returned something.
 *
 * @param read The row of the read.
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
