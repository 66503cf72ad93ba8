/** How findings become a judgement. */
import type { Anomaly, Judgement, Measurement } from "./language/verdict.ts";

/** Anomalies beyond this many are counted, not kept: a broken store shows thousands of one kind. */
export const anomaliesKept = 20;

/** What a checker found. */
export interface Findings {
  readonly anomalies: readonly Anomaly[];
  /** How many more there are, of which nobody made a sentence because as many as are kept were found before. */
  readonly unexplained?: number;
  /** Why something could be neither proved nor excluded, a sentence each. */
  readonly undecided?: readonly string[];
  readonly judged: number;
  readonly measurements?: Readonly<Record<string, Measurement>>;
}

/**
 * Makes a judgement of what a checker found: invalid if anything was proved, else unknown if anything was left open or
 * nothing was judged, else valid.
 *
 * @returns The judgement, with at most 20 anomalies; `measurements.anomaliesTotal` counts them if there are more.
 */
export function conclude({
  anomalies,
  unexplained = 0,
  undecided = [],
  judged,
  measurements = {},
}: Findings): Judgement {
  const total = anomalies.length + unexplained;
  const figures = total > anomaliesKept ? { ...measurements, anomaliesTotal: total } : measurements;
  const rest = { anomalies: anomalies.slice(0, anomaliesKept), judged, measurements: figures };
  const first = undecided[0];
  if (anomalies.length > 0) return { verdict: "invalid", ...rest };
  if (first !== undefined) {
    return {
      verdict: "unknown",
      reason: undecided.length === 1 ? first : `${first} (and ${undecided.length - 1} more)`,
      ...rest,
    };
  }
  if (judged === 0) return { verdict: "unknown", reason: "had nothing to judge", ...rest };
  return { verdict: "valid", ...rest };
}

/**
 * The judgement of a checker whose guarantee says nothing about such a run.
 *
 * @param reason Why, a sentence without a full stop.
 */
export function notApplicable(reason: string): Judgement {
  return { verdict: "not-applicable", reason, anomalies: [], judged: 0 };
}
