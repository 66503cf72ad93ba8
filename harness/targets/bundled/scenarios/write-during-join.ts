import type { StoreSettings } from "../../../../store/index.ts";
import {
  milliseconds,
  named,
  returns,
  type Case,
  type Scenario,
} from "../../../scenario/scenario.ts";
import { cutOff, joins, newOwner, ownersAmong, preferred } from "./places.ts";
import { planOf, settingsOf } from "./plan-of.ts";

/**
 * Makes a case in which a node joins and takes the key from one of its three owners. During the join, W of the
 * remaining owners, one of which coordinates the write, are cut off from the other nodes and acknowledge a write. After
 * the join, a read of R goes through a remaining owner.
 */
function caseOf(setting: string, allowed: boolean, quorum: 1 | 2): Case {
  const changes: Partial<StoreSettings> = { r: quorum, w: quorum };
  const settings = settingsOf(changes);
  const newcomer = newOwner(settings);
  const after = ownersAmong(settings, [0, 1, 2, newcomer]);
  const [writer = 0, reader = 0] = preferred(settings).replicas.filter((node) =>
    after.includes(node),
  );
  return {
    setting,
    allowed,
    plan: planOf({
      settings: changes,
      clients: 2,
      operations: [
        { client: 0, afterMs: 2500, node: writer, f: "write", key: 0 },
        { client: 1, afterMs: 7000, node: reader, f: "read", key: 0 },
      ],
      faults: [
        {
          atMs: 100,
          durationMs: 4000,
          fault: cutOff(quorum === 1 ? [writer] : [writer, reader]),
        },
        { atMs: 400, durationMs: 100, fault: joins(newcomer, writer) },
      ],
    }),
    find(history) {
      const write = history.operation(0);
      const read = history.operation(1);
      if (write.outcome !== "ok" || read.outcome !== "ok" || history.membersAtTheEnd.length !== 4)
        return null;
      return {
        happened: !returns(read, "v0"),
        what: `${named(write)} while n${newcomer + 1} joined, and ${milliseconds(read.startUs - write.endUs)} later, after the join, ${named(read)}`,
      };
    },
  };
}

export const writeDuringJoin: Scenario = {
  name: "write-during-join",
  about:
    "A write is acknowledged while a node joins: where R + W > N a quorum finds it after the join, though another set of nodes owns the key.",
  source:
    "Apache Cassandra, CEP-21: Transactional Cluster Metadata; CASSANDRA-2434 and scylladb/scylladb issue 6128, where quorums missed such writes",
  cases: [caseOf("R + W ≤ N (R = W = 1)", true, 1), caseOf("R + W > N (R = W = 2)", false, 2)],
};
