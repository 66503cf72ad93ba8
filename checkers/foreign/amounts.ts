/** Reads the numbers that are added up in counters and accounts, and keeps their sums exact. */
import { HistoryError } from "../language/history-error.ts";
import { decimalsIn, rounding } from "../numbers/decimals.ts";
import { answerLine } from "./foreign-history.ts";
import { fn, type Operations } from "./foreign-operations.ts";
import { absent, nil } from "./value-table.ts";

/** The value as a number. Throws HistoryError if it is not a finite number, since a sum with it would be wrong. */
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

/**
 * The amount that an add or remove adds to a counter. An operation with the value nil counts 1. The amount of a remove
 * has the opposite sign. Throws HistoryError if the value is not a number.
 */
export function deltaOf(operations: Operations, op: number): number {
  const { f, value } = operations;
  const amount = value[op] as number;
  const size =
    amount === nil || amount === absent
      ? 1
      : numberIn(operations, op, amount, "an add or remove whose :value is a number, or nil");
  return f[op] === fn.remove ? -size : size;
}

/**
 * The number that a read of a counter returned. Undefined: the read did not succeed. Throws HistoryError if the answer
 * is not a number.
 */
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
 * Returns a function that rounds a sum of these amounts to the exact sum. JavaScript adds decimal numbers inexactly:
 * 0.1 + 0.2 is not 0.3. Throws HistoryError if a sum may be too large for that.
 * @param groups Groups of amounts. The amounts of a group are added up.
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
    `amounts whose sum, without its decimal point, is at most ${Number.MAX_SAFE_INTEGER}`,
    `amounts that add up to ${most} with ${decimals} decimals`,
  );
}
