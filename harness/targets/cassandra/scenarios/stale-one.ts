import { judgedCase } from "../../../scenario/judged-case.ts";
import type { Case, Scenario } from "../../../scenario/scenario.ts";
import { isolated } from "../../../scenario/timed-plan.ts";
import { planOf, soonMs } from "./plan.ts";

const caseOf = (setting: string, allowed: boolean, level: "ONE" | "QUORUM"): Case =>
  judgedCase(
    setting,
    allowed,
    "regular",
    planOf({
      workload: "register",
      claimed: "regular",
      settings: { read: level, write: level },
      operations: [
        { client: 0, node: 1, f: "write", atMs: soonMs },
        { client: 1, node: 0, f: "read", atMs: 2 * soonMs },
      ],
      faults: [{ atMs: 0, durationMs: 4 * soonMs, fault: isolated(0) }],
    }),
  );

export const staleOne: Scenario = {
  name: "stale-one",
  about: "At ONE a read asks one replica, which may have missed an acknowledged write.",
  source: "cassandra.apache.org/doc/latest/cassandra/architecture/dynamo.html, Tunable Consistency",
  cases: [
    caseOf("reads and writes at ONE", true, "ONE"),
    caseOf("reads and writes at QUORUM", false, "QUORUM"),
  ],
};
