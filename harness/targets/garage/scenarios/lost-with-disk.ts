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
    "durable",
    planOf({
      workload: "siblings",
      claimed: "durable",
      settings: { consistencyMode, requestTimeoutMs: patientMs },
      operations: [
        { client: 0, node: 0, f: "write", atMs: soonMs },
        // This write of another key only prolongs the history. Before it, the node that took the first write loses its
        // disk.
        { client: 1, node: 1, key: 1, f: "write", atMs: 2 * patientMs },
      ],
      faults: [
        { atMs: 0, durationMs: patientMs + 2 * soonMs, fault: isolated(0) },
        // The other nodes are killed while the cut lasts. Data held up by a cut stays in the kernel's buffers, even
        // those of a dead node, and arrives once the cut heals. But it cannot arrive at a new process.
        { atMs: patientMs, durationMs: soonMs, fault: { kind: "kill", nodes: [1, 2] } },
        {
          atMs: patientMs + soonMs,
          durationMs: soonMs,
          fault: { kind: "disk", nodes: [0], damage: "wipe", atPerMille: 0 },
        },
      ],
    }),
  );

export const lostWithDisk: Scenario = {
  name: "lost-with-disk",
  about:
    "In dangerous mode a write is acknowledged by one node: if that node's disk is lost before other nodes have the value, the value is lost.",
  source: "garagehq.deuxfleurs.fr/documentation/reference-manual/configuration, consistency_mode",
  cases: [
    caseOf("consistency_mode = dangerous, the node's disk is wiped", true, "dangerous"),
    caseOf("consistency_mode = consistent: the write is not acknowledged", false, "consistent"),
  ],
};
