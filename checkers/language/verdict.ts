/** The types of verdicts, as in verdict.json. */

/** The result of a judgement. Of several results the worst one wins: invalid, then unknown, then valid. */
export type Outcome = "invalid" | "unknown" | "valid";

/** A proof that a guarantee is broken. */
export interface Anomaly {
  /** The name of the guarantee: quorate's own, or that of a user's checker. */
  readonly guarantee: string;
  /** One sentence that says what went wrong. It names the operations if there are any. */
  readonly explanation: string;
  /**
   * The numbers (`op` in the history) of the operations that prove the anomaly: usually one to five, and none for an
   * anomaly that no operation shows.
   */
  readonly operations: readonly number[];
  readonly key?: string;
  /**
   * The time to mark on the timeline: for example, the completion of the operation that showed the anomaly, or the
   * final inspection.
   */
  readonly atUs?: number;
  /**
   * Probable causes according to faults, evidence and inspections, one sentence each: for example which replica was
   * stale and since when, which fault overlapped, or what ended the staleness.
   */
  readonly because?: readonly string[];
}

/**
 * The value of a figure that a checker measured, for people and plots. If the figure has a unit, its name ends with the
 * unit.
 */
export type Measurement =
  | number
  | string
  | boolean
  | null
  | readonly Measurement[]
  | { readonly [name: string]: Measurement };

/**
 * A checker's result for one guarantee. A guarantee that is `not-applicable` counts neither for nor against the
 * history.
 */
export interface Judgement {
  readonly verdict: Outcome | "not-applicable";
  /** Why the result is unknown or not applicable. */
  readonly reason?: string;
  /**
   * What the checker judged from, and why, if the run lacks what it judges from otherwise. For example "the last reads
   * through each node, because the target's replicas cannot be inspected".
   */
  readonly judgedFrom?: string;
  readonly anomalies: readonly Anomaly[];
  readonly measurements?: Readonly<Record<string, Measurement>>;
  /** The number of judged things (operations, keys). If it is 0, quorate's own checkers never say `valid`. */
  readonly judged: number;
}

export interface GuaranteeVerdict extends Judgement {
  /**
   * True if the target's settings promise the guarantee or the user claims it. Otherwise the guarantee is only observed
   * and has no influence on the history's verdict.
   */
  readonly promised: boolean;
  /** One sentence that says what the guarantee means. */
  readonly meaning: string;
}

/** How hard the history tried the store. If a history shows no anomalies, this says how much that is worth. */
export interface Stress {
  readonly operations: number;
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
  /**
   * How many operations other than reads were invoked (`asked`), and how many of them succeeded. Absent in verdicts of
   * earlier versions.
   */
  readonly writes?: { readonly asked: number; readonly ok: number };
  /**
   * For each kind of fault: how many faults were injected, and how many operations overlapped them on keys that they
   * affected. An operation counts once for each fault that it overlapped.
   */
  readonly faults: Readonly<
    Record<string, { readonly injected: number; readonly overlapped: number }>
  >;
  /** The number of operations of each function (`read`, `write`, …). Absent in verdicts of earlier versions. */
  readonly tried?: Readonly<Record<string, number>>;
  /**
   * For each kind of fault and each function: the number of operations that overlapped such a fault on keys that it
   * affected. An operation counts once for each fault that it overlapped.
   */
  readonly met?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** The content of verdict.json. */
export interface Verdict {
  readonly format: "quorate-verdict/2";
  readonly verdict: Outcome;
  /**
   * A sentence for each broken promise, then one for each doubt about the whole history and for each promise that no
   * checker judges. Without such doubts: one also for each undecided promise. If the history cannot be judged, or no
   * promise applies to it, one sentence says so.
   */
  readonly reasons: readonly string[];
  readonly guarantees: Readonly<Record<string, GuaranteeVerdict>>;
  readonly stress: Stress;
}
