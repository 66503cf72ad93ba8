/** From another tool's history to a judgement of one register guarantee. */
import { conclude, notApplicable } from "../conclude.ts";
import { HistoryError } from "../language/history-error.ts";
import { defaultBudget, search, type SearchBudget } from "../search/search.ts";
import { judgeSet } from "./set.ts";
import { code, type Illegal, judgeLevel } from "./ladder.ts";
import { registerProblem, type RegisterProblem } from "./problem.ts";
import { explainStuck } from "./words.ts";
import type { Level } from "../register/ladder.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";
import type { ForeignFunction, ForeignHistory, ForeignOperation, ForeignValue } from "./history.ts";

/** What the operations mean. set: elements are added, never removed, and a read returns them all. kv: a register a key, that holds text, and to which can be appended; its initial value is "". */
export const foreignModels = {
  register: ["read", "write"],
  "cas-register": ["read", "write", "cas"],
  set: ["add", "read"],
  kv: ["read", "write", "append"],
} as const satisfies Record<string, readonly ForeignFunction[]>;

/** The name of what the operations of a history mean. */
export type ForeignModel = keyof typeof foreignModels;

/** A guarantee that histories of other tools can be judged by. */
export type ForeignGuarantee = Level | "durable";

/** The guarantees that histories of other tools can be judged by. */
export const foreignGuarantees: readonly ForeignGuarantee[] = [
  "linearizable",
  "regular",
  "regular-stamped",
  "durable",
];

/** What is asked where nobody says: of a set that it keeps what it was given, as Jepsen does; else the strictest. */
export const guaranteeFor = (model: ForeignModel): ForeignGuarantee =>
  model === "set" ? "durable" : "linearizable";

/** What a history of another tool is judged by. */
export interface ForeignQuestion {
  readonly model: ForeignModel;
  readonly guarantee: ForeignGuarantee;
  readonly initial: ForeignValue;
  readonly budget?: SearchBudget;
}

/** The smallest model that knows all of the history's operations. */
export function modelFor({ operations, tuples }: ForeignHistory): ForeignModel {
  const used = new Set(operations.map(({ f }) => f));
  if (used.has("add")) return "set";
  return used.has("append") || (tuples !== true && operations.some(({ key }) => key !== ""))
    ? "kv"
    : used.has("cas")
      ? "cas-register"
      : "register";
}

/**
 * The initial value, where nobody says: "" for kv; 0 where the first read that was answered returned 0 and nothing that could have
 * written 0 had begun; else nil.
 */
export function initialFor({ operations }: ForeignHistory, model: ForeignModel): ForeignValue {
  if (model === "kv") return '""';
  const first = operations.reduce<ForeignOperation | undefined>(
    (best, one) => (one.f === "read" && one.end < (best?.end ?? Infinity) ? one : best),
    undefined,
  );
  const written = operations.some(
    ({ f, key, value, start }) =>
      f !== "read" && key === first?.key && value === "0" && start < (first?.end ?? Infinity),
  );
  return first?.value === "0" && !written ? "0" : null;
}

/**
 * Judges a history that another tool recorded.
 *
 * @param history What `readForeign` returns.
 * @param question The model, the guarantee and the initial value; `modelFor`, `guaranteeFor` and `initialFor` guess them.
 * @returns The judgement; `unknown` if the search for an order used its budget up.
 * @throws HistoryError if the model does not know an operation.
 */
export function judgeForeign(
  history: ForeignHistory,
  { model, guarantee, initial, budget = defaultBudget }: ForeignQuestion,
): Judgement {
  const { operations } = history;
  const known: readonly ForeignFunction[] = foreignModels[model];
  const strange = operations.find(({ f }) => !known.includes(f));
  if (strange !== undefined)
    throw new HistoryError(
      "not-in-model",
      `only ${known.join(", ")} in the model ${model}`,
      strange.f,
      strange.startLine,
    );
  // Elle's append is to lists; as text it would make up values that nobody wrote.
  const list = operations.find(
    ({ f, value }) => f === "append" && value !== null && !value.startsWith('"'),
  );
  if (list !== undefined)
    throw new HistoryError(
      "unknown-workload",
      "append of a string",
      `append ${list.value ?? "nil"}`,
      list.startLine,
    );
  if (model === "set")
    return guarantee === "durable" || guarantee === "linearizable"
      ? judgeSet(history, guarantee)
      : notApplicable(`${guarantee} is a matter of registers; of a set: durable, linearizable`);
  if (guarantee === "durable")
    return notApplicable(
      "durable is asked of a set: nothing else shows, from clients' operations alone, what it kept",
    );
  return judgeRegisters(history, { guarantee, initial, budget });
}

function judgeRegisters(
  { operations, events }: ForeignHistory,
  {
    guarantee,
    initial,
    budget,
  }: { readonly guarantee: Level; readonly initial: ForeignValue; readonly budget: SearchBudget },
): Judgement {
  const anomalies: Anomaly[] = [];
  const found = (key: string, { explanation, operations: proof }: Illegal): void => {
    anomalies.push({
      guarantee,
      explanation,
      operations: proof.map(({ op }) => op),
      ...(key === "" ? {} : { key }),
    });
  };
  const problems: [key: string, problem: RegisterProblem][] = [];
  for (const [key, of] of byKey(operations)) {
    const coded = code(of, initial);
    if (coded !== null) for (const illegal of judgeLevel(guarantee, coded)) found(key, illegal);
    else if (guarantee !== "linearizable")
      return notApplicable(
        `${guarantee} is a matter of reads and writes of values that are written once`,
      );
    else problems.push([key, registerProblem(of, initial)]);
  }
  // One illegal key settles it, and most are found soon: each gets a little before any gets all.
  let open = problems;
  let undecided: string[] = [];
  for (const steps of [Math.ceil(budget.steps / 200), budget.steps]) {
    const again: typeof problems = [];
    undecided = [];
    for (const [key, problem] of open) {
      const result = search(problem.problem, { ...budget, steps });
      if (result.found === "none")
        found(key, explainStuck(problem, result.stuck, result.states, result.prefix));
      if (result.found !== "unknown") continue;
      again.push([key, problem]);
      undecided.push(key === "" ? result.reason : `key ${key}: ${result.reason}`);
    }
    if (anomalies.length > 0) break;
    open = again;
  }
  // What failed is judged too, by the trace that it did not leave: a history in which nothing succeeded is legal, as those tools say.
  return conclude({ anomalies, undecided, judged: events });
}

function byKey(operations: readonly ForeignOperation[]): ReadonlyMap<string, ForeignOperation[]> {
  const keys = new Map<string, ForeignOperation[]>();
  for (const operation of operations) {
    const of = keys.get(operation.key);
    if (of === undefined) keys.set(operation.key, [operation]);
    else of.push(operation);
  }
  return keys;
}
