import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkTransactions,
  type Transaction,
  transactionTable,
} from "../../../checkers/transactions/index.ts";
import { sampleSeed, sampleSize } from "../sample-size.ts";
import { Dependencies } from "../../../checkers/transactions/dependencies.ts";
import { hasCycle } from "../../../checkers/transactions/cycles.ts";
import type { Base } from "../../../checkers/transactions/levels.ts";
import {
  addRegisterDependencies,
  RegisterVersions,
} from "../../../checkers/transactions/register-dependencies.ts";
import { writersOf } from "../../../checkers/transactions/writers.ts";
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
        { numRuns: Math.max(600, sampleSize(1_500)), seed: sampleSeed },
      );
    },
  );
});

/** Random histories in which each transaction reads or writes one register once. Reads return any value. */
const singles = fc
  .array(
    fc.record({
      isWrite: fc.boolean(),
      pick: fc.nat(9),
      start: fc.nat(20),
      lasts: fc.nat(8),
      isInfo: fc.nat(9),
    }),
    { minLength: 2, maxLength: 6 },
  )
  .map((drawn) => {
    const values = [null, ...drawn.flatMap(({ isWrite }, op) => (isWrite ? [`v${op}`] : []))];
    return drawn.map(({ isWrite, pick, start, lasts, isInfo }, op): Transaction => {
      const outcome = isWrite && isInfo === 0 ? "info" : "ok";
      return {
        op,
        process: String(op),
        invokeUs: start,
        returnUs: outcome === "ok" ? start + lasts : Infinity,
        outcome,
        micro: [
          isWrite
            ? { f: "w", key: "x", value: `v${op}` }
            : { f: "r", key: "x", value: values[pick % values.length] },
        ],
      };
    });
  });

/** Whether there is a cycle in the edges that are inferred from reads and real time alone, without a search. */
function hasInferredCycle(history: readonly Transaction[], base: Base): boolean {
  const columns = transactionTable("rw-register", history).columns();
  const dependencies = new Dependencies(columns.size);
  const versions = new RegisterVersions(columns, writersOf(columns));
  addRegisterDependencies(dependencies, versions, { base, order: "realtime" });
  dependencies.addOrder(columns, "realtime");
  return hasCycle(dependencies.graph(), base);
}

it.each<Base>(["serializable", "snapshot-isolation"])(
  "what is inferred decides linearizability of registers: %s",
  (base) => {
    const seen = { valid: 0, invalid: 0 };
    fc.assert(
      fc.property(singles, (history) => {
        const wanted = satisfies("rw-register", "strict-serializable", history)
          ? "valid"
          : "invalid";
        expect(hasInferredCycle(history, base) ? "invalid" : "valid").toBe(wanted);
        seen[wanted]++;
      }),
      { numRuns: Math.max(1_000, sampleSize(4_000)), seed: sampleSeed },
    );
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(0);
  },
);
