import { judgedCase } from "../../../scenario/judged-case.ts";
import type { Case, Scenario } from "../../../scenario/scenario.ts";
import { isolated } from "../../../scenario/timed-plan.ts";
import { patientMs, planOf, soonMs } from "./plan.ts";

const caseOf = (
  setting: string,
  allowed: boolean,
  consistencyMode: "consistent" | "dangerous",
): Case =>
  judgedCase(
    setting,
    allowed,
    "siblings-2",
    planOf({
      workload: "siblings",
      claimed: "siblings-2",
      settings: { consistencyMode, requestTimeoutMs: patientMs },
      operations: [
        { client: 0, node: 0, f: "write", atMs: soonMs },
        { client: 1, node: 1, f: "read", atMs: soonMs + patientMs },
      ],
      faults: [{ atMs: 0, durationMs: 2 * patientMs, fault: isolated(0) }],
    }),
  );

export const unseenValue: Scenario = {
  name: "unseen-value",
  about:
    "In dangerous mode one node is enough for a write and for a read: the node that answers a read may not have an acknowledged write.",
  source: "garagehq.deuxfleurs.fr/documentation/reference-manual/configuration, consistency_mode",
  cases: [
    caseOf("consistency_mode = dangerous", true, "dangerous"),
    caseOf("consistency_mode = consistent, the default", false, "consistent"),
  ],
};
