import fc from "fast-check";
import { expect, it } from "vitest";
import { type BatchOperation, checkBatches } from "../../../checkers/index.ts";
import { cheapSampleSize, sampleSeed } from "../sample-size.ts";
import { done, operation, timing } from "./operations.ts";

const write = (op: number, start: number, end: number, keys: string): BatchOperation => ({
  ...done(op, start, end),
  f: "write",
  keys: [...keys],
  value: `v${op}`,
});
const read = (
  op: number,
  start: number,
  end: number,
  found: Readonly<Record<string, string | null>>,
): BatchOperation => ({
  ...done(op, start, end),
  f: "read",
  found: new Map(Object.entries(found)),
});

const nameOf = (op: number): string => `line ${op}`;

it("finds a batch of which a read shows one half", () => {
  const result = checkBatches([write(1, 0, 1, "xy"), read(2, 2, 3, { x: "v1", y: null })], {
    nameOf,
  });
  expect(result.verdict).toBe("invalid");
  expect(result.anomalies).toEqual([
    {
      kind: "batch-atomic",
      sentence: "The read of line 2 shows v1 at x, and at y nothing, but line 1 wrote v1 to both.",
      operations: [2, 1],
      key: "y",
    },
  ]);
});

it("finds half a batch beside an older value, and allows a newer one", () => {
  const older = [write(1, 0, 1, "y"), write(2, 2, 3, "xy"), read(3, 4, 5, { x: "v2", y: "v1" })];
  expect(checkBatches(older, { nameOf }).anomalies[0]).toEqual({
    kind: "batch-atomic",
    sentence:
      "The read of line 3 shows v2 at x, and at y v1, but line 2 wrote v2 to both, and line 1 cannot have come after line 2.",
    operations: [3, 2, 1],
    key: "y",
  });
  const newer = [write(1, 4, 5, "y"), write(2, 2, 3, "xy"), read(3, 6, 7, { x: "v2", y: "v1" })];
  expect(checkBatches(newer).verdict).toBe("valid");
});

it("finds a value that nobody wrote to the key", () => {
  const result = checkBatches([write(1, 0, 1, "x"), read(2, 2, 3, { y: "v1" })], { nameOf });
  expect(result.anomalies).toEqual([
    {
      kind: "thin-air",
      sentence: "The read of line 2 shows v1 at y, but no operation wrote v1 there.",
      operations: [2],
      key: "y",
    },
  ]);
});

it("cannot tell whose value it is where two batches wrote the same", () => {
  const twice = [write(1, 0, 1, "x"), { ...write(2, 2, 3, "x"), value: "v1" } as BatchOperation];
  const { verdict, reason } = checkBatches([...twice, read(3, 4, 5, { x: "v1" })], { nameOf });
  expect({ verdict, reason }).toEqual({
    verdict: "unknown",
    reason: "line 1 and line 2 both wrote v1, so nobody can tell whose write a read saw.",
  });
});

it("leaves out reads of which nobody knows what they found", () => {
  const batch = write(1, 0, 1, "xy");
  const torn = read(2, 2, 3, { x: "v1", y: null });
  const { verdict, judged } = checkBatches([
    batch,
    { ...torn, outcome: "fail" },
    { ...torn, outcome: "info" },
    { ...torn, found: undefined } as BatchOperation,
    read(3, 2, 3, { x: "v1", y: "v1" }),
    read(4, 2, 3, { x: "v1" }),
  ]);
  expect({ verdict, judged }).toEqual({ verdict: "valid", judged: 2 });
});

it("lets an indeterminate write come later than it seems, and one that ends as another begins too", () => {
  const found = { x: "v2", y: "v1" };
  const info = { ...write(1, 0, 1, "y"), outcome: "info" } as BatchOperation;
  expect(checkBatches([info, write(2, 2, 3, "xy"), read(3, 4, 5, found)]).verdict).toBe("valid");
  const touching = [write(1, 0, 2, "y"), write(2, 2, 3, "xy")];
  expect(checkBatches([...touching, read(3, 4, 5, found)]).verdict).toBe("valid");
});

it("blames the write that replaced nothing where a third key has a later one", () => {
  const result = checkBatches(
    [
      write(1, 0, 1, "y"),
      write(2, 2, 3, "xyz"),
      write(3, 4, 5, "z"),
      read(4, 6, 7, { x: "v2", y: "v1", z: "v3" }),
    ],
    { nameOf },
  );
  expect(result.anomalies.map(({ operations, key }) => [operations, key])).toEqual([
    [[4, 2, 1], "y"],
  ]);
});

it("judges batches as their definition says", () => {
  const keys = ["x", "y", "z"];
  const one = fc.record({
    timing,
    isWrite: fc.boolean(),
    keys: fc.subarray(keys, { minLength: 1 }),
    picks: fc.array(fc.nat(5), { minLength: 3, maxLength: 3 }),
  });
  const seen = { valid: 0, invalid: 0, unknown: 0 };
  fc.assert(
    fc.property(fc.array(one, { minLength: 2, maxLength: 5 }), (drawn) => {
      const operations = drawn.map(({ timing, isWrite, keys: some, picks }, op): BatchOperation => {
        const base = operation(op, timing);
        if (isWrite) return { ...base, f: "write", keys: some, value: `v${op}` };
        const valueAt = (key: string): string | null => {
          const writers = drawn.flatMap((other, i) =>
            other.isWrite && other.keys.includes(key) ? [`v${i}`] : [],
          );
          return [null, ...writers][(picks[keys.indexOf(key)] ?? 0) % (writers.length + 1)] ?? null;
        };
        return { ...base, f: "read", found: new Map(some.map((key) => [key, valueAt(key)])) };
      });
      const reads = operations.filter(({ f, outcome }) => f === "read" && outcome === "ok");
      const isFine = reads.every((one) => one.f === "read" && isSomeState(operations, one.found));
      const wanted = reads.length === 0 ? "unknown" : isFine ? "valid" : "invalid";
      expect(checkBatches(operations).verdict).toBe(wanted);
      seen[wanted]++;
    }),
    { numRuns: cheapSampleSize(3_000), seed: sampleSeed },
  );
  expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(0);
});

/** Whether some of the writes, applied in an order that respects real time, lead to the state that a read found. */
function isSomeState(
  operations: readonly BatchOperation[],
  found: ReadonlyMap<string, string | null> | undefined,
): boolean {
  type Write = BatchOperation & { readonly f: "write" };
  const go = (state: ReadonlyMap<string, string>, placed: readonly Write[]): boolean => {
    if ([...(found ?? [])].every(([key, value]) => (state.get(key) ?? null) === value)) return true;
    return operations.some((one) => {
      if (one.f !== "write" || placed.includes(one)) return false;
      // This write must not have ended before a write that is already placed began.
      if (placed.some((other) => one.outcome === "ok" && one.returnUs < other.invokeUs))
        return false;
      const next = new Map(state);
      for (const key of one.keys) next.set(key, one.value);
      return go(next, [...placed, one]);
    });
  };
  return go(new Map(), []);
}
