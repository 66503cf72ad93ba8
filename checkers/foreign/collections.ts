/** Sets and counters of other tools' histories, handed to their checkers. */
import { HistoryError } from "../language/history-error.ts";
import type { WorkloadResult } from "../language/workload-result.ts";
import { checkSet, type SetRule, SetTable } from "../set/index.ts";
import { checkCounter } from "../workloads/index.ts";
import type { Budget } from "./budget.ts";
import type { ForeignJudgement } from "./findings.ts";
import { deltaOf } from "./machines.ts";
import { fn, type Operations } from "./operations.ts";
import { Kind, type ValueTable } from "./values.ts";
import { clientOperation, judgeKeys, lineNameIn } from "./workload-results.ts";

export const isCollection = (values: ValueTable, value: number): boolean =>
  values.kindOf(value) === Kind.set || values.kindOf(value) === Kind.list;

/** Jepsen's set-full asks nothing of elements that nobody added; here it does. */
const rulesOf = {
  set: ["jepsen-set"],
  "set-full": ["jepsen-set-full", "set-no-thin-air"],
  linearizable: ["set-linearizable"],
} as const satisfies Record<string, readonly SetRule[]>;

/** Throws HistoryError for a read that returned no list or set. */
export function judgeSets(
  operations: Operations,
  rule: keyof typeof rulesOf,
  budget: Budget,
): ForeignJudgement {
  const words = { nameOf: lineNameIn(operations), budget: budget.forSearch(Infinity) };
  const elements: Record<string, number> = {};
  const judgement = judgeKeys(operations, rule === "linearizable" ? rule : "durable", (of) => {
    const table = setTable(operations, of);
    return rulesOf[rule].map((one, i): WorkloadResult => {
      const result = checkSet(table, { rule: one, ...words });
      for (const [name, count] of Object.entries(result.measurements["elements"] ?? {}))
        if (i === 0) elements[name] = (elements[name] ?? 0) + Number(count);
      return result;
    });
  });
  return { ...judgement, measurements: { ...judgement.measurements, elements } };
}

function setTable(operations: Operations, of: Int32Array): SetTable {
  const { f, value, values, history } = operations;
  const table = new SetTable();
  const numbers = new Map<number, number>();
  const numberOf = (element: number): number => {
    const known = numbers.get(element) ?? table.elementNumber(values.textOf(element));
    numbers.set(element, known);
    return known;
  };
  for (const op of of) {
    const client = clientOperation(operations, op);
    if (f[op] !== fn.read)
      table.add({
        ...client,
        f: f[op] === fn.remove ? "remove" : "add",
        element: values.textOf(value[op] as number),
      });
    else if (history.isOk(op))
      table.readCoded(client, Int32Array.from(elementsOf(operations, op), numberOf));
  }
  return table;
}

function elementsOf({ values, value, history }: Operations, read: number): Int32Array {
  const whole = value[read] as number;
  if (!isCollection(values, whole))
    throw new HistoryError(
      "bad-field",
      "a read whose :value is a set, list or vector",
      values.briefOf(whole),
      history.endLine[read] || (history.startLine[read] as number),
    );
  return values.childrenOf(whole);
}

export function judgeCounters(operations: Operations, initial: number): ForeignJudgement {
  const { f, value, values, history } = operations;
  return judgeKeys(operations, "counter-bounds", (of) => [
    checkCounter(
      Array.from(of, (op) => {
        const client = clientOperation(operations, op);
        return f[op] === fn.read
          ? {
              ...client,
              f: "read" as const,
              value: history.isOk(op) ? values.numberOf(value[op] as number) : undefined,
            }
          : { ...client, f: "add" as const, delta: deltaOf(operations, op) };
      }),
      { initial, nameOf: lineNameIn(operations) },
    ),
  ]);
}
