import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkTransactions,
  transactionLevels,
  transactionTable,
  type TransactionLevel,
} from "../../../checkers/transactions/index.ts";
import { sampleSeed, sampleSize } from "../sample-size.ts";
import { satisfies } from "./transaction-oracle.ts";
import { smallHistories } from "./transactions-random.ts";

const levels = Object.keys(transactionLevels) as TransactionLevel[];

describe.each(["list-append", "rw-register"] as const)("transactions on %s", (model) => {
  it("are judged as the definitions of all levels say", () => {
    const seen = { valid: 0, invalid: 0 };
    fc.assert(
      fc.property(smallHistories(model), (history) => {
        if (history.every(({ outcome }) => outcome !== "ok")) return;
        for (const level of levels) {
          const result = checkTransactions(transactionTable(model, history), { level });
          const wanted = satisfies(model, level, history) ? "valid" : "invalid";
          const what = `${level}: ${result.anomalies.map(({ kind, sentence }) => `${kind}: ${sentence}`).join("\n")}`;
          expect(result.verdict, what).toBe(wanted);
          seen[wanted]++;
        }
      }),
      { numRuns: Math.max(100, sampleSize(3_000)), seed: sampleSeed },
    );
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan((seen.valid + seen.invalid) / 20);
  });
});
