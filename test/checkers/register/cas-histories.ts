/** Short histories of a workload, fixed and random. */
import fc from "fast-check";
import type { Done } from "../../../checkers/register/done.ts";

/** A successful operation of c1 on k0 through n1, unless stated otherwise. `op` is its index. */
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

/** Start and end in whole microseconds. Operations often share times. */
export const span: fc.Arbitrary<{ readonly startUs: number; readonly endUs: number }> = fc
  .tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 12 }))
  .map(([startUs, lastsUs]) => ({ startUs, endUs: startUs + lastsUs }));

/** Real time forces `a` before `b`. */
export const precedes = (a: Done, b: Done): boolean => a.outcome === "ok" && a.endUs < b.startUs;

/** Every order that respects real time, for every choice of the indeterminate operations. */
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
