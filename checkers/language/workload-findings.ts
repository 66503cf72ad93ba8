/** Collects the findings of a workload's checker. */
import type { WorkloadAnomaly, WorkloadResult } from "./workload-result.ts";

/** The largest number of anomalies that are kept of each kind. Further anomalies are only counted. */
export const anomaliesKept = 20;

const nothingToJudge = "There was nothing to judge.";

/**
 * What the result leaves open: its reason if it is unknown, otherwise nothing. A result that is unknown only because
 * there was nothing to judge leaves nothing open either: in quorate's own history, the guarantee is then
 * `not-applicable`.
 */
export const leftOpen = ({
  verdict,
  reason,
}: Pick<WorkloadResult, "verdict" | "reason">): readonly string[] =>
  verdict === "unknown" && reason !== undefined && reason !== nothingToJudge ? [reason] : [];

export class WorkloadFindings<Kind extends string> {
  readonly #isForbidden: (kind: Kind) => boolean;
  readonly #anomalies: WorkloadAnomaly<Kind>[] = [];
  readonly #notes: WorkloadAnomaly<Kind>[] = [];
  readonly #counts = new Map<Kind, number>();
  #undecided: string | undefined;

  /**
   * @param isForbidden Whether an anomaly of this kind makes the history invalid. Anomalies of other kinds become
   * notes.
   */
  constructor(isForbidden: (kind: Kind) => boolean = () => true) {
    this.#isForbidden = isForbidden;
  }

  /**
   * Counts an anomaly, and keeps it if fewer than `anomaliesKept` of its kind came before.
   * @param say Returns the anomaly's sentence and details. Called only if the anomaly is kept, since sentences take
   * time.
   */
  found(kind: Kind, say: () => Omit<WorkloadAnomaly<Kind>, "kind">): void {
    const before = this.#counts.get(kind) ?? 0;
    this.#counts.set(kind, before + 1);
    if (before >= anomaliesKept) return;
    const { sentence, ...rest } = say();
    const capital = sentence.slice(0, 1).toUpperCase() + sentence.slice(1);
    const into = this.#isForbidden(kind) ? this.#anomalies : this.#notes;
    into.push({ kind, sentence: capital, ...rest });
  }

  /** Records why something could be neither proved nor excluded. Only the first reason is kept. */
  undecided(reason: string): void {
    this.#undecided ??= reason;
  }

  get isBroken(): boolean {
    return this.#anomalies.length > 0;
  }

  conclude(judged: number): WorkloadResult<Kind> {
    const reason = this.#undecided ?? (judged === 0 ? nothingToJudge : undefined);
    const rest = {
      anomalies: this.#anomalies,
      counts: Object.fromEntries(this.#counts) as Partial<Record<Kind, number>>,
      notes: this.#notes,
      judged,
    };
    if (this.isBroken) return { verdict: "invalid", ...rest };
    return reason === undefined
      ? { verdict: "valid", ...rest }
      : { verdict: "unknown", reason, ...rest };
  }
}
