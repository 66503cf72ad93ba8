import { judgedCase } from "../../../scenario/judged-case.ts";
import type { Case, Scenario } from "../../../scenario/scenario.ts";
import { isolated } from "../../../scenario/timed-plan.ts";
import { planOf } from "./plan.ts";

const caseOf = (setting: string, allowed: boolean, gcGraceS: number): Case =>
  judgedCase(
    setting,
    allowed,
    "no-resurrection",
    planOf({
      workload: "register",
      claimed: "no-resurrection",
      // With `compact`, the harness compacts the table on all nodes before it repairs it, ahead of the last reads.
      settings: { gcGraceS, hints: false, compact: true },
      operations: [
        { client: 0, node: 0, f: "write", atMs: 0 },
        { client: 0, node: 0, f: "delete", atMs: 3000 },
        // This write of another key only prolongs the history, so that the grace time passes.
        { client: 0, key: 1, node: 0, f: "write", atMs: 6000 },
      ],
      faults: [{ atMs: 1500, durationMs: 20_000, fault: isolated(2) }],
    }),
  );

export const returnedRow: Scenario = {
  name: "returned-row",
  about:
    "A tombstone whose grace time is over is purged by compaction; a repair after that brings the row back from a node that missed the delete.",
  source: "cassandra.apache.org/doc/latest/cassandra/managing/operating/compaction/tombstones.html",
  cases: [
    caseOf("gc_grace_seconds 1, a node away at the delete", true, 1),
    caseOf("gc_grace_seconds 864000, the default", false, 864_000),
  ],
};
