/** Numbers that are added up: what counters are given and hold, and what accounts hold. */
import { HistoryError } from "../language/history-error.ts";
import { decimalsIn, rounding } from "../numbers/decimals.ts";
import { answerLine } from "./foreign-history.ts";
import { fn, type Operations } from "./foreign-operations.ts";
import { absent, nil } from "./value-table.ts";

/** The value as a number. Throws HistoryError if it is not a number, because a sum with it would be wrong. */
export function numberIn(
  { values, history }: Operations,
  op: number,
  value: number,
  expected: string,
): number {
  const number = values.numberOf(value);
  if (Number.isFinite(number)) return number;
  throw new HistoryError("bad-number", expected, values.briefOf(value), answerLine(history, op));
}

/** What an add adds: nil is 1; a remove takes away. Throws HistoryError where it is no number. */
export function deltaOf(operations: Operations, op: number): number {
  const { f, value } = operations;
  const amount = value[op] as number;
  const size =
    amount === nil || amount === absent
      ? 1
      : numberIn(operations, op, amount, "an add or remove whose :value is a number, or nil");
  return f[op] === fn.remove ? -size : size;
}

/** What a read of a counter returned; undefined where nobody knows. Throws HistoryError where it is no number. */
export function counterRead(operations: Operations, op: number): number | undefined {
  return operations.history.isOk(op)
    ? numberIn(
        operations,
        op,
        operations.value[op] as number,
        "a read of a counter whose :value is a number",
      )
    : undefined;
}

/**
 * Makes sums of amounts exact, which are inexact as JavaScript adds decimals: 0.1 + 0.2 is not 0.3. Throws HistoryError
 * where a sum may be too large for that.
 * @param groups Amounts that are added to each other.
 */
export function exactSums(groups: Iterable<Iterable<number>>): (sum: number) => number {
  let decimals = 0;
  let most = 0;
  for (const group of groups) {
    let sum = 0;
    for (const amount of group) {
      decimals = Math.max(decimals, decimalsIn(amount));
      sum += Math.abs(amount);
    }
    most = Math.max(most, sum);
  }
  if (most * 10 ** decimals <= Number.MAX_SAFE_INTEGER) return rounding(decimals);
  throw new HistoryError(
    "bad-number",
    "amounts whose sum has at most 15 digits",
    `amounts that add up to ${most} with ${decimals} decimals`,
  );
}
