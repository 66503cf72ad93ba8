/** How the operations of other tools' histories are named: by process and line, as a person finds them in the file. */
import type { RegisterProblem } from "./problem.ts";
import type { ForeignOperation, ForeignValue } from "./history.ts";

export const shown = (value: ForeignValue): string => value ?? "nil";

const keyed = (key: string): string => (key === "" ? "" : ` of key ${key}`);

/** `cas 3 → 4 of process 7 (line 12)`. */
export function brief(operation: ForeignOperation): string {
  const { f, value, expected, process, startLine, key } = operation;
  const what = f === "cas" ? `cas ${shown(expected)} → ${shown(value)}` : `${f} ${shown(value)}`;
  return `${what}${keyed(key)} by process ${process} (line ${startLine})`;
}

export interface StuckWords {
  readonly explanation: string;
  /** The operation that cannot be placed, and those that set the values that the register could hold instead. */
  readonly operations: readonly ForeignOperation[];
}

/** Why there is no order: the longest prefix that has one, and the operation that it cannot be extended by. */
export function explainStuck(
  { operations, problem, valueOf }: RegisterProblem,
  stuck: number,
  states: readonly number[],
  prefix: readonly number[],
): StuckWords {
  const operation = operations[stuck] as ForeignOperation;
  const answered = operations.filter(({ end }) => end < operation.end).length;
  const values = states.map((state) => shown(valueOf(state))).sort();
  const could =
    values.length <= 5
      ? values.join(" or ")
      : `${values.slice(0, 5).join(" or ")} or one of ${values.length - 5} more`;
  const last = prefix.findLast((index) => problem.pure[index] === 0);
  const setter = last === undefined ? [] : [operations[last] as ForeignOperation];
  const before =
    answered === 0
      ? "nothing was answered before it"
      : `the ${answered === 1 ? "operation that was" : `${answered} operations that were`} answered before line ${operation.endLine ?? "?"} can be put in order`;
  const after = setter.map((write) => `, in one order last ${brief(write)}`).join("");
  return {
    explanation: `${brief(operation)} was answered in line ${operation.endLine ?? "?"} and cannot be placed: ${before}${after}, but then the register can only hold ${could}`,
    operations: [...setter, operation],
  };
}
