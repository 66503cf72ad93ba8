/**
 * Collects the runs of one test. The runs up to the first failure are histories of a campaign. Later runs are tries of
 * shrinking.
 */
import type { HistoryRow } from "../../reports/index.ts";
import {
  type Attempt,
  brokenPromises,
  createTotals,
  type Kept,
  type Totals,
} from "../campaign/index.ts";

export interface Tally {
  /**
   * Adds a run. Returns true if the run passed, as fast-check expects it of a property. Once a run has failed, a later
   * run passes unless it breaks one of the same promises.
   */
  add(attempted: Attempt): boolean;
  readonly totals: Totals;
  readonly rows: readonly HistoryRow[];
  /**
   * The first failing history, the smallest failure found, and the number of tries of shrinking. Null if no run failed.
   */
  failed(): { readonly first: Kept; readonly smallest: Attempt; readonly tries: number } | null;
  /** The number of histories that could not be judged, and why the first could not. */
  unknown(): { readonly histories: number; readonly why: string };
}

export function createTally(): Tally {
  // The totals tolerate any share of unknown histories, since the caller decides about them.
  const totals = createTotals(1);
  const rows: HistoryRow[] = [];
  let failed: { first: Kept; broken: readonly string[]; smallest: Attempt; tries: number } | null =
    null;
  const unknown = { histories: 0, why: "" };
  return {
    totals,
    rows,
    failed: () => failed,
    unknown: () => unknown,
    add(attempted) {
      const broken = brokenPromises(attempted.verdict);
      if (failed !== null) {
        failed.tries++;
        const same = failed.broken;
        const fails = broken.some((name) => same.includes(name));
        // fast-check continues from the first candidate that fails, so the last failing one is the smallest so far.
        if (fails) failed.smallest = attempted;
        return !fails;
      }
      const index = rows.length;
      const { verdict, stress, reasons } = attempted.verdict;
      totals.add(attempted, index);
      const folder = `histories/${index}`;
      rows.push({
        index,
        hash: attempted.hash,
        verdict,
        operations: stress.operations,
        elapsedMs: attempted.elapsedMs,
        ...(verdict === "invalid" ? { folder } : {}),
        ...(verdict === "valid" ? {} : { why: reasons[0] ?? verdict }),
      });
      if (verdict === "unknown" && unknown.histories++ === 0) unknown.why = reasons[0] ?? "";
      if (broken.length === 0) return true;
      const first = { ...attempted, history: index, folder };
      failed = { first, broken, smallest: attempted, tries: 0 };
      return false;
    },
  };
}
