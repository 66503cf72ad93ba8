import type { StoreSettings } from "../../../../store/index.ts";
import { named, type Case, type Scenario } from "../../../scenario/scenario.ts";
import { cutOff, preferred, replaced } from "./places.ts";
import { planOf, settingsOf } from "./plan-of.ts";

/**
 * Makes a case in which W replicas take a write while they are disconnected from the others. Then one of them dies for
 * good and is replaced.
 */
function caseOf(setting: string, allowed: boolean, w: 1 | 2): Case {
  const settings: Partial<StoreSettings> = { nodes: 4, w };
  const { replicas, others } = preferred(settingsOf(settings));
  const [writer = 0] = replicas;
  const [asked = 0] = others;
  return {
    setting,
    allowed,
    plan: planOf({
      settings,
      clients: 2,
      keys: 2,
      operations: [
        { client: 0, afterMs: 2500, node: writer, f: "write", key: 0 },
        // This read of another key only prolongs the history, which ends with its last operation.
        { client: 1, afterMs: 8000, node: asked, f: "read", key: 1 },
      ],
      faults: [
        { atMs: 100, durationMs: 3400, fault: cutOff(replicas.slice(0, w)) },
        { atMs: 5000, durationMs: 100, fault: replaced(writer, 4, asked) },
      ],
    }),
    find(history) {
      const write = history.operation(0);
      if (write.outcome !== "ok" || !history.membersAtTheEnd.includes("n5")) return null;
      const isThere = history.heldAtTheEnd("k0").includes("v0");
      return {
        happened: !isThere,
        what: `${named(write)}, n${writer + 1} died for good and n5 replaced it, and at the end ${isThere ? "the owners hold v0" : "no node holds v0"}`,
      };
    },
  };
}

export const replacedLastCopy: Scenario = {
  name: "replaced-last-copy",
  about:
    "At W = 1 a node may hold the only copy of an acknowledged write: if that node dies and is replaced, the write is lost.",
  source:
    "Apache Cassandra documentation, Adding, replacing, moving and removing nodes: a dead node's data is streamed from other replicas; scylladb/scylladb issue 10887",
  cases: [caseOf("W = 1", true, 1), caseOf("W = 2", false, 2)],
};
