import fc from "fast-check";
import { expect, it } from "vitest";
import { checkCounter, type CounterOperation } from "../../../checkers/index.ts";
import { cheapSampleSize, sampleSeed } from "../sample-size.ts";
import { done, operation, timing } from "./operations.ts";

const add = (op: number, start: number, end: number, delta: number): CounterOperation => ({
  ...done(op, start, end),
  f: "add",
  delta,
});
const read = (op: number, start: number, end: number, value: number): CounterOperation => ({
  ...done(op, start, end),
  f: "read",
  value,
});

it("says which bound a read of a counter missed", () => {
  const nameOf = (op: number): string => `line ${op}`;
  const low = checkCounter([add(1, 0, 1, 5), read(2, 2, 3, 4)], { nameOf });
  expect(low.verdict).toBe("invalid");
  expect(low.anomalies).toEqual([
    {
      kind: "counter-bounds",
      sentence:
        "The read of line 2 returned 4, but the additions acknowledged before it began come to at least 5.",
      operations: [2],
    },
  ]);
  const high = checkCounter([add(1, 0, 1, 5), read(2, 2, 3, 6)], { nameOf });
  expect(high.anomalies[0]?.sentence).toBe(
    "The read of line 2 returned 6, but the additions begun before it ended come to at most 5.",
  );
});

it("starts a counter from its initial value", () => {
  expect(checkCounter([read(0, 0, 1, 7)], { initial: 7 }).verdict).toBe("valid");
  expect(checkCounter([read(0, 0, 1, 7)]).verdict).toBe("invalid");
});

it("judges nothing where no read of a counter returned", () => {
  const { verdict, judged } = checkCounter([add(1, 0, 1, 5)]);
  expect({ verdict, judged }).toEqual({ verdict: "unknown", judged: 0 });
});

it("leaves out reads of which nobody knows what they returned", () => {
  const wrong = read(1, 2, 3, 99);
  const { verdict, judged } = checkCounter([
    { ...wrong, outcome: "fail" },
    { ...wrong, outcome: "info" },
    { ...wrong, value: undefined } as CounterOperation,
    read(2, 2, 3, 0),
    read(3, 2, 3, 0),
  ]);
  expect({ verdict, judged }).toEqual({ verdict: "valid", judged: 2 });
});

it("counts additions by their times, whatever the order in the list", () => {
  const all = [add(1, 10, 11, 1), add(2, 0, 1, 2), add(3, 20, 21, 4)];
  expect(checkCounter([...all, read(4, 2, 3, 2)]).verdict).toBe("valid");
  expect(checkCounter([...all, read(4, 2, 3, 3)]).verdict).toBe("invalid");
  expect(checkCounter([...all, read(4, 12, 13, 3)]).verdict).toBe("valid");
  expect(checkCounter([...all, read(4, 12, 13, 2)]).verdict).toBe("invalid");
});

it("counts negative additions from when they begin, and positive ones from when they end", () => {
  const all = [add(1, 0, 9, -2), add(2, 0, 9, 3)];
  for (const [value, verdict] of [
    [-3, "invalid"],
    [-2, "valid"],
    [3, "valid"],
    [4, "invalid"],
  ] as const)
    expect(checkCounter([...all, read(3, 5, 6, value)]).verdict).toBe(verdict);
  expect(checkCounter([...all, read(3, 10, 11, 1)]).verdict).toBe("valid");
  expect(checkCounter([...all, read(3, 10, 11, 0)]).verdict).toBe("invalid");
  expect(checkCounter([...all, read(3, 10, 11, 2)]).verdict).toBe("invalid");
  const info = { ...add(1, 0, 1, 5), outcome: "info" } as CounterOperation;
  expect(checkCounter([info, read(3, 5, 6, 0), read(4, 5, 6, 5)]).verdict).toBe("valid");
});

it("judges a counter as its definition says", () => {
  const one = fc.record({ timing, isAdd: fc.boolean(), number: fc.integer({ min: -3, max: 6 }) });
  const seen = { valid: 0, invalid: 0, unknown: 0 };
  fc.assert(
    fc.property(fc.array(one, { maxLength: 7 }), (drawn) => {
      const operations = drawn.map(({ timing, isAdd, number }, op): CounterOperation => {
        const base = operation(op, timing);
        return isAdd
          ? { ...base, f: "add", delta: number }
          : { ...base, f: "read", value: base.outcome === "ok" ? number : undefined };
      });
      const reads = operations.filter(({ f, outcome }) => f === "read" && outcome === "ok");
      const isFine = reads.every((read) => {
        let least = 0;
        let most = 0;
        for (const one of operations) {
          if (one.f !== "add" || one.outcome === "fail") continue;
          const isBefore = one.outcome === "ok" && one.returnUs < read.invokeUs;
          const isPossible = one.invokeUs <= read.returnUs;
          if (isBefore || (isPossible && one.delta < 0)) least += one.delta;
          if (isBefore || (isPossible && one.delta > 0)) most += one.delta;
        }
        return read.f === "read" && (read.value ?? NaN) >= least && (read.value ?? NaN) <= most;
      });
      const wanted = reads.length === 0 ? "unknown" : isFine ? "valid" : "invalid";
      expect(checkCounter(operations).verdict).toBe(wanted);
      seen[wanted]++;
    }),
    { numRuns: cheapSampleSize(3_000), seed: sampleSeed },
  );
  expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(0);
});
