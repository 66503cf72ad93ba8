/** Turns the findings of a checker into a judgement. */
import type { Anomaly, Judgement, Measurement } from "./language/verdict.ts";

/**
 * conclude() keeps at most this many anomalies. If there are more, it also reports how many there are: a broken store
 * can show thousands of one kind.
 */
export const anomaliesKept = 20;

/** The findings of a checker. */
export interface Findings {
  readonly anomalies: readonly Anomaly[];
  /** The number of anomalies that the checker found but did not put into `anomalies`. Default: 0. */
  readonly unexplained?: number;
  /** One sentence for each thing that the checker could neither prove nor exclude. */
  readonly undecided?: readonly string[];
  readonly judged: number;
  readonly judgedFrom?: string | undefined;
  readonly measurements?: Readonly<Record<string, Measurement>>;
}

/**
 * Turns the findings of a checker into a judgement: invalid if there is an anomaly, else unknown if `undecided` has a
 * sentence, else not applicable if `judged` is 0, else valid.
 *
 * @returns The judgement with at most 20 anomalies. If there are more, `measurements.anomaliesTotal` is the number of
 * all.
 */
export function conclude({
  anomalies,
  unexplained = 0,
  undecided = [],
  judged,
  judgedFrom,
  measurements = {},
}: Findings): Judgement {
  const total = anomalies.length + unexplained;
  const figures = total > anomaliesKept ? { ...measurements, anomaliesTotal: total } : measurements;
  const rest = {
    ...(judgedFrom !== undefined && { judgedFrom }),
    anomalies: anomalies.slice(0, anomaliesKept),
    judged,
    measurements: figures,
  };
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
    return {
      verdict: "not-applicable",
      reason: "the history has nothing that this guarantee is about",
      ...rest,
    };
  return { verdict: "valid", ...rest };
}

/**
 * The judgement of a guarantee that does not apply to the run.
 *
 * @param reason Why the guarantee does not apply, as a sentence without a full stop.
 */
export function notApplicable(reason: string): Judgement {
  return { verdict: "not-applicable", reason, anomalies: [], judged: 0 };
}
