import { draw } from "../../../../generators/index.ts";
import { judgedCase } from "../../../scenario/judged-case.ts";
import type { Case, Scenario } from "../../../scenario/scenario.ts";
import type { TimedOperation } from "../../../scenario/timed-plan.ts";
import { planOf } from "./plan.ts";

const turns = 10;

/** Writers, and clients that read and change what they saw, all of one key and as fast as they can. */
const operations = draw.range(turns).flatMap((): readonly TimedOperation[] => [
  { client: 0, node: 0, f: "write", atMs: 0 },
  { client: 1, node: 1, f: "write", atMs: 0 },
  ...[2, 3].flatMap((client): readonly TimedOperation[] => [
    { client, node: client - 1, f: "read", atMs: 0 },
    { client, node: client - 1, f: "cas", args: { expects: "seen" }, atMs: 0 },
  ]),
]);

const caseOf = (setting: string, allowed: boolean, casWrites: "plain" | "conditional"): Case =>
  judgedCase(
    setting,
    allowed,
    "linearizable",
    planOf({ workload: "cas", claimed: "linearizable", settings: { casWrites }, operations }),
  );

export const mixedTransactions: Scenario = {
  name: "mixed-transactions",
  about:
    "A plain write takes no part in the consensus of lightweight transactions: it slips between the read and the write of one.",
  source: "cassandra.apache.org/doc/latest/cassandra/developing/cql/dml.html, Conditional updates",
  cases: [
    caseOf("plain writes beside lightweight transactions", true, "plain"),
    caseOf("lightweight transactions only", false, "conditional"),
  ],
};
