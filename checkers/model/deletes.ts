/**
 * What a read that found nothing, not even a tombstone, may mean: the initial state, or the state after some delete.
 * Clients cannot distinguish the two, whether the store keeps tombstones or not.
 */
import { isDelete, isFail } from "../columnar/operation-table.ts";
import { orderOf } from "../numbers/order.ts";
import type { Model } from "./model.ts";

/** The rows of the key's deletes that may have taken effect, sorted by start. */
export function possibleDeletes({ columns: { table, rows } }: Model, key: number): Int32Array {
  const { f, outcome, startUs } = table;
  return orderOf(
    startUs,
    rows.of(key).filter((row) => f[row] === isDelete && outcome[row] !== isFail),
  );
}

/**
 * Prepares a query: of the key's deletes that began at or before `byUs`, the row with the largest `figure`. The
 * earliest delete wins a tie. The query returns −1 if none had begun. Preparing takes O(n log n) and each query O(log
 * n), since many reads may find nothing.
 */
export function largestBegunBy(
  model: Model,
  key: number,
  figure: (row: number) => number,
): (byUs: number) => number {
  const { startUs } = model.columns.table;
  const byStart = possibleDeletes(model, key);
  // largest[i]: the row with the largest figure among the first i + 1 deletes.
  const largest = new Int32Array(byStart.length);
  for (let i = 0; i < byStart.length; i++) {
    const row = byStart[i] as number;
    const before = i === 0 ? row : (largest[i - 1] as number);
    largest[i] = figure(row) > figure(before) ? row : before;
  }
  return (byUs) => {
    let low = 0;
    for (let high = byStart.length; low < high;) {
      const middle = (low + high) >>> 1;
      if ((startUs[byStart[middle] as number] as number) <= byUs) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? -1 : (largest[low - 1] as number);
  };
}
