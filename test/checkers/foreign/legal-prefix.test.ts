import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ForeignOperation, longestLegalPrefix } from "../../../checkers/index.ts";

let op = 0;
const operation = (
  f: string,
  value: string | null,
  [start, end]: readonly [number, number],
  outcome: ForeignOperation["outcome"] = "ok",
): ForeignOperation => ({
  op: op++,
  process: "0",
  f,
  key: undefined,
  asked: f === "read" ? null : value,
  answered: f === "read" ? value : undefined,
  outcome,
  start,
  end: outcome === "ok" ? end : Infinity,
  startLine: start + 1,
  endLine: end + 1,
});

describe("the longest legal order", () => {
  it("stops before a stale read, and says what the register holds", () => {
    const one = operation("write", "1", [0, 1]);
    const two = operation("write", "2", [2, 3]);
    const stale = operation("read", "1", [4, 5]);
    expect(longestLegalPrefix([one, two, stale], null)).toEqual({
      order: [one.op, two.op],
      state: "2",
      blocked: [{ op: stale.op, because: "the operation read 1, but the register holds 2" }],
      isComplete: true,
    });
  });

  it.each(["[1 2]", "[1, 2]", "[1,  2]", "(1   2)"])("reads a cas written %s", (text) => {
    const cas = operation("cas", text, [0, 1]);
    const stale = operation("read", "1", [2, 3]);
    expect(longestLegalPrefix([cas, stale], "1")).toMatchObject({ order: [cas.op], state: "2" });
  });

  it("says whether another of the operations wrote each value that was read or expected", () => {
    const one = operation("write", "1", [0, 1]);
    const isComplete = (...rest: readonly ForeignOperation[]): boolean | undefined =>
      longestLegalPrefix([one, ...rest], "0")?.isComplete;
    expect(isComplete(operation("read", "0", [2, 3]))).toBe(true);
    expect(isComplete(operation("read", "2", [2, 3]))).toBe(false);
    expect(
      isComplete(operation("write", "2", [2, 3], "fail"), operation("read", "2", [4, 5])),
    ).toBe(false);
    expect(isComplete(operation("cas", "[0 2]", [2, 3]))).toBe(true);
    expect(isComplete(operation("cas", "[2 2]", [2, 3]))).toBe(false);
    const swap = operation("cas", "[1 2]", [2, 3]);
    expect(isComplete(swap, operation("read", "1", [4, 5]))).toBe(true);
    expect(
      isComplete(swap, operation("cas", "[2 3]", [4, 5]), operation("read", "2", [6, 7])),
    ).toBe(true);
  });

  it("names the cas that expects another value, and what must come first", () => {
    const cas = operation("cas", "[3 4]", [0, 1]);
    const later = operation("read", "4", [2, 3]);
    expect(longestLegalPrefix([cas, later], "1")?.blocked).toEqual([
      { op: cas.op, because: "the operation expects 3, but the register holds 1" },
      {
        op: later.op,
        because:
          "the operation of line 1 had ended before this operation began, so line 1 must come first",
      },
    ]);
  });

  it("may use a write without an answer, or leave it out", () => {
    const lost = operation("write", "1", [0, 1], "info");
    const reads = (value: string | null): ForeignOperation => operation("read", value, [2, 3]);
    expect(longestLegalPrefix([lost, reads("1")], null)).toBeUndefined();
    expect(longestLegalPrefix([lost, reads(null)], null)).toBeUndefined();
    expect(longestLegalPrefix([lost, reads("9")], null)?.blocked).toHaveLength(1);
  });

  it("is the longest of several, and the first of those", () => {
    // Only after the second write can the cas follow.
    const all = [
      operation("write", "1", [0, 9]),
      operation("write", "2", [0, 9]),
      operation("cas", "[2 5]", [0, 9]),
      operation("read", "3", [10, 11]),
    ];
    const legal = longestLegalPrefix(all, null);
    expect(legal?.order).toEqual([all[0]?.op, all[1]?.op, all[2]?.op]);
    expect(legal?.state).toBe("5");
  });

  it("tries another order where the first ends early, and says so of what could come next", () => {
    const one = operation("write", "1", [0, 5]);
    const two = operation("write", "2", [0, 5]);
    const reads = ["1", "1", "2"].map((value, i) => operation("read", value, [0, 5 + i]));
    const never = operation("read", "9", [6, 9]);
    const legal = longestLegalPrefix([two, one, ...reads, never], null);
    expect(legal?.order).toHaveLength(5);
    expect(legal?.blocked).toEqual([
      {
        op: never.op,
        because: `the operation read 9, but the register holds ${legal?.state ?? ""}`,
      },
    ]);
    // Of two operations without an answer, one can come next, but nothing is won by it.
    const open = operation("write", "3", [0, 1], "info");
    const blocked = longestLegalPrefix([one, never, open], null)?.blocked;
    expect(blocked?.map(({ op }) => op)).toEqual([never.op]);
  });

  it("holds nil before anything is written, and treats nil like any other value", () => {
    const nothing = operation("read", null, [2, 3]);
    const cas = operation("cas", "(1, 2)", [0, 1]);
    expect(longestLegalPrefix([cas], null)).toEqual({
      order: [],
      state: "nil",
      blocked: [{ op: cas.op, because: "the operation expects 1, but the register holds nil" }],
      isComplete: false,
    });
    const write = operation("write", "1", [0, 1]);
    expect(longestLegalPrefix([write, nothing], null)?.blocked).toEqual([
      { op: nothing.op, because: "the operation read nil, but the register holds 1" },
    ]);
    const one = operation("read", "1", [0, 1]);
    expect(longestLegalPrefix([one], null)?.blocked).toEqual([
      { op: one.op, because: "the operation read 1, but the register holds nil" },
    ]);
    expect(longestLegalPrefix([operation("read", null, [0, 1])], null)).toBeUndefined();
  });

  it("leaves out what failed, and takes a read without an answer for any", () => {
    const failed = { ...operation("write", "9", [0, 1]), outcome: "fail" as const };
    const nine = operation("read", "9", [2, 3]);
    expect(longestLegalPrefix([failed, nine], null)).toMatchObject({ order: [], state: "nil" });
    expect(longestLegalPrefix([failed], null)).toBeUndefined();
    const lost = operation("read", "7", [0, 1], "info");
    expect(
      longestLegalPrefix([lost, operation("write", "1", [0, 1]), nine], null)?.blocked,
    ).toEqual([{ op: nine.op, because: "the operation read 9, but the register holds 1" }]);
    // The answer is not known.
    const unheard = { ...operation("read", null, [0, 1]), answered: undefined };
    expect(longestLegalPrefix([unheard], "5")).toBeUndefined();
  });

  it("lets operations overlap that end and begin at one time", () => {
    const write = operation("write", "1", [0, 2]);
    const stale = operation("read", null, [2, 3]);
    expect(longestLegalPrefix([write, stale], null)).toBeUndefined();
    const nine = operation("read", "9", [2, 3]);
    expect(longestLegalPrefix([{ ...nine, start: 0, end: 2 }, stale], null)?.blocked).toEqual([
      { op: nine.op, because: "the operation read 9, but the register holds nil" },
    ]);
  });

  it("is not looked for in many operations, or in operations of no register", () => {
    const stale = operation("read", "9", [90, 91]);
    const writes = (count: number): ForeignOperation[] =>
      Array.from({ length: count }, (_, i) => operation("write", String(i), [2 * i, 2 * i + 1]));
    expect(longestLegalPrefix([...writes(19), stale], null)?.order).toHaveLength(19);
    expect(longestLegalPrefix([...writes(20), stale], null)).toBeUndefined();
    expect(longestLegalPrefix([], null)).toBeUndefined();
    const others = [
      operation("enqueue", "1", [0, 1]),
      operation("write", null, [0, 1]),
      operation("cas", null, [0, 1]),
      operation("cas", "7", [0, 1]),
      operation("cas", "[1 2 3]", [0, 1]),
      operation("cas", "x[1 2]", [0, 1]),
      operation("cas", "[1 2]x", [0, 1]),
      operation("append", "[1 2]", [0, 1]),
    ];
    for (const one of others)
      expect([one.f, one.asked, longestLegalPrefix([one, stale], null)]).toEqual([
        one.f,
        one.asked,
        undefined,
      ]);
    const cas = operation("cas", "[10   20]", [0, 1]);
    expect(longestLegalPrefix([cas, stale], "10")).toMatchObject({ order: [cas.op], state: "20" });
  });

  it("is none where operations that took effect one after the other are given in any overlap", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.nat(2), fc.nat(3), fc.nat(3)), { maxLength: 8 }),
        (steps) => {
          let state: string | null = null;
          const all = steps.map(([isRead, value, before, after], index) => {
            const span = [10 * index - before * 10, 10 * index + after * 10 + 1] as const;
            if (isRead) return operation("read", state, span);
            state = String(value);
            return operation("write", state, span);
          });
          expect(longestLegalPrefix(all, null)).toBeUndefined();
        },
      ),
    );
  });
});
