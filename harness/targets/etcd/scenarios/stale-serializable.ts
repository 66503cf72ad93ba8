import { judgedCase } from "../../../scenario/judged-case.ts";
import type { Case, Scenario } from "../../../scenario/scenario.ts";
import { isolated, timedPlan } from "../../../scenario/timed-plan.ts";
import { etcdSettings } from "../settings.ts";

const cutMs = 0;
/** The time of the write in ms. By then the other two nodes have a leader again. */
const writeMs = 3000;

const caseOf = (setting: string, allowed: boolean, reads: "linearizable" | "serializable"): Case =>
  judgedCase(
    setting,
    allowed,
    "linearizable",
    timedPlan(
      { name: "etcd", version: "3.4", parseSettings: etcdSettings.parse },
      {
        workload: "register",
        claimed: "linearizable",
        settings: { reads },
        operations: [
          { client: 0, node: 0, f: "write", atMs: writeMs },
          { client: 1, node: 2, f: "read", atMs: writeMs + 1500 },
        ],
        faults: [{ atMs: cutMs, durationMs: writeMs + 4000, fault: isolated(2) }],
      },
    ),
  );

export const staleSerializable: Scenario = {
  name: "stale-serializable",
  about:
    "A serializable read asks only one node, which may not have received an acknowledged write.",
  source: "etcd.io/docs/v3.4/learning/api_guarantees, Linearizability",
  cases: [
    caseOf("serializable reads", true, "serializable"),
    caseOf(
      "linearizable reads, the default: the node that is cut off does not answer",
      false,
      "linearizable",
    ),
  ],
};
