/** What a read that found nothing shows, where tombstones go in time: that of some delete had gone. */
import { isDelete, isFail } from "./coded/table.ts";
import type { Model } from "./model.ts";

/**
 * Last write wins, of rows: the largest rank that a read of nothing may stand for. Infinity: a delete of unknown version may be behind it. −1: no
 * delete can be.
 */
export function absenceRank({ run, coded: { table, rows, authors } }: Model, read: number): number {
  if (run.deletes === undefined || table.versionCount[read] !== 0) return -1;
  let largest = -1;
  for (const row of rows.of(table.key[read] as number)) {
    if (table.f[row] !== isDelete || table.outcome[row] === isFail || (table.startUs[row] as number) > (table.endUs[read] as number)) continue;
    const version = authors.versionOf(row);
    if (version < 0) return Infinity;
    largest = Math.max(largest, authors.ranks[version] as number);
  }
  return largest;
}
