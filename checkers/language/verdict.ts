/** What a history means: verdicts, as verdict.json holds them. */

/** The worst winning, in this order: invalid, unknown, valid. */
export type Outcome = "invalid" | "unknown" | "valid";

/** Proof that a guarantee does not hold. */
export interface Anomaly {
  /** The name of the guarantee: one of quorate's own, or that of a user's own checker. */
  readonly guarantee: string;
  /** One sentence in plain words that names the operations. */
  readonly explanation: string;
  /** The operations (`op` of the history) that prove it, two to five of them. */
  readonly operations: readonly number[];
  readonly key?: string;
  /** When it showed, for the timeline: the completion of the operation that showed it, or the final inspection. */
  readonly atUs?: number;
  /**
   * What the evidence says of the cause, a sentence each: which replica was behind, since when, which fault overlapped,
   * what ended it.
   */
  readonly because?: readonly string[];
}

/** A figure that a checker took: for people and for plots. Units go last in the name. */
export type Measurement =
  | number
  | string
  | boolean
  | null
  | readonly Measurement[]
  | { readonly [name: string]: Measurement };

/** What one checker says of one guarantee. `not-applicable` never counts. */
export interface Judgement {
  readonly verdict: Outcome | "not-applicable";
  /** Why it is unknown or not applicable. */
  readonly reason?: string;
  readonly anomalies: readonly Anomaly[];
  readonly measurements?: Readonly<Record<string, Measurement>>;
  /** How many things (operations, keys) were really judged. 0 with verdict valid does not occur: that is `unknown`. */
  readonly judged: number;
}

export interface GuaranteeVerdict extends Judgement {
  /** Promised by the settings, or claimed by the person who runs; otherwise only observed, and never counted. */
  readonly promised: boolean;
  /** What the guarantee means, in one sentence. */
  readonly meaning: string;
}

/** What "no alarm" is worth in this history. */
export interface Stress {
  readonly operations: number;
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
  /** Of them, those that were no reads; absent in verdicts of earlier versions. */
  readonly writes?: { readonly asked: number; readonly ok: number };
  /**
   * For each kind of fault: how often it was injected, and how many operations on a key that it touched it overlapped.
   */
  readonly faults: Readonly<
    Record<string, { readonly injected: number; readonly overlapped: number }>
  >;
  /** How many operations of each function (`read`, `write`, …) were tried; absent in verdicts of earlier versions. */
  readonly tried?: Readonly<Record<string, number>>;
  /** For each kind of fault and each function: how many operations it overlapped, as in `faults`. */
  readonly met?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** The content of verdict.json. */
export interface Verdict {
  readonly format: "quorate-verdict/2";
  readonly verdict: Outcome;
  /** Each broken or undecided promise, a sentence each. */
  readonly reasons: readonly string[];
  readonly guarantees: Readonly<Record<string, GuaranteeVerdict>>;
  readonly stress: Stress;
}
