/** Makes a judgement of findings. */
import type { Anomaly, Judgement, Measurement } from "./language/verdict.ts";

/** Keeps at most this many anomalies and counts the rest: a broken store shows thousands of one kind. */
export const anomaliesKept = 20;

/** The findings of a checker. */
export interface Findings {
  readonly anomalies: readonly Anomaly[];
  /** The number of further anomalies, for which no sentence was made. */
  readonly unexplained?: number;
  /** A sentence for each thing that could be neither proved nor excluded. */
  readonly undecided?: readonly string[];
  readonly judged: number;
  readonly measurements?: Readonly<Record<string, Measurement>>;
}

/**
 * Makes a judgement of findings: invalid if anything was proved, else unknown if anything was left open, else not
 * applicable if nothing was judged, else valid.
 *
 * @returns The judgement with at most 20 anomalies. `measurements.anomaliesTotal` counts them if there are more.
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
  if (judged === 0)
    return { verdict: "not-applicable", reason: "nothing that it speaks of happened", ...rest };
  return { verdict: "valid", ...rest };
}

/**
 * The judgement of a guarantee that does not apply to the run.
 *
 * @param reason Why not, as a sentence without a full stop.
 */
export function notApplicable(reason: string): Judgement {
  return { verdict: "not-applicable", reason, anomalies: [], judged: 0 };
}
