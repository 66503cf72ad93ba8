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
      blocked: [{ op: stale.op, because: "it read 1, but the register holds 2" }],
    });
  });

  it("names the cas that expects another value, and what must come first", () => {
    const cas = operation("cas", "[3 4]", [0, 1]);
    const later = operation("read", "4", [2, 3]);
    expect(longestLegalPrefix([cas, later], "1")?.blocked).toEqual([
      { op: cas.op, because: "it expects 3, but the register holds 1" },
      {
        op: later.op,
        because: "it began after the operation of line 1 had ended, which must come first",
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
