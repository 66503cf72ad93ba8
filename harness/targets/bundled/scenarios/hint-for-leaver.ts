import type { StoreSettings } from "../../../../store/index.ts";
import {
  milliseconds,
  named,
  returns,
  type Case,
  type Scenario,
} from "../../../scenario/scenario.ts";
import { cutOff, leaves, preferred } from "./places.ts";
import { planOf, settingsOf } from "./plan-of.ts";

/**
 * Makes a case in which two nodes that own no replica of the key are cut off from its owners, and one of the two
 * coordinates a write. Under sloppy quorums they keep the write as hints, and one of the owners leaves before any hint
 * is handed over.
 */
function caseOf(setting: string, allowed: boolean, changes: Partial<StoreSettings>): Case {
  const settings = { nodes: 5, hints: true, handoffIntervalMs: 7000, ...changes };
  const { replicas, others } = preferred(settingsOf(settings));
  const [leaver = 0, reader = 0] = replicas;
  const [writer = 0] = others;
  return {
    setting,
    allowed,
    plan: planOf({
      settings,
      clients: 2,
      operations: [
        { client: 0, afterMs: 2500, node: writer, f: "write", key: 0 },
        { client: 1, afterMs: 6000, node: reader, f: "read", key: 0 },
      ],
      faults: [
        { atMs: 100, durationMs: 3400, fault: cutOff(others) },
        { atMs: 4000, durationMs: 100, fault: leaves(leaver, reader) },
      ],
    }),
    find(history) {
      const write = history.operation(0);
      const read = history.operation(1);
      if (write.outcome !== "ok")
        return {
          happened: false,
          what: `${named(write)}: only replicas count towards W, and too few acknowledged the write`,
        };
      const isThere = history.heldAtTheEnd("k0").includes("v0");
      if (read.outcome !== "ok" || history.membersAtTheEnd.length !== 4 || !isThere) return null;
      return {
        happened: !returns(read, "v0"),
        what: `${named(write)}, n${leaver + 1} left, for which the write was kept as a hint, and ${milliseconds(read.startUs - write.endUs)} later ${named(read)}; at the end the owners hold v0`,
      };
    },
  };
}

export const hintForLeaver: Scenario = {
  name: "hint-for-leaver",
  about:
    "A write is kept as a hint for a node that leaves: reads miss it until the hint is handed to the nodes that own the key now.",
  source:
    "scylladb/scylladb issues 20558 and 24980 (hints of nodes that leave); DeCandia et al., Dynamo (SOSP 2007), section 4.6",
  cases: [
    caseOf("sloppy quorums", true, { quorums: "sloppy" }),
    caseOf("strict quorums", false, {}),
  ],
};
