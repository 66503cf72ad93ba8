import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkLongFork, type LongForkOperation } from "../../../checkers/index.ts";
import { cheapSampleSize, sampleSeed } from "../sample-size.ts";
import { done, outcome } from "./operations.ts";

const write = (op: number, key: string): LongForkOperation => ({
  ...done(op, op, op),
  f: "write",
  key,
});
const read = (op: number, found: Readonly<Record<string, string | null>>): LongForkOperation => ({
  ...done(op, op, op),
  f: "read",
  found: new Map(Object.entries(found)),
});
const nameOf = (op: number): string => `line ${op}`;

describe("long fork", () => {
  it("is two reads that saw two writes in opposite orders", () => {
    const result = checkLongFork(
      [write(1, "x"), write(2, "y"), read(3, { x: "1", y: null }), read(4, { x: null, y: "1" })],
      { nameOf },
    );
    expect(result.verdict).toBe("invalid");
    expect(result.anomalies).toEqual([
      {
        kind: "long-fork",
        sentence:
          "The read of line 3 saw x and not y; the read of line 4 saw y and not x: the two reads saw the two writes in opposite orders.",
        operations: [3, 4],
      },
    ]);
  });

  it("leaves out reads of which nobody knows what they saw, and writes", () => {
    const wrong = read(1, { x: "1", y: null });
    const { verdict, judged } = checkLongFork([
      write(0, "x"),
      { ...wrong, outcome: "fail" },
      { ...wrong, outcome: "info" },
      { ...wrong, found: undefined } as LongForkOperation,
      read(2, { x: null, y: "1" }),
      read(3, { y: "1", x: "1" }),
    ]);
    expect({ verdict, judged }).toEqual({ verdict: "valid", judged: 2 });
  });

  it("compares reads whatever the order of their keys", () => {
    const reads = [read(1, { x: "1", y: null }), read(2, { y: "1", x: null })];
    expect(checkLongFork(reads).verdict).toBe("invalid");
  });

  it("compares reads of the same keys only", () => {
    const reads = [read(1, { x: "1", y: null }), read(2, { x: null, z: "1" })];
    expect(checkLongFork(reads).verdict).toBe("valid");
  });

  it("is unknown where a key was written twice or had two values", () => {
    const twice = checkLongFork([write(1, "x"), write(2, "x"), read(3, { x: "1" })]);
    expect([twice.verdict, twice.reason]).toEqual([
      "unknown",
      "x was written more than once, but the long-fork rule judges only keys that are written once.",
    ]);
    const values = checkLongFork([read(1, { x: "1" }), read(2, { x: "2" })]);
    expect([values.verdict, values.reason]).toEqual([
      "unknown",
      "x had two values, but the long-fork rule judges only keys that are written once.",
    ]);
  });

  it("is found wherever two reads are incomparable", () => {
    const keys = ["x", "y", "z"];
    const one = fc.record({ outcome, saw: fc.subarray(keys), isAll: fc.boolean() });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 5 }), (drawn) => {
        const operations = drawn.map(({ outcome, saw, isAll }, op): LongForkOperation => {
          const of = isAll ? keys : ["x", "y"];
          const found = new Map(of.map((key) => [key, saw.includes(key) ? "1" : null]));
          return { ...done(op, op, op), outcome, f: "read", found };
        });
        const reads = operations.filter(({ outcome }) => outcome === "ok");
        const sawOf = (one: LongForkOperation): string[] =>
          one.f === "read"
            ? [...(one.found ?? [])].flatMap(([key, v]) => (v === null ? [] : [key]))
            : [];
        const sizeOf = (one: LongForkOperation): number =>
          one.f === "read" ? (one.found?.size ?? 0) : 0;
        const isForked = reads.some((a) =>
          reads.some(
            (b) =>
              sizeOf(a) === sizeOf(b) &&
              sawOf(a).some((key) => !sawOf(b).includes(key)) &&
              sawOf(b).some((key) => !sawOf(a).includes(key)),
          ),
        );
        const wanted = reads.length === 0 ? "unknown" : isForked ? "invalid" : "valid";
        expect(checkLongFork(operations).verdict).toBe(wanted);
      }),
      { numRuns: cheapSampleSize(3_000), seed: sampleSeed },
    );
  });
});
