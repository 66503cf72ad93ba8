/** Findings about other tools' histories, and the judgement that follows from them. */
import { anomaliesKept } from "../conclude.ts";
import type { Measurement, Outcome } from "../language/verdict.ts";
import type { ForeignGuarantee } from "./foreign-models.ts";

/** A proof that a history breaks a guarantee. */
export interface ForeignAnomaly {
  readonly guarantee: ForeignGuarantee;
  /** One sentence. It names operations by their processes and lines. */
  readonly explanation: string;
  /** The numbers of the operations that prove the anomaly. */
  readonly operations: readonly number[];
  readonly key?: string;
  /**
   * The numbers of a few operations of the history that have no legal order, no matter whether each other operation
   * took effect, and when after its start. Absent: no such part was looked for or found, for example because it is too
   * long to read.
   */
  readonly part?: readonly number[];
  /**
   * For a cycle: one sentence for each operation that says why the operation comes before the next. The last one says
   * why the last operation comes before the first.
   */
  readonly cycle?: readonly string[];
}

/** The result of judging a history by one guarantee. */
export interface ForeignJudgement {
  readonly verdict: Outcome;
  /** Why the verdict is unknown. Absent for other verdicts. */
  readonly reason?: string;
  readonly anomalies: readonly ForeignAnomaly[];
  /** Sentences for the user that do not affect the verdict. */
  readonly notes: readonly string[];
  readonly measurements: Readonly<Record<string, Measurement>>;
  /** The number of judged operations or, for some guarantees, elements. */
  readonly judged: number;
}

/** Collects the findings of one judge about one guarantee. */
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

  /**
   * Counts an anomaly, and keeps it if fewer than `anomaliesKept` came before.
   * @param say Returns the anomaly's details. Called only if the anomaly is kept, since sentences take time.
   */
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

  /**
   * The judgement: invalid if an anomaly was found, else unknown if something was left undecided or nothing was judged,
   * else valid.
   */
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
        reason: "no operation succeeded, so there was nothing to judge",
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
