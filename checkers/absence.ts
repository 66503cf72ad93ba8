/**
 * What a read that found nothing, not even a tombstone, stands for: the state before every write, or that after some delete. Clients cannot tell
 * these apart, whether the store keeps its tombstones or not: the register levels let it stand for either, and so does everything else.
 * A shrunk history of a delete and a read of nothing had been called stale, with nothing ever written.
 */
import { isDelete, isFail } from "./coded/table.ts";
import type { Model } from "./model.ts";

const deletesOf = new WeakMap<Model, Map<number, number[]>>();

/** Rows of the key's deletes that may have taken effect. Sought once for each key: many reads may find nothing. */
function deletes(model: Model, key: number): readonly number[] {
  let ofModel = deletesOf.get(model);
  if (ofModel === undefined) deletesOf.set(model, (ofModel = new Map()));
  let found = ofModel.get(key);
  if (found === undefined) {
    const { table, rows } = model.coded;
    found = [...rows.of(key)].filter((row) => table.f[row] === isDelete && table.outcome[row] !== isFail);
    ofModel.set(key, found);
  }
  return found;
}

/**
 * Last write wins, of rows: the largest rank that a read of nothing may stand for. Infinity: a delete of unknown version may be behind it. −Infinity: no
 * delete can be, or the read shows something.
 */
export function absenceRank(model: Model, read: number): number {
  const { table, authors } = model.coded;
  if (table.versionCount[read] !== 0) return -Infinity;
  let largest = -Infinity;
  for (const row of deletes(model, table.key[read] as number)) {
    if ((table.startUs[row] as number) > (table.endUs[read] as number)) continue;
    const version = authors.versionOf(row);
    if (version < 0) return Infinity;
    largest = Math.max(largest, authors.ranks[version] as number);
  }
  return largest;
}
