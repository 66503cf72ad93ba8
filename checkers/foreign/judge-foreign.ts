/**
 * Judges another tool's history by one guarantee. If neither the history nor the user says how to read something, the
 * readings that may be meant are judged. If one of them is valid and another invalid, the verdict is unknown and the
 * reason names both readings.
 */
import { HistoryError } from "../language/history-error.ts";
import { Budget, type BudgetLimits } from "./shared-budget.ts";
import { judgeCounters, judgeSets } from "./judge-collections.ts";
import { chooseModel, guessInitial, hasInitial } from "./choose-model.ts";
import { judgeEtcd } from "./judge-etcd.ts";
import { type ForeignJudgement, unknownBecause } from "./foreign-findings.ts";
import {
  judgeBank,
  judgeCausalReverse,
  judgeLog,
  judgeLongFork,
} from "./judge-jepsen-workloads.ts";
import {
  judgeByMachine,
  judgeMutexes,
  judgeQueue,
  judgeTotalQueue,
  judgeUniqueIds,
} from "./judge-folds.ts";
import { type ForeignFormat, type ForeignHistory, type Order, Outcome } from "./foreign-history.ts";
import { isText, registerMachine, textMachine } from "./machines.ts";
import {
  foreignModels,
  type ForeignGuarantee,
  type ForeignModel,
  guaranteeFor,
  type ModelOf,
  type TransactionGuarantee,
} from "./foreign-models.ts";
import {
  byKey,
  codeFunctions,
  fn,
  functions,
  functionName,
  interpret,
  keyPlaceOf,
  type KeyPlace,
  type Operations,
  type Reading,
} from "./foreign-operations.ts";
import type { ParsedHistory } from "./history-parsers.ts";
import { findUnwritten, judgeRegisters } from "./judge-registers.ts";
import { judgeSequential } from "./judge-sequential.ts";
import { judgeTransactions } from "./judge-transactions.ts";
import { absent, Kind, nil, type ValueTable } from "./value-table.ts";
import { ValueReader } from "./value-reader.ts";
import { judgeVersioned } from "./judge-versioned.ts";

/** The model and the guarantee by which another tool's history is judged, with options. */
export interface ForeignQuestion {
  /** What the operations mean. Default: the model that fits the operations. */
  readonly model?: ForeignModel;
  /** The guarantee to judge. Default: the model's first guarantee. */
  readonly guarantee?: ForeignGuarantee;
  /** The initial value as EDN, as JSON or as plain text. Default: guessed from the operations. */
  readonly initial?: string;
  readonly order?: Order;
  readonly budget?: Budget | BudgetLimits;
}

/** The judgement of another tool's history, and what was judged under which model. */
export interface ForeignResult {
  readonly format: ForeignFormat;
  /** The model of the history. Undefined: no model fits, or there is no operation. */
  readonly model: ForeignModel | undefined;
  readonly isModelGiven: boolean;
  readonly guarantee: ForeignGuarantee | undefined;
  /** The initial value as text. Undefined: there is no model, or the model has no initial value. */
  readonly initial: string | undefined;
  readonly isInitialGiven: boolean;
  readonly keys: KeyPlace;
  readonly keyCount: number;
  readonly order: Order;
  readonly events: number;
  readonly operations: number;
  readonly judgement: ForeignJudgement;
}

/** One of the ways in which the history can be read. */
interface Variant {
  readonly history: ForeignHistory;
  readonly reading: Reading;
  readonly initial?: number;
  /** What this reading assumes, as the end of a sentence. */
  readonly words: string;
}

/**
 * Judges a history that another tool recorded.
 *
 * @param parsed The result of `readForeign`.
 * @param question The model, guarantee, initial value, order and budget. What is left out is guessed from the history,
 * or has a default.
 * @returns The judgement, and what was judged under which model. The verdict is `unknown`, for example, if no model
 * fits, the budget ran out or two readings differ.
 * @throws HistoryError if the history contradicts itself, or if the model does not know an operation or the guarantee.
 * @example
 * const { judgement } = judgeForeign(readForeign(readFileSync("history.edn")), { model: "register" });
 */
export function judgeForeign(parsed: ParsedHistory, question: ForeignQuestion = {}): ForeignResult {
  return new ForeignJudge(parsed, question).run();
}

class ForeignJudge {
  readonly #parsed: ParsedHistory;
  readonly #question: ForeignQuestion;
  readonly #budget: Budget;
  readonly #functions: Uint8Array;

  constructor(parsed: ParsedHistory, question: ForeignQuestion) {
    this.#parsed = parsed;
    this.#question = question;
    this.#budget =
      question.budget instanceof Budget ? question.budget : new Budget(question.budget);
    this.#functions = codeFunctions(parsed.history);
  }

