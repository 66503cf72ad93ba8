import { judgedCase } from "../../../scenario/judged-case.ts";
import type { Case, Scenario } from "../../../scenario/scenario.ts";
import { isolated, type TimedOperation } from "../../../scenario/timed-plan.ts";
import { planOf } from "./plan.ts";

/**
 * The indices of the keys. Which two replicas a read asks depends on the key, so with several keys some reads ask one
 * replica from each side.
 */
const keys = [0, 1, 2, 3, 4, 5];
const cutMs = 1500;
const halfWrittenMs = 3000;
const healedMs = 5500;
const readMs = 9000;

/**
 * Each client writes its own key, writes it again through a disconnected coordinator, and later reads it through all
 * nodes.
 */
const operations = keys.flatMap((key): readonly TimedOperation[] => [
  { client: key, key, node: 1, f: "write", atMs: 0 },
  { client: key, key, node: 0, f: "write", atMs: halfWrittenMs },
  ...[0, 1, 2, 0, 1, 2].map((node, turn) => ({
    client: key,
    key,
    node,
    f: "read",
    atMs: readMs + turn * 300,
  })),
]);

const caseOf = (setting: string, allowed: boolean, readRepair: "BLOCKING" | "NONE"): Case =>
  judgedCase(
    setting,
    allowed,
    "monotonic-reads",
    planOf({
      workload: "register",
      claimed: "monotonic-reads",
      // Hints are off, since a hint would bring the write to the other replicas.
      settings: { readRepair, hints: false },
      operations,
      faults: [{ atMs: cutMs, durationMs: healedMs - cutMs, fault: isolated(0) }],
    }),
  );

export const backwardQuorum: Scenario = {
  name: "backward-quorum",
  about:
    "A write that timed out is on a minority of the replicas: one quorum read returns the written value, and without read repair the next quorum read may return the older value.",
  source: "cassandra.apache.org/doc/latest/cassandra/managing/operating/read_repair.html",
  cases: [
    caseOf("read_repair = NONE", true, "NONE"),
    caseOf("read_repair = BLOCKING, the default", false, "BLOCKING"),
  ],
};
