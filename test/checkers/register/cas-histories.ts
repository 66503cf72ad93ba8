/** Short histories for tests: some with given operations, some random. */
import fc from "fast-check";
import type { Done } from "../../../checkers/register/done.ts";

/**
 * The operations of a history. Unless a row says otherwise, an operation is successful, by c1, on k0, through n1. `op`
 * is the row's index.
 */
export const history = (rows: readonly (Partial<Done> & Pick<Done, "f">)[]): readonly Done[] =>
  rows.map((row, op) => ({
    op,
    client: "c1",
    node: "n1",
    key: "k0",
    outcome: "ok",
    startUs: op * 10,
    endUs: op * 10 + 5,
    ...row,
  }));

/** Random start and end times in whole microseconds. Operations often have equal times. */
export const span: fc.Arbitrary<{ readonly startUs: number; readonly endUs: number }> = fc
  .tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 12 }))
  .map(([startUs, lastsUs]) => ({ startUs, endUs: startUs + lastsUs }));

/** Whether `a` must come before `b` in real time. */
export const precedes = (a: Done, b: Done): boolean => a.outcome === "ok" && a.endUs < b.startUs;

/** Every order of the operations that respects real time. Indeterminate operations may be left out. */
export function* orders(
  operations: readonly Done[],
  chosen: readonly Done[] = [],
): Generator<readonly Done[]> {
  const left = operations.filter((operation) => !chosen.includes(operation));
  if (left.every(({ outcome }) => outcome !== "ok")) yield chosen;
  for (const next of left)
    if (!left.some((other) => other !== next && precedes(other, next)))
      yield* orders(operations, [...chosen, next]);
}
