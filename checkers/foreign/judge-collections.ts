/** Judges sets and counters of other tools' histories by the checkers of these workloads. */
import { HistoryError } from "../language/history-error.ts";
import type { WorkloadResult } from "../language/workload-result.ts";
import { checkSet, type SetResult, type SetRule, SetTable } from "../set/index.ts";
import { checkCounter } from "../workloads/index.ts";
import type { Budget } from "./shared-budget.ts";
import type { ForeignJudgement } from "./foreign-findings.ts";
import { answerLine } from "./foreign-history.ts";
import { counterRead, deltaOf, exactSums } from "./amounts.ts";
import { fn, type Operations } from "./foreign-operations.ts";
import { Kind, type ValueTable } from "./value-table.ts";
import { clientOperation, judgeKeys, lineNameIn } from "./workload-results.ts";

export const isCollection = (values: ValueTable, value: number): boolean =>
  values.kindOf(value) === Kind.set || values.kindOf(value) === Kind.list;

const rulesOf = {
  set: "jepsen-set",
  "set-full": "jepsen-set-full",
  linearizable: "set-linearizable",
} as const satisfies Record<string, SetRule>;

/**
 * Judges the operations of each key as a set. Throws HistoryError if a read returned no list or set, or if a query for
 * an element was answered neither true nor false.
 */
export function judgeSets(
  operations: Operations,
  rule: keyof typeof rulesOf,
  budget: Budget,
): ForeignJudgement {
  const words = { nameOf: lineNameIn(operations), budget: budget.forSearch(Infinity) };
  const numbers = new ElementNumbers(operations.values);
  const elements: Record<string, number> = {};
  const judgement = judgeKeys(operations, rule === "linearizable" ? rule : "durable", (of) => {
    const table = setTable(operations, of, numbers);
    const result = checkSet(table, { rule: rulesOf[rule], ...words });
    for (const [name, count] of Object.entries(result.measurements["elements"] ?? {}))
      elements[name] = (elements[name] ?? 0) + Number(count);
    return thinAirCounts(result);
  });
  return { ...judgement, measurements: { ...judgement.measurements, elements } };
}

/**
 * The result with elements that nobody added as anomalies. Jepsen's set-full ignores such elements, so checkSet may
 * report them only as notes.
 */
function thinAirCounts(result: SetResult): WorkloadResult {
  const thin = result.notes.filter(({ kind }) => kind === "thin-air");
  if (thin.length === 0) return result;
  return {
    ...result,
    verdict: "invalid",
    anomalies: [...result.anomalies, ...thin],
    notes: result.notes.filter(({ kind }) => kind !== "thin-air"),
  };
}

/** The operations of one key as a table. */
function setTable(operations: Operations, of: Int32Array, numbers: ElementNumbers): SetTable {
  const { f, value, values, history } = operations;
  const table = new SetTable();
  numbers.begin(table);
  let returned = 0;
  for (const op of of)
    if (f[op] === fn.read && history.isOk(op)) returned += elementsOf(operations, op).length;
  table.reserveShown(returned);
  for (const op of of) {
    const client = clientOperation(operations, op);
    if (f[op] === fn.contains) {
      const element = values.textOf(value[op] as number);
      if (history.isOk(op))
        table.add({ ...client, f: "contains", element, present: isInside(operations, op) });
    } else if (f[op] !== fn.read)
      table.add({
        ...client,
        f: f[op] === fn.remove ? "remove" : "add",
        element: values.textOf(value[op] as number),
      });
    else if (history.isOk(op)) table.readCoded(client, numbers.all(elementsOf(operations, op)));
  }
  return table;
}

/** The answer to a query for an element. Throws HistoryError if it is neither true nor false. */
function isInside({ values, expected, history }: Operations, question: number): boolean {
  const answer = expected[question] as number;
  if (values.kindOf(answer) === Kind.boolean) return values.nameOf(answer) === "true";
  throw new HistoryError(
    "bad-field",
    "a contains that is answered with true or false",
    values.briefOf(answer),
    answerLine(history, question),
  );
}

/**
 * Finds the table's number of an element from the element's number as a value. Fast, since reads of whole sets have
 * millions of elements.
 */
class ElementNumbers {
  readonly #values: ValueTable;
  /** For each value, the element's number in the table plus one. 0: the table does not know the element. */
  readonly #numbers: Int32Array;
  #seen: number[] = [];
  #table = new SetTable();

  constructor(values: ValueTable) {
    this.#values = values;
    this.#numbers = new Int32Array(values.count);
  }

  begin(table: SetTable): void {
    for (const element of this.#seen) this.#numbers[element] = 0;
    this.#seen = [];
    this.#table = table;
  }

  all(elements: Int32Array): Int32Array {
    const coded = new Int32Array(elements.length);
    for (let i = 0; i < elements.length; i++) {
      const element = elements[i] as number;
      const known = this.#numbers[element] as number;
      coded[i] = known > 0 ? known - 1 : this.#number(element);
    }
    return coded;
  }

  #number(element: number): number {
    const number = this.#table.elementNumber(this.#values.textOf(element));
    this.#numbers[element] = number + 1;
    this.#seen.push(element);
    return number;
  }
}

function elementsOf({ values, value, history }: Operations, read: number): Int32Array {
  const whole = value[read] as number;
  if (!isCollection(values, whole))
    throw new HistoryError(
      "bad-field",
      "a read whose :value is a set, list or vector",
      values.briefOf(whole),
      answerLine(history, read),
    );
  return values.childrenOf(whole);
}

/**
 * Judges the operations of each key as a counter.
 * @param only The reads that are judged. Default: all.
 */
export function judgeCounters(
  operations: Operations,
  initial: number,
  only?: ReadonlySet<number>,
): ForeignJudgement {
  const { f } = operations;
  return judgeKeys(operations, "counter-bounds", (of) => {
    const all = Array.from(of, (op) => {
      const client = clientOperation(operations, op);
      if (f[op] !== fn.read)
        return { ...client, f: "add" as const, delta: deltaOf(operations, op) };
      const value = counterRead(operations, op);
      return { ...client, f: "read" as const, value: only?.has(op) === false ? undefined : value };
    });
    const deltas = all.flatMap((one) => (one.f === "add" ? [one.delta] : []));
    const exact = exactSums([[initial, ...deltas]]);
    return checkCounter(all, { initial, exact, nameOf: lineNameIn(operations) });
  });
}
