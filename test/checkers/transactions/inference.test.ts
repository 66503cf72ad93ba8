import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkTransactions,
  type Transaction,
  type TransactionLevel,
  transactionTable,
} from "../../../checkers/transactions/index.ts";
import { cheapSampleSize, sampleSeed } from "../sample-size.ts";
import { satisfies } from "./transaction-oracle.ts";
import { smallHistories } from "./transactions-random.ts";

const isJudged = (history: readonly Transaction[]): boolean =>
  history.some(({ outcome }) => outcome === "ok");

describe.each(["list-append", "rw-register"] as const)("what is inferred of %s", (model) => {
  it.each(["read-atomic", "strong-session-read-atomic", "strong-read-atomic"] as const)(
    "decides %s without a search",
    (level) => {
      fc.assert(
        fc.property(smallHistories(model), (history) => {
          if (!isJudged(history)) return;
          const { verdict } = checkTransactions(transactionTable(model, history), {
            level,
            steps: 0,
          });
          expect(verdict).toBe(satisfies(model, level, history) ? "valid" : "invalid");
        }),
        { numRuns: cheapSampleSize(1_000), seed: sampleSeed },
      );
    },
  );
});

/** Each transaction reads or writes one key: registers as of old. */
const singles = smallHistories("rw-register").map((history) =>
  history.map((one) => ({ ...one, micro: one.micro.slice(0, 1) })),
);

it.each<TransactionLevel>(["strict-serializable", "strong-snapshot-isolation"])(
  "what is inferred decides linearizability of registers: %s",
  (level) => {
    const seen = { valid: 0, invalid: 0 };
    fc.assert(
      fc.property(singles, (history) => {
        const written = new Set(
          history.flatMap(({ micro }) => micro.map((m) => m.f === "w" && m.value)),
        );
        const isRead = history.every(({ micro }) =>
          micro.every((m) => m.f !== "r" || typeof m.value !== "string" || written.has(m.value)),
        );
        if (!isJudged(history) || !isRead) return;
        const { counts } = checkTransactions(transactionTable("rw-register", history), {
          level,
          steps: 0,
        });
        const wanted = satisfies("rw-register", "strict-serializable", history)
          ? "valid"
          : "invalid";
        expect(Object.keys(counts).length > 0 ? "invalid" : "valid").toBe(wanted);
        seen[wanted]++;
      }),
      { numRuns: cheapSampleSize(4_000), seed: sampleSeed },
    );
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(0);
  },
);