  run(): ForeignResult {
    const { history } = this.#parsed;
    const [order, ordered, other] = this.#orders();
    const keys = keyPlaceOf(history, this.#functions);
    const reading: Reading = { keys, written: "answered" };
    const operations = interpret(ordered, this.#functions, reading);
    const choice =
      this.#question.model === undefined
        ? chooseModel(operations, this.#question.initial !== undefined)
        : { model: this.#question.model };
    const result = {
      format: history.format,
      isModelGiven: this.#question.model !== undefined,
      isInitialGiven: this.#question.initial !== undefined,
      keys,
      keyCount: byKey(operations).size,
      order,
      events: history.events,
      operations: history.count,
    };
    if (history.count === 0 || "unknown" in choice)
      return {
        ...result,
        model: undefined,
        guarantee: undefined,
        initial: undefined,
        judgement: unknownBecause(
          "unknown" in choice && history.count > 0
            ? choice.unknown
            : "the history has no operation of a client, so there was nothing to judge",
        ),
      };
    const { model } = choice;
    const guarantee = this.#question.guarantee ?? guaranteeFor(model);
    checkModel(operations, model, guarantee);
    const guess = guessInitial(operations, model);
    const initial =
      this.#question.initial === undefined
        ? guess.value
        : readInitial(history.values, this.#question.initial, model, history.format === "json");
    const judge = (variant: Variant): ForeignJudgement =>
      this.#judge(
        variant.history === ordered && variant.reading === reading
          ? operations
          : interpret(variant.history, this.#functions, variant.reading),
        model,
        guarantee,
        variant.initial ?? initial,
      );
    const first: Variant = { history: ordered, reading, words: "" };
    const others: (Variant & { readonly instead: string })[] = [];
    if (other !== undefined)
      others.push({
        ...first,
        history: other,
        words: "in the order of the file",
        instead: `in the order of :${order} (the file's order differs; choose one with --order)`,
      });
    if (operations.answersDiffer && dependsOnAnswers(model))
      others.push({
        ...first,
        reading: { ...reading, written: "asked" },
        words: "if a write's value is taken from its request",
        instead: "if a write's value is taken from its answer",
      });
    if (guess.other !== undefined && this.#question.initial === undefined && hasInitial(model))
      others.push({
        ...first,
        initial: guess.other.value,
        words: `with the initial value ${history.values.textOf(guess.other.value)}`,
        instead: `with the initial value ${history.values.textOf(initial)} (${guess.other.why}; --initial names the right one)`,
      });
    if (keys === "none" && casMayBeTuples(operations))
      others.push({
        ...first,
        reading: { keys: "tuples", written: "answered" },
        words: "with values taken as tuples [key value] of jepsen.independent",
        instead: "with values taken literally",
      });
    const judgement = this.#agreed(judge(first), others, judge);
    return {
      ...result,
      model,
      guarantee,
      initial: hasInitial(model) ? history.values.textOf(initial) : undefined,
      judgement: this.#withNotes(this.#withOrder(judgement, order, other !== undefined)),
    };
  }

  /**
   * The order of events that counts, the history in that order, and the history in the file's order if that may count
   * instead.
   */
  #orders(): readonly [Order, ForeignHistory, ForeignHistory | undefined] {
    const { history, reordered } = this.#parsed;
    const [own] = history.otherOrders;
    const { order } = this.#question;
    if (reordered === undefined || own === undefined) return [order ?? "file", history, undefined];
    if (order === "file") return ["file", history, undefined];
    return [own, reordered, order === undefined ? history : undefined];
  }

  #withNotes(judgement: ForeignJudgement): ForeignJudgement {
    const { notes } = this.#parsed.history;
    return notes.length === 0
      ? judgement
      : { ...judgement, notes: [...judgement.notes, ...new Set(notes)] };
  }

  #withOrder(judgement: ForeignJudgement, order: Order, bothAgree: boolean): ForeignJudgement {
    const { orderConflict } = this.#parsed.history;
    if (orderConflict !== undefined && this.#question.order === undefined)
      return {
        ...judgement,
        verdict: "unknown",
        reason: `the order of operations is unclear: ${orderConflict}; choose one with --order file, index or time`,
        anomalies: [],
      };
    if (order === "file" || judgement.verdict === "unknown") return judgement;
    const note = `judged in the order of :${order}, which is not that of the file${bothAgree ? "; the file's order gives the same verdict" : ""}`;
    return { ...judgement, notes: [...judgement.notes, note] };
  }

  /** The judgement of the first reading. It becomes unknown if one reading is valid and another invalid. */
  #agreed(
    first: ForeignJudgement,
    others: readonly (Variant & { readonly instead: string })[],
    judge: (variant: Variant) => ForeignJudgement,
  ): ForeignJudgement {
    if (first.verdict === "unknown") return first;
    for (const variant of others) {
      let second: ForeignJudgement;
      try {
        second = judge(variant);
      } catch (error) {
        // A reading in which the history contradicts itself is not meant.
        if (error instanceof HistoryError) continue;
        throw error;
      }
      if (second.verdict === "unknown" || second.verdict === first.verdict) continue;
      const why = [...first.anomalies, ...second.anomalies][0]?.explanation;
      return {
        ...first,
        verdict: "unknown",
        anomalies: [],
        reason: `two readings differ: ${first.verdict} ${variant.instead}, ${second.verdict} ${variant.words}${why === undefined ? "" : `: ${why}`}`,
      };
    }
    return first;
  }

  #judge(
    operations: Operations,
    model: ForeignModel,
    guarantee: ForeignGuarantee,
    initial: number,
  ): ForeignJudgement {
    if (!succeeded(operations) && !isRegister(model))
      return unknownBecause("no operation succeeded, so there was nothing to judge");
    const budget = this.#budget;
    switch (model) {
      case "register":
      case "cas-register":
      case "kv":
        return judgeRegisterModel(operations, model, guarantee, initial, budget);
      case "versioned-register":
        return judgeVersioned(operations, initial);
      case "set":
      case "set-full":
        return judgeSets(operations, guarantee === "linearizable" ? guarantee : model, budget);
      case "membership":
        return judgeSets(operations, "linearizable", budget);
      case "counter": {
        const start = initialNumber(operations, initial);
        return guarantee === "linearizable"
          ? judgeByMachine(operations, model, start, budget)
          : this.#judgeCounter(operations, start);
      }
      case "queue":
        return guarantee === "linearizable"
          ? judgeByMachine(operations, model, 0, budget)
          : this.#judgeQueue(operations);
      case "total-queue":
        return judgeTotalQueue(operations);
      case "mutex":
        return judgeMutexes(operations);
      case "lock":
        return judgeByMachine(operations, model, 0, budget);
      case "unique-ids":
        return judgeUniqueIds(operations);
      case "multi-register":
        return judgeByMachine(operations, model, initial, budget);
      case "list-append":
      case "rw-register":
        return judgeTransactions(operations, model, guarantee as TransactionGuarantee);
      case "bank":
        return judgeBank(
          operations,
          this.#question.initial === undefined ? undefined : initialNumber(operations, initial),
        );
      case "long-fork":
        return judgeLongFork(operations);
      case "causal-reverse":
        return judgeCausalReverse(operations);
      case "log":
        return judgeLog(operations);
      case "etcd":
        return judgeEtcd(operations);
    }
  }

  /**
   * Judges a counter. Some counters, such as Maelstrom's, promise only that final reads (marked `:final? true`) are
   * correct. Therefore the verdict is unknown if there are such marks and only other reads are wrong.
   */
  #judgeCounter(operations: Operations, start: number): ForeignJudgement {
    const judgement = judgeCounters(operations, start);
    const { final } = operations.history;
    if (judgement.verdict !== "invalid" || final.size === 0) return judgement;
    const atTheEnd = judgeCounters(operations, start, final);
    if (atTheEnd.verdict !== "valid") return atTheEnd.verdict === "invalid" ? atTheEnd : judgement;
    return {
      ...judgement,
      verdict: "unknown",
      anomalies: [],
      reason: `two readings differ: valid if only the reads that are marked :final? count, as in Maelstrom's counters, and invalid if all reads count: ${judgement.anomalies[0]?.explanation ?? ""}`,
    };
  }

  /**
   * Judges a queue. Acknowledged elements that never came out may be lost or still be in the queue. Therefore the
   * verdict is unknown instead of valid if there are any and the user named no model.
   */
  #judgeQueue(operations: Operations): ForeignJudgement {
    const judgement = judgeQueue(operations);
    if (this.#question.model !== undefined || judgement.verdict !== "valid") return judgement;
    const total = judgeTotalQueue(operations);
    const lost = total.anomalies[0];
    if (lost === undefined) return judgement;
    return {
      ...judgement,
      verdict: "unknown",
      reason: `two readings differ: valid if the elements that did not come out are still in the queue (--model queue), and invalid if the queue was emptied (--model total-queue): ${lost.explanation}`,
    };
  }
}

const isRegister = (model: ForeignModel): boolean =>
  model === "register" || model === "cas-register" || model === "kv";

/** Whether, in this model, the answer to a write may be taken for the written value. */
const dependsOnAnswers = (model: ForeignModel): boolean =>
  isRegister(model) || ["set", "set-full", "counter", "queue", "total-queue"].includes(model);

function succeeded({ history, count }: Operations): boolean {
  for (let op = 0; op < count; op++) if (history.isOk(op)) return true;
  return false;
}

function judgeRegisterModel(
  operations: Operations,
  model: "register" | "cas-register" | "kv",
  guarantee: ForeignGuarantee,
  initial: number,
  budget: Budget,
): ForeignJudgement {
  if (guarantee !== "sequential")
    return judgeRegisters(operations, {
      guarantee: guarantee as "linearizable" | "regular" | "regular-stamped",
      initial,
      budget,
    });
  // Tries linearizability first: a linearizable history is also sequential, and linearizability is decided faster.
  const linearizable = judgeRegisters(operations, {
    guarantee: "linearizable",
    initial,
    budget: new Budget({ steps: 1_000_000, bytes: budget.bytes }),
  });
  if (linearizable.verdict === "valid") return linearizable;
  const machine = model === "kv" ? textMachine : registerMachine;
  return judgeSequential(
    operations,
    (of) => machine(operations, of, initial),
    budget,
    (findings) => findUnwritten(operations, initial, findings),
  );
}

/** Throws HistoryError if an operation or its value does not fit the model, or if the model lacks the guarantee. */
function checkModel(
  operations: Operations,
  model: ForeignModel,
  guarantee: ForeignGuarantee,
): void {
  const { functions: known, guarantees }: ModelOf = foreignModels[model];
  const { f, count, history, value } = operations;
  for (let op = 0; op < count; op++) {
    const name = functions[f[op] as number] ?? "other";
    if (!known.includes(name))
      throw new HistoryError(
        "not-in-model",
        `an operation of the model ${model} (${known.join(", ")})`,
        functionName(operations, op),
        history.startLine[op],
      );
    if (model === "kv" && !isText(operations, value[op] as number))
      throw new HistoryError(
        "not-in-model",
        "a text as the value in the model kv",
        `${functionName(operations, op)} ${operations.values.briefOf(value[op] as number)}`,
        history.startLine[op],
      );
  }
  if (!guarantees.includes(guarantee))
    throw new HistoryError(
      "not-in-model",
      `a guarantee of the model ${model} (${guarantees.join(", ")})`,
      guarantee,
    );
}

/**
 * Whether each cas of a history without reads can be read in two ways: [x [a b]] may replace x by [a b], or may replace
 * a by b under the key x.
 */
function casMayBeTuples({ f, values, history, count }: Operations): boolean {
  let some = false;
  for (let op = 0; op < count; op++) {
    if (f[op] === fn.read) return false;
    const asked = history.asked[op] as number;
    if (!values.isPair(asked)) return false;
    if (f[op] !== fn.cas) continue;
    if (!values.isPair(values.childrenOf(asked)[1] as number)) return false;
    some = some || history.outcome[op] === Outcome.ok;
  }
  return some;
}

/**
 * Parses an initial value from the command line as EDN or JSON. The value is the text itself if the text is neither, or
 * is a word without quotes, or (for the model kv) does not mean nil or a string.
 */
export function readInitial(
  values: ValueTable,
  text: string,
  model: ForeignModel,
  json: boolean,
): number {
  const asText = (): number => values.scalar(Kind.string, text);
  const parsed = [json, !json].map((one) => parse(values, text, one)).find((one) => one !== absent);
  if (parsed === undefined) return asText();
  // A word without quotes counts as text, not as a symbol.
  const isWord = values.kindOf(parsed) === Kind.symbol;
  return isWord || (model === "kv" && parsed !== nil && values.kindOf(parsed) !== Kind.string)
    ? asText()
    : parsed;
}

function parse(values: ValueTable, text: string, json: boolean): number {
  const reader = new ValueReader(values, json);
  const bytes = new TextEncoder().encode(text);
  reader.load(bytes, 0, bytes.length, true);
  try {
    if (reader.peek() === -1) return absent;
    const value = reader.read();
    return reader.peek() === -1 ? value : absent;
  } catch (error) {
    if (error instanceof HistoryError) return absent;
    throw error;
  }
}

/** The initial value as a number, for models that add to it. Throws HistoryError if it is not a finite number. */
function initialNumber({ values }: Operations, initial: number): number {
  const number = values.numberOf(initial);
  if (Number.isFinite(number)) return number;
  throw new HistoryError(
    "bad-number",
    "an initial value that is a number",
    values.briefOf(initial),
  );
}
