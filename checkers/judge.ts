/** Judges a history. */
import { HistoryReader } from "./reading/parse.ts";
import { type Checker, obstacle } from "./model/checker.ts";
import { ModelBuilder, modelOf } from "./model/model.ts";
import { builtInCheckers } from "./built-in-checkers.ts";
import { notApplicable } from "./conclude.ts";
import { stressOf } from "./stress.ts";
import type { HistoryEvent } from "./language/history.ts";
import type { Model } from "./model/model.ts";
import type { GuaranteeVerdict, Judgement, Outcome, Verdict } from "./language/verdict.ts";

/** Options for judging. */
export interface JudgeOptions {
  /** Your own checkers, which run after quorate's. */
  readonly checkers?: readonly Checker[];
  /** The name of the only guarantee to judge. Default: all guarantees are judged. */
  readonly only?: string;
}

/**
 * Judges a history by quorate's checkers and your own, or by the one that `options.only` names. Of the guarantees, only
 * those that the run promises or claims count for the verdict on the history.
 *
 * A history that cannot be understood gives the verdict `unknown` with the reason. So does a promised guarantee if its
 * checker fails or if no checker judges it, unless another promise is broken. Doubts about the whole history (for
 * example, no end, or no operation that succeeded) turn `valid` into `unknown`. They never turn `invalid` into anything
 * else.
 *
 * @param events The history, the `run` event first.
 * @param options Your own checkers, or the one guarantee to judge.
 * @returns `invalid` if a promise is broken, else `unknown` if a promise is undecided or there is a doubt about the
 * whole history, else `valid`; and the verdict on each judged guarantee.
 * @throws Error if two checkers have the same name.
 * @example
 * const events = parseHistory(readFileSync("history.jsonl", "utf8"));
 * const { verdict, reasons } = judge(events, { checkers: [noSlowRead] });
 */
export function judge(events: Iterable<HistoryEvent>, options: JudgeOptions = {}): Verdict {
  return judgeModel(() => modelOf(events), options);
}

/** Judges a history line by line, without holding all of its text or events. */
export class HistoryJudge {
  readonly #builder = new ModelBuilder();
  readonly #reader = new HistoryReader(this.#builder);

  /** Reads the next line of history.jsonl. Throws HistoryError with the line's number if the line is not valid. */
  read(line: string): void {
    this.#reader.read(line);
  }

  /** Reads the next line from its UTF-8 text in `bytes`, from index `from` to before index `to`. Faster than `read`. */
  take(bytes: Uint8Array, from: number, to: number): void {
    this.#reader.take(bytes, from, to);
  }

  /**
   * Judges the lines that were read, as judge() does. Call it after the last line. Throws HistoryError if no line was
   * read.
   */
  finish(options: JudgeOptions = {}): Verdict {
    this.#reader.finish();
    return judgeModel(() => this.#builder.finish(), options);
  }
}

function judgeModel(model: () => Model, { checkers = [], only }: JudgeOptions): Verdict {
  const all: readonly Checker[] = [...builtInCheckers, ...checkers];
  const twice = all.find(({ name }, i) => all.findIndex((other) => other.name === name) !== i);
  if (twice !== undefined) throw new Error(`two checkers are called ${twice.name}: rename yours`);
  const asked = only === undefined ? all : all.filter(({ name }) => name === only);
  try {
    return verdictOf(model(), asked, only);
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

function verdictOf(model: Model, checkers: readonly Checker[], only?: string): Verdict {
  const promised = new Set<string>([...model.run.promised, ...model.run.claimed]);
  const stress = stressOf(model);
  const doubts = doubtsOf(model, stress.ok, only !== undefined);
  const guarantees: Record<string, GuaranteeVerdict> = {};
  const broken: string[] = [];
  const undecided: string[] = [...doubts];
  for (const checker of checkers) {
    const { name, meaning } = checker;
    const judgement = judgementOf(checker, model, doubts);
    guarantees[name] = { ...judgement, promised: promised.has(name), meaning };
    if (!promised.has(name)) continue;
    if (judgement.verdict === "invalid")
      broken.push(`${name} is broken: ${judgement.anomalies[0]?.explanation ?? "no explanation"}`);
    else if (judgement.verdict === "unknown" && doubts.length === 0)
      undecided.push(`${name} is undecided: ${judgement.reason ?? "no reason"}`);
  }
  for (const name of promised)
    if (guarantees[name] === undefined && (only === undefined || only === name))
      undecided.push(`${name} is undecided: no checker of that name was given`);
  // A guarantee that does not apply does not count. At least one promised guarantee must apply: otherwise `valid` would
  // rest on nothing.
  const judged = [...promised].some(
    (name) =>
      saysSomething(name, model) &&
      (guarantees[name]?.verdict ?? "not-applicable") !== "not-applicable",
  );
  if (!judged && undecided.length === 0)
    undecided.push("no promised guarantee applies to this history");
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

/** The doubts about the whole history, because of which its verdict cannot be `valid`. Empty if there are none. */
function doubtsOf(
  { end, evidence, foreign, operations, run }: Model,
  succeeded: number,
  isAsked: boolean,
): string[] {
  const doubts: string[] = [];
  if (end === undefined) doubts.push("the history has no end: it was cut off");
  else if (end.reason !== undefined) doubts.push(`the run could not be completed: ${end.reason}`);
  if (foreign !== null) doubts.push(foreign);
  else doubts.push(...evidence.losses());
  if (succeeded === 0)
    doubts.push(
      operations.length === 0 ? "the history has no operation" : "no operation succeeded",
    );
  // A caller who asks for one guarantee gets a judgement even if nothing was promised.
  if (!isAsked && ![...run.promised, ...run.claimed].some((name) => saysSomething(name, { run })))
    doubts.push("no guarantee was promised or claimed");
  return doubts;
}

/**
 * Whether a verdict may rest on this guarantee alone. no-crash says nothing about a store's data, so it counts only if
 * the user claims it.
 */
function saysSomething(name: string, { run }: Pick<Model, "run">): boolean {
  return name !== "no-crash" || run.claimed.includes(name);
}

function judgementOf(checker: Checker, model: Model, doubts: readonly string[]): Judgement {
  const inapplicable = obstacle(checker, model);
  if (inapplicable !== null) return notApplicable(inapplicable);
  let judgement: Judgement;
  try {
    judgement = checker.check(model);
  } catch (error) {
    return unknown(`the checker failed: ${messageOf(error)}`);
  }
  // A user's checker may return something that is not a judgement, such as a promise. That counts as a failed checker.
  if (!isJudgement(judgement))
    return unknown(
      `the checker failed: expected { verdict, anomalies, judged } from ${checker.name}, got ${shownOf(judgement)}`,
    );
  const doubt = doubts[0];
  return judgement.verdict === "valid" && doubt !== undefined
    ? { ...judgement, verdict: "unknown", reason: doubt }
    : judgement;
}

const verdicts: ReadonlySet<unknown> = new Set(["valid", "invalid", "unknown", "not-applicable"]);

function isJudgement(value: unknown): value is Judgement {
  if (typeof value !== "object" || value === null) return false;
  const { verdict, anomalies, judged } = value as Partial<Judgement>;
  return verdicts.has(verdict) && Array.isArray(anomalies) && typeof judged === "number";
}

function shownOf(value: unknown): string {
  if (value instanceof Promise) return "a promise, although a checker must not be async";
  return JSON.stringify(value)?.slice(0, 80) ?? String(value);
}

const unknown = (reason: string): Judgement => ({
  verdict: "unknown",
  reason,
  anomalies: [],
  judged: 0,
});

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
