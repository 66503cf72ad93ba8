import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CausalReverseOperation, checkCausalReverse } from "../../../checkers/index.ts";
import { cheapSampleSize, sampleSeed } from "../sample-size.ts";
import { done, operation, timing } from "./operations.ts";

const write = (op: number, start: number, end: number): CausalReverseOperation => ({
  ...done(op, start, end),
  f: "write",
  value: `v${op}`,
});
const read = (op: number, ...values: readonly string[]): CausalReverseOperation => ({
  ...done(op, 90, 91),
  f: "read",
  values,
});

describe("causal reverse", () => {
  it("is a write that is seen without one that was acknowledged before it began", () => {
    const result = checkCausalReverse([write(1, 0, 1), write(2, 2, 3), read(3, "v2")], {
      nameOf: (op) => `line ${op}`,
    });
    expect(result.verdict).toBe("invalid");
    expect(result.anomalies).toEqual([
      {
        kind: "causal-reverse",
        sentence:
          "The read of line 3 saw the write of line 2 and not that of v1 (line 1), which had been acknowledged before the other began.",
        operations: [3, 2, 1],
      },
    ]);
  });

  it("is not what runs at the same time, nor what was not acknowledged", () => {
    expect(checkCausalReverse([write(1, 0, 2), write(2, 2, 3), read(3, "v2")]).verdict).toBe(
      "valid",
    );
    const info = { ...write(1, 0, 1), outcome: "info" } as CausalReverseOperation;
    expect(checkCausalReverse([info, write(2, 2, 3), read(3, "v2")]).verdict).toBe("valid");
    expect(checkCausalReverse([write(1, 0, 1), read(3)]).verdict).toBe("valid");
  });

  it("leaves out reads of which nobody knows what they saw", () => {
    const all = [write(1, 0, 1), write(2, 2, 3)];
    const wrong = read(3, "v2");
    const { verdict, judged } = checkCausalReverse([
      ...all,
      { ...wrong, outcome: "fail" },
      { ...wrong, outcome: "info" },
      { ...wrong, values: undefined } as CausalReverseOperation,
      read(4, "v1", "v2", "v9"),
      read(5),
    ]);
    expect({ verdict, judged }).toEqual({ verdict: "valid", judged: 2 });
  });

  it("is blamed on the latest write that was seen, and on one that was missed before it", () => {
    const all = [write(1, 0, 1), write(2, 4, 5), write(3, 2, 3), write(4, 9, 9)];
    const { anomalies } = checkCausalReverse([...all, read(5, "v2", "v1")]);
    expect(anomalies.map(({ operations }) => operations)).toEqual([[5, 2, 3]]);
  });

  it("is judged as its definition says", () => {
    const one = fc.record({ timing, isWrite: fc.boolean(), saw: fc.subarray([0, 1, 2, 3, 4, 5]) });
    const seen = { valid: 0, invalid: 0, unknown: 0 };
    fc.assert(
      fc.property(fc.array(one, { maxLength: 6 }), (drawn) => {
        const operations = drawn.map(({ timing, isWrite, saw }, op): CausalReverseOperation => {
          const base = operation(op, timing);
          return isWrite
            ? { ...base, f: "write", value: `v${op}` }
            : { ...base, f: "read", values: saw.map((i) => `v${i}`) };
        });
        const writes = operations.filter((one) => one.f === "write");
        const reads = operations.filter(({ f, outcome }) => f === "read" && outcome === "ok");
        const isFine = reads.every(
          (read) =>
            read.f === "read" &&
            writes.every(
              (later) =>
                !read.values?.includes(later.value) ||
                writes.every(
                  (earlier) =>
                    earlier.outcome !== "ok" ||
                    earlier.returnUs >= later.invokeUs ||
                    read.values?.includes(earlier.value),
                ),
            ),
        );
        const wanted = reads.length === 0 ? "unknown" : isFine ? "valid" : "invalid";
        expect(checkCausalReverse(operations).verdict).toBe(wanted);
        seen[wanted]++;
      }),
      { numRuns: cheapSampleSize(3_000), seed: sampleSeed },
    );
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(0);
  });
});
