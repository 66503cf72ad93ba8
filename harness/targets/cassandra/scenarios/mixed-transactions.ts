import { judgedCase } from "../../../scenario/judged-case.ts";
import type { Case, Scenario } from "../../../scenario/scenario.ts";
import { planOf } from "./plan.ts";

const pausedMs = 1000;
const resumedMs = 2600;

const caseOf = (setting: string, allowed: boolean, casWrites: "plain" | "conditional"): Case =>
  judgedCase(
    setting,
    allowed,
    "linearizable",
    planOf({
      workload: "cas",
      claimed: "linearizable",
      settings: { casWrites },
      operations: [
        // This read connects the client while the node still answers.
        { client: 0, node: 0, f: "read", atMs: 0 },
        { client: 1, node: 1, f: "cas", args: { expects: "absent" }, atMs: 300 },
        // The write has its stamp, but its coordinator is paused and does not process it yet.
        { client: 0, node: 0, f: "write", atMs: 1500 },
        // This compare-and-set reads the value from before the write, and replaces that value under a later stamp.
        { client: 1, node: 1, f: "cas", args: { expects: "seen" }, atMs: 1800 },
        { client: 1, node: 2, f: "read", atMs: 4500 },
      ],
      faults: [
        {
          atMs: pausedMs,
          durationMs: resumedMs - pausedMs,
          fault: { kind: "pause", nodes: [0] },
        },
      ],
    }),
  );

export const mixedTransactions: Scenario = {
  name: "mixed-transactions",
  about:
    "A plain write takes no part in the consensus of lightweight transactions: a slow plain write loses to a transaction that never saw it.",
  source:
    "cassandra.apache.org/doc/latest/cassandra/architecture/guarantees.html, Lightweight transactions",
  cases: [
    caseOf("a plain write beside lightweight transactions", true, "plain"),
    caseOf("lightweight transactions only", false, "conditional"),
  ],
};
