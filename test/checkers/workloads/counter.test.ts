import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { amountOf, counterBounds } from "../../../checkers/workloads/counter.ts";
import type { Done } from "../../../checkers/workloads/done.ts";
import { history, precedes, span } from "./done.ts";

const add = (by: number, more: Partial<Done> = {}): Partial<Done> & { f: string } => ({
  f: "add",
  args: { by },
  ...more,
});
const read = (result: number, more: Partial<Done> = {}): Partial<Done> & { f: string } => ({
  f: "read",
  result,
  ...more,
});

describe("counter-bounds", () => {
  it("holds where each read is the sum of what was added before it", () => {
    expect(counterBounds(history([read(0), add(2), read(2), add(-1), read(1)]))).toMatchObject({
      verdict: "valid",
      judged: 3,
    });
  });

  it("is broken by a read that misses an acknowledged addition", () => {
    const { verdict, anomalies } = counterBounds(history([add(2), add(3), read(2)]));
    expect(verdict).toBe("invalid");
    expect(anomalies[0]?.explanation).toBe(
      "c1 read counter k0 through n1 as 2, though at least 5 had been added by then: 3 of what was acknowledged is missing (such as c1's add of 3, the last of them 0.0 ms before the read)",
    );
    expect(anomalies[0]?.operations).toEqual([1, 2]);
  });

  it("is broken by an addition that counts twice, and names the one that nobody answered", () => {
    const { verdict, anomalies } = counterBounds(
      history([add(2), add(3, { outcome: "info", client: "c2" }), read(8)]),
    );
    expect(verdict).toBe("invalid");
    expect(anomalies[0]?.explanation).toBe(
      "c1 read counter k0 through n1 as 8, though no more than 5 can have been added by then: 3 too many, as if c2's add of 3 had been counted twice",
    );
  });

  it("takes an addition that failed definitely for none", () => {
    expect(counterBounds(history([add(2, { outcome: "fail" }), read(2)])).verdict).toBe("invalid");
  });

  it("is not judged without a read that was answered", () => {
    expect(counterBounds(history([add(2), read(0, { outcome: "fail" })])).verdict).toBe("unknown");
  });

  it("agrees with the sums over every choice of what may have counted", () => {
    const anAdd = fc
      .tuple(span, fc.constantFrom(-2, -1, 1, 3), fc.constantFrom("ok", "info", "fail" as const))
      .map(([times, by, outcome]) => add(by, { ...times, outcome }));
    const aRead = fc
      .tuple(span, fc.integer({ min: -4, max: 8 }))
      .map(([times, n]) => read(n, times));
    fc.assert(
      fc.property(fc.array(anAdd, { maxLength: 6 }), aRead, (adds, last) => {
        const operations = history([...adds, last]);
        const reading = operations.at(-1) as Done;
        const counted = operations.slice(0, -1).filter(({ outcome }) => outcome !== "fail");
        const sure = counted.filter((one) => precedes(one, reading));
        const open = counted.filter((one) => !sure.includes(one) && one.startUs < reading.endUs);
        let sums = [sure.reduce((sum, one) => sum + amountOf(one), 0)];
        for (const one of open) sums = sums.flatMap((sum) => [sum, sum + amountOf(one)]);
        const result = reading.result as number;
        // The bounds of all choices: not each number between them need be a sum.
        const legal = result >= Math.min(...sums) && result <= Math.max(...sums);
        expect(counterBounds(operations).verdict).toBe(legal ? "valid" : "invalid");
      }),
    );
  });
});
