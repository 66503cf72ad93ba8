/** The types of verdicts, as in verdict.json. */

/** The worst one wins, in this order: invalid, unknown, valid. */
export type Outcome = "invalid" | "unknown" | "valid";

/** A proof that a guarantee is broken. */
export interface Anomaly {
  /** The name of the guarantee: quorate's own, or that of a user's checker. */
  readonly guarantee: string;
  /** One sentence that names the operations. */
  readonly explanation: string;
  /** The operations (`op` in the history) that prove it, usually one to five of them. */
  readonly operations: readonly number[];
  readonly key?: string;
  /**
   * The time to mark on the timeline: the completion of the operation that showed the anomaly, or the final inspection.
   */
  readonly atUs?: number;
  /**
   * Causes according to evidence, a sentence each: which replica was stale, since when, which fault overlapped, what
   * ended it.
   */
  readonly because?: readonly string[];
}

/** A figure that a checker measured, for people and plots. Its name ends with the unit. */
export type Measurement =
  | number
  | string
  | boolean
  | null
  | readonly Measurement[]
  | { readonly [name: string]: Measurement };

/** A checker's result for one guarantee. `not-applicable` never counts. */
export interface Judgement {
  readonly verdict: Outcome | "not-applicable";
  /** Why the result is unknown or not applicable. */
  readonly reason?: string;
  readonly anomalies: readonly Anomaly[];
  readonly measurements?: Readonly<Record<string, Measurement>>;
  /** The number of judged things (operations, keys). Never 0 with verdict valid: that is `not-applicable`. */
  readonly judged: number;
}

export interface GuaranteeVerdict extends Judgement {
  /**
   * Whether the guarantee is promised by the settings or claimed by the user. Otherwise it is observed and never
   * counts.
   */
  readonly promised: boolean;
  /** One sentence that says what the guarantee means. */
  readonly meaning: string;
}

/** How hard the history tried the store, which says what the absence of anomalies is worth. */
export interface Stress {
  readonly operations: number;
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
  /** The operations that were no reads. Absent in verdicts of earlier versions. */
  readonly writes?: { readonly asked: number; readonly ok: number };
  /**
   * For each kind of fault: the number of injections, and the number of overlapping operations on a key that it
   * affected.
   */
  readonly faults: Readonly<
    Record<string, { readonly injected: number; readonly overlapped: number }>
  >;
  /** The number of operations of each function (`read`, `write`, …). Absent in verdicts of earlier versions. */
  readonly tried?: Readonly<Record<string, number>>;
  /** The number of overlapping operations for each kind of fault and each function, as in `faults`. */
  readonly met?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** The content of verdict.json. */
export interface Verdict {
  readonly format: "quorate-verdict/2";
  readonly verdict: Outcome;
  /** A sentence for each broken or undecided promise, and for each doubt about the whole history. */
  readonly reasons: readonly string[];
  readonly guarantees: Readonly<Record<string, GuaranteeVerdict>>;
  readonly stress: Stress;
}
