/** Checks the isolation levels of the workloads `txn-list-append` and `txn-rw-register` in quorate's own histories. */
import { clientThrough } from "../messages/operation-messages.ts";
import { checkTransactions } from "./check-transactions.ts";
import type { TransactionLevel } from "./levels.ts";
import { TransactionTable } from "./transaction-table.ts";
import { conclude } from "../conclude.ts";
import { leftOpen } from "../language/workload-findings.ts";
import { workloadAnomaly } from "../messages/workload-anomaly.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Json } from "../language/history.ts";
import type { Checker, Definition } from "../model/checker.ts";
import type { Model } from "../model/model.ts";

export const readCommitted = levelChecker(
  "read-committed",
  "transactions read nothing that was aborted, intermediate or made up, and their writes do not interleave",
  {
    predicate:
      "No G0 (dirty write), G1a (aborted read), G1b (intermediate read) and G1c (circular information flow).",
    source:
      "PL-2 in Adya, Weak Consistency, PhD thesis, MIT 1999; Kingsbury and Alvaro, Elle, VLDB 2020.",
  },
);
export const readAtomic = levelChecker(
  "read-atomic",
  "a transaction sees all writes of another transaction or none",
  {
    predicate:
      "Read committed, and no fractured read: a transaction that reads one write of another transaction does not read an older version of another key that the other transaction wrote.",
    source: "Bailis et al., Scalable Atomic Visibility with RAMP Transactions, SIGMOD 2014.",
  },
);
export const snapshotIsolation = levelChecker(
  "snapshot-isolation",
  "each transaction reads from one snapshot, and two overlapping transactions never both write the same key",
  {
    predicate:
      "No G1, no G-SI: each transaction reads from one snapshot, and of two concurrent transactions that write the same key only one commits.",
    source: "PL-SI in Adya, MIT 1999; Elle, VLDB 2020.",
  },
);
export const serializable = levelChecker(
  "serializable",
  "one order of the transactions explains all that they read",
  {
    predicate: "No G1 and no G2: one order of the transactions explains all reads.",
    source: "PL-3 in Adya, MIT 1999; Elle, VLDB 2020.",
  },
);
export const strictSerializable = levelChecker(
  "strict-serializable",
  "one order of the transactions, which respects real time, explains all that they read",
  {
    predicate: "As for serializable, and the order respects real time.",
    source: "Herlihy and Wing, TOPLAS 12(3), 1990; PL-SS in Adya, MIT 1999; Elle, VLDB 2020.",
  },
);

function levelChecker<Level extends TransactionLevel>(
  level: Level,
  meaning: string,
  definition: Definition,
): Checker<Level> {
  return {
    name: level,
    meaning,
    ...definition,
    needs: [],
    workloads: ["txn-list-append", "txn-rw-register"],
    check: (model) => judge(model, level),
  };
}

function judge(model: Model, level: TransactionLevel): ReturnType<typeof conclude> {
  const result = checkTransactions(tableOf(model), {
    level,
    steps: mostSteps,
    nameOf: (op) => {
      const operation = model.operation.get(op);
      return operation === undefined ? `op ${op}` : `${clientThrough(operation)} (op ${op})`;
    },
  });
  return conclude({
    judged: result.judged,
    undecided: leftOpen(result),
    anomalies: result.anomalies.map(({ sentence, operations, key }) =>
      workloadAnomaly(
        model,
        level,
        key ?? model.operation.get(operations[0] ?? 0)?.key ?? "the transactions",
        sentence,
        operations,
      ),
    ),
  });
}

/**
 * The largest number of steps of a search. Five levels are judged in each history of transactions, so that no search
 * may take long.
 */
const mostSteps = 300_000;

const known = new WeakMap<Model, TransactionTable>();

/** The table of the history's transactions. Made once for each model, since each level uses it. */
function tableOf(model: Model): TransactionTable {
  let table = known.get(model);
  if (table !== undefined) return table;
  const isList = model.run.workload === "txn-list-append";
  table = new TransactionTable(isList ? "list-append" : "rw-register");
  known.set(model, table);
  for (const operation of model.operations) {
    const { op, client, process, startUs, endUs, outcome } = operation;
    table.begin({
      op,
      process: `${client} ${process}`,
      invokeUs: startUs,
      returnUs: endUs,
      outcome,
    });
    for (const [f, key, value] of stepsOf(operation)) {
      if (f !== "r") table.write(String(key), JSON.stringify(value));
      else if (outcome !== "ok") table.read(String(key), undefined);
      else table.read(String(key), isList ? listOf(value) : registerOf(value));
    }
  }
  return table;
}

type Step = readonly [f: string, key: Json, value: Json];

/** The steps of a transaction: those in its result if it succeeded, otherwise those in its request. */
function stepsOf({ outcome, args, result }: Operation): readonly Step[] {
  const said = outcome === "ok" && Array.isArray(result) ? result : fieldOf(args);
  return said as unknown as readonly Step[];
}

const fieldOf = (args: Json | undefined): Json =>
  typeof args === "object" && args !== null && "txn" in args ? (args.txn ?? []) : [];

/** The elements of a list that was read, each as JSON. Empty if the list does not exist. */
const listOf = (value: Json): readonly string[] =>
  Array.isArray(value) ? (value as readonly Json[]).map((one) => JSON.stringify(one)) : [];

const registerOf = (value: Json): string | null => (value === null ? null : JSON.stringify(value));
