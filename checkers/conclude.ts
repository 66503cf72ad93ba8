/** How findings become a judgement. */
import type { Anomaly, Judgement, Measurement } from "./language/verdict.ts";

/** Anomalies beyond this many are counted, not kept: a broken store shows thousands of one kind. */
export const anomaliesKept = 20;

export interface Findings {
  readonly anomalies: readonly Anomaly[];
  /** Why something could be neither proved nor excluded, a sentence each. */
  readonly undecided?: readonly string[];
  readonly judged: number;
  readonly measurements?: Readonly<Record<string, Measurement>>;
}

/** Invalid if anything was proved, else unknown if anything was left open or nothing was judged, else valid. */
export function conclude({
  anomalies,
  undecided = [],
  judged,
  measurements = {},
}: Findings): Judgement {
  const figures =
    anomalies.length > anomaliesKept
      ? { ...measurements, anomaliesTotal: anomalies.length }
      : measurements;
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

/** The guarantee says nothing about such a run. */
export function notApplicable(reason: string): Judgement {
  return { verdict: "not-applicable", reason, anomalies: [], judged: 0 };
}
