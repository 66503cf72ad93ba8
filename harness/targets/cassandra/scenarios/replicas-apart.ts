import { judgedCase } from "../../../scenario/judged-case.ts";
import type { Case, Scenario } from "../../../scenario/scenario.ts";
import { isolated } from "../../../scenario/timed-plan.ts";
import { planOf, soonMs } from "./plan.ts";

const caseOf = (setting: string, allowed: boolean, repair: boolean): Case =>
  judgedCase(
    setting,
    allowed,
    "converged",
    planOf({
      workload: "register",
      claimed: "converged",
      settings: { write: "ONE", hints: false, repair },
      operations: [
        { client: 0, node: 0, f: "write", atMs: soonMs },
        // Messages of the first write to the other replicas wait during the cut, and have expired when the links are
        // back. This write only prolongs the history until then.
        { client: 1, key: 1, node: 1, f: "write", atMs: 4 * soonMs },
      ],
      faults: [{ atMs: 0, durationMs: 4 * soonMs, fault: isolated(0) }],
    }),
  );

export const replicasApart: Scenario = {
  name: "replicas-apart",
  about: "Hints are best effort: without them, and without a repair, replicas stay apart for ever.",
  source: "cassandra.apache.org/doc/latest/cassandra/managing/operating/hints.html",
  cases: [
    caseOf("writes at ONE, hints off, no repair", true, false),
    caseOf("the same, repaired", false, true),
  ],
};
