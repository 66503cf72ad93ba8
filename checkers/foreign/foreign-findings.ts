/** What the judges of other tools' histories say, and how findings become a judgement. */
import { anomaliesKept } from "../conclude.ts";
import type { Measurement, Outcome } from "../language/verdict.ts";
import type { ForeignGuarantee } from "./foreign-models.ts";

/** Proof that a guarantee does not hold. */
export interface ForeignAnomaly {
  readonly guarantee: ForeignGuarantee;
  /** One sentence in plain words that names the operations by process and line. */
  readonly explanation: string;
  /** Numbers of the operations that prove it. */
  readonly operations: readonly number[];
  readonly key?: string;
  /** Of a cycle: for each operation why it comes before the next, and for the last why before the first. */
  readonly cycle?: readonly string[];
}

/** What was found of one guarantee. */
export interface ForeignJudgement {
  readonly verdict: Outcome;
  /** Why it is unknown. */
  readonly reason?: string;
  readonly anomalies: readonly ForeignAnomaly[];
  /** What is worth knowing, but does not count. */
  readonly notes: readonly string[];
  readonly measurements: Readonly<Record<string, Measurement>>;
  /** How many operations were judged. */
  readonly judged: number;
}

/** Collects what a judge finds. */
export class Findings {
  readonly guarantee: ForeignGuarantee;
  readonly #anomalies: ForeignAnomaly[] = [];
  readonly #undecided: string[] = [];
  readonly #notes: string[] = [];
  #total = 0;
  #unknown = 0;
  measurements: Record<string, Measurement> = {};

  constructor(guarantee: ForeignGuarantee) {
    this.guarantee = guarantee;
  }

  get isBroken(): boolean {
    return this.#total > 0;
  }

  /** @param say is asked only where the anomaly is kept: sentences cost time. */
  found(say: () => Omit<ForeignAnomaly, "guarantee">): void {
    if (this.#total++ < anomaliesKept)
      this.#anomalies.push({ guarantee: this.guarantee, ...say() });
  }

  undecided(reason: string): void {
    if (this.#unknown++ === 0) this.#undecided.push(reason);
  }

  note(sentence: string): void {
    this.#notes.push(sentence);
  }

  /** Invalid if anything was proved, else unknown if anything was left open or nothing was judged, else valid. */
  conclude(judged: number): ForeignJudgement {
    const measurements =
      this.#total > this.#anomalies.length
        ? { ...this.measurements, anomaliesTotal: this.#total }
        : this.measurements;
    const rest = { anomalies: this.#anomalies, notes: this.#notes, measurements, judged };
    if (this.isBroken) return { verdict: "invalid", ...rest };
    const [first] = this.#undecided;
    if (first !== undefined) {
      const more = this.#unknown - 1;
      return {
        verdict: "unknown",
        reason: more === 0 ? first : `${first} (and ${more} more)`,
        ...rest,
      };
    }
    if (judged === 0)
      return {
        verdict: "unknown",
        reason: "no operation succeeded: there was nothing to judge",
        ...rest,
      };
    return { verdict: "valid", ...rest };
  }
}

/** A judgement that is unknown for one reason. */
export const unknownBecause = (reason: string, judged = 0): ForeignJudgement => ({
  verdict: "unknown",
  reason,
  anomalies: [],
  notes: [],
  measurements: {},
  judged,
});
