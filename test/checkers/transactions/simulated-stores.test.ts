import { describe, expect, it } from "vitest";
import {
  checkTransactions,
  type Transaction,
  type TransactionLevel,
  transactionLevels,
  transactionTable,
} from "../../../checkers/transactions/index.ts";
import { sampleSize } from "../sample-size.ts";
import { simulate } from "./simulated-stores.ts";

const levels = Object.keys(transactionLevels) as TransactionLevel[];
const strongest: readonly TransactionLevel[] = ["strict-serializable", "strong-snapshot-isolation"];

describe.each(["list-append", "rw-register"] as const)("a store of %s", (model) => {
  const verdict = (transactions: readonly Transaction[], level: TransactionLevel): string => {
    const { verdict, reason, anomalies } = checkTransactions(
      transactionTable(model, transactions),
      {
        level,
      },
    );
    return [verdict, reason, ...anomalies.map(({ kind, sentence }) => `${kind}: ${sentence}`)]
      .filter((text) => text !== undefined)
      .join("\n");
  };

  it("that does one transaction after the other is valid at every level", () => {
    for (let seed = 0; seed < sampleSize(20); seed++) {
      const history = simulate({ model, size: 100, seed, isSnapshot: false });
      for (const level of levels)
        expect(verdict(history, level), `seed ${seed}, ${level}`).toBe("valid");
    }
  });

  it("is judged over many windows of transactions", () => {
    const history = simulate({ model, size: 1_000, seed: 5, isSnapshot: false });
    for (const level of strongest) expect(verdict(history, level), level).toBe("valid");
  });

  it("of snapshots is valid under snapshot isolation, and not always serializable", () => {
    let skewed = 0;
    for (let seed = 0; seed < 12; seed++) {
      const history = simulate({ model, size: 60, seed, isSnapshot: true });
      for (const level of ["snapshot-isolation", "strong-snapshot-isolation"] as const)
        expect(verdict(history, level), `seed ${seed}, ${level}`).toBe("valid");
      if (verdict(history, "serializable").startsWith("invalid")) skewed++;
    }
    expect(skewed).toBeGreaterThan(0);
  });

  it("that answers a read of the past is not strictly serializable", () => {
    for (let seed = 0; seed < sampleSize(20); seed++) {
      const history = simulate({ model, size: 100, seed, isSnapshot: false });
      const stale: Transaction = {
        op: 1_000_000,
        process: "late",
        invokeUs: 1e12,
        returnUs: 2e12,
        outcome: "ok",
        micro: [{ f: "r", key: "a1", value: null }],
      };
      expect(verdict([...history, stale], "strict-serializable")).toMatch(
        /^invalid\nG-single-realtime/,
      );
    }
  });
});
