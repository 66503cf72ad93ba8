import type { StoreSettings } from "../../../../store/index.ts";
import { named, returns, type Case, type Scenario } from "../../../scenario/scenario.ts";
import { cutOff, leaves, preferred } from "./places.ts";
import { planOf, settingsOf } from "./plan-of.ts";

/**
 * Makes a case in which one of three replicas misses a delete. Then this replica leaves, and hands its data to the
 * owners in the new ring.
 */
function caseOf(setting: string, allowed: boolean, changes: Partial<StoreSettings>): Case {
  const settings = { nodes: 4, ...changes };
  const [writer = 0, , leaver = 0] = preferred(settingsOf(settings)).replicas;
  return {
    setting,
    allowed,
    plan: planOf({
      settings,
      clients: 1,
      operations: [
        { client: 0, afterMs: 300, node: writer, f: "write", key: 0 },
        { client: 0, afterMs: 2500, node: writer, f: "delete", key: 0 },
        { client: 0, afterMs: 4500, node: writer, f: "read", key: 0 },
      ],
      faults: [
        { atMs: 1200, durationMs: 2500, fault: cutOff([leaver]) },
        { atMs: 4600, durationMs: 100, fault: leaves(leaver, writer) },
      ],
    }),
    find(history) {
      const [write, gone, read] = [0, 1, 2].map((index) => history.operation(index));
      if (write?.outcome !== "ok" || gone?.outcome !== "ok" || read?.outcome !== "ok") return null;
      if (history.membersAtTheEnd.length !== 3) return null;
      return {
        happened: returns(read, "v0"),
        what: `${named(gone)} while n${leaver + 1} was cut off, n${leaver + 1} left and handed over what it held, and after that ${named(read)}`,
      };
    },
  };
}

export const streamedResurrection: Scenario = {
  name: "streamed-resurrection",
  about:
    "A node that missed a delete hands its keys over when it leaves: the deleted value comes back unless the new owner has the tombstone first.",
  source:
    "palantir/cassandra pull request 49 and scylladb/scylladb pull request 20788 (tombstones gone before older data is streamed)",
  cases: [
    caseOf("deletes leave no tombstone", true, { deletes: "physical" }),
    caseOf("tombstones are kept", false, { deletes: "keep" }),
  ],
};
