/** From a history to its verdict. */
import { guaranteeNames } from "./guarantees.ts";
import { HistoryReader } from "./reading/parse.ts";
import { ModelBuilder, modelOf } from "./model/model.ts";
import { registry } from "./registry.ts";
import { stressOf } from "./stress.ts";
import type { GuaranteeName } from "./guarantees.ts";
import type { HistoryEvent } from "./language/history.ts";
import type { Model } from "./model/model.ts";
import type { GuaranteeVerdict, Judgement, Outcome, Verdict } from "./language/verdict.ts";

/**
 * Judges a history. Runs every checker of the registry; promised are the guarantees that the run's settings promise and those that
 * it claims, and only they count. Never throws: a history that cannot be understood, and a checker that fails, give `unknown` and
 * the reason. What casts doubt on the whole (no end, nothing succeeded) turns valid into unknown, but never takes back a proof.
 */
export function judge(events: Iterable<HistoryEvent>): Verdict {
  return judged(() => modelOf(events));
}

/** Judges a history line by line, so that neither its text nor its events are ever held whole. */
export class HistoryJudge {
  readonly #builder = new ModelBuilder();
  readonly #reader = new HistoryReader(this.#builder);

  /** The next line of history.jsonl. Throws HistoryError, with the line's number. */
  read(line: string): void {
    this.#reader.read(line);
  }

  /** The same for a line as UTF-8 in bytes[from, to), which is faster. */
  take(bytes: Uint8Array, from: number, to: number): void {
    this.#reader.take(bytes, from, to);
  }

  /** After the last line; judges all guarantees, or one alone. Throws HistoryError for an empty file, otherwise as judge(). */
  finish(only?: GuaranteeName): Verdict {
    this.#reader.finish();
    return judged(() => this.#builder.finish(), only);
  }
}

function judged(model: () => Model, only?: GuaranteeName): Verdict {
  try {
    return verdictOf(model(), only);
  } catch (error) {
    const stress = { operations: 0, ok: 0, fail: 0, info: 0, faults: {} };
    return {
      format: "quorate-verdict/2",
      verdict: "unknown",
      reasons: [`the history cannot be judged: ${messageOf(error)}`],
      guarantees: {},
      stress,
    };
  }
}

function verdictOf(model: Model, only?: GuaranteeName): Verdict {
  const promised = new Set<string>([...model.run.promised, ...model.run.claimed]);
  const stress = stressOf(model);
  const doubts = doubtsOf(model, stress.ok);
  const guarantees: Record<string, GuaranteeVerdict> = {};
  const broken: string[] = [];
  const undecided: string[] = [...doubts];
  for (const name of only === undefined ? guaranteeNames : [only]) {
    const judgement = judgementOf(name, model, doubts);
    guarantees[name] = { ...judgement, promised: promised.has(name) };
    if (!promised.has(name)) continue;
    if (judgement.verdict === "invalid")
      broken.push(`${name} is broken: ${judgement.anomalies[0]?.explanation ?? "no explanation"}`);
    else if (judgement.verdict === "unknown" && doubts.length === 0)
      undecided.push(`${name} is undecided: ${judgement.reason ?? "no reason"}`);
  }
  // What does not apply never counts, but then something else must: a verdict that rests on nothing is no verdict.
  const judged = [...promised].some(
    (name) => (guarantees[name]?.verdict ?? "not-applicable") !== "not-applicable",
  );
  if (!judged && doubts.length === 0)
    undecided.push("none of what was promised applies to this history");
  const verdict: Outcome =
    broken.length > 0 ? "invalid" : undecided.length > 0 ? "unknown" : "valid";
  return {
    format: "quorate-verdict/2",
    verdict,
    reasons: [...broken, ...undecided],
    guarantees,
    stress,
  };
}

/** Why no verdict on this history can be `valid`. */
function doubtsOf({ end, operations, run }: Model, succeeded: number): string[] {
  const doubts: string[] = [];
  if (end === undefined) doubts.push("the history has no end: it was cut off");
  else if (end.reason !== undefined)
    doubts.push(`the run could not be carried through: ${end.reason}`);
  if (succeeded === 0)
    doubts.push(
      operations.length === 0 ? "the history has no operation" : "no operation succeeded",
    );
  if (run.promised.length + run.claimed.length === 0)
    doubts.push("nothing was promised and nothing claimed");
  return doubts;
}

function judgementOf(name: GuaranteeName, model: Model, doubts: readonly string[]): Judgement {
  let judgement: Judgement;
  try {
    judgement = registry[name](model);
  } catch (error) {
    return unknown(`the checker failed: ${messageOf(error)}`);
  }
  const doubt = doubts[0];
  return judgement.verdict === "valid" && doubt !== undefined
    ? { ...judgement, verdict: "unknown", reason: doubt }
    : judgement;
}

const unknown = (reason: string): Judgement => ({
  verdict: "unknown",
  reason,
  anomalies: [],
  judged: 0,
});

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
