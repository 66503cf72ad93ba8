import { describe, expect, it } from "vitest";
import { type BankRead, checkBank } from "../../../checkers/index.ts";
import { done } from "./operations.ts";

const read = (op: number, balances: Readonly<Record<string, number | null>>): BankRead => ({
  ...done(op, op, op),
  balances: new Map(Object.entries(balances)),
});
const question = {
  accounts: ["0", "1"],
  total: 10,
  nameOf: (op: number): string => `line ${op}`,
};

describe("a bank", () => {
  it("is valid while all reads show the whole sum", () => {
    const { verdict, judged } = checkBank(
      [read(1, { 0: 4, 1: 6 }), read(2, { 0: 0, 1: 10 })],
      question,
    );
    expect({ verdict, judged }).toEqual({ verdict: "valid", judged: 2 });
  });

  it.each([
    ["wrong-total", { 0: 4, 1: 5 }, "shows 9 in all accounts together, but 10 is right"],
    ["negative-balance", { 0: -1, 1: 11 }, "shows -1 in account 0"],
    ["unexpected-account", { 0: 4, 2: null }, "shows account 2, which does not exist"],
    ["missing-balance", { 0: 4, 1: null }, "shows no balance of account 1"],
  ] as const)("finds %s", (kind, balances, what) => {
    const result = checkBank([read(3, balances)], question);
    expect(result.verdict).toBe("invalid");
    expect(result.anomalies).toEqual([
      { kind, sentence: `The read of line 3 ${what}.`, operations: [3] },
    ]);
  });

  it("may hold less than nothing where that is allowed", () => {
    const balances = { 0: -1, 1: 11 };
    expect(checkBank([read(1, balances)], { ...question, allowsNegative: true }).verdict).toBe(
      "valid",
    );
    expect(checkBank([read(1, { 0: 0, 1: 10 })], question).verdict).toBe("valid");
  });

  it("is unknown where no read returned", () => {
    const wrong = read(1, { 0: 1 });
    const reads: BankRead[] = [
      { ...wrong, outcome: "fail" },
      { ...wrong, outcome: "info" },
      { ...wrong, balances: undefined },
    ];
    expect(checkBank(reads, question).verdict).toBe("unknown");
  });
});
