/**
 * Project Voldemort 1.x with its client-side routing, as its design document and configuration reference describe it.
 * Times are milliseconds where its defaults are seconds: a request has 1 s instead of 5 s, and hints are pushed each
 * 250 ms instead of each 5 minutes (a scale of 1 to 1200).
 */
import { defaultSettings } from "../../../../store/settings.ts";
import type { Profile } from "./profile.ts";

export const voldemort: Profile = {
  settings: {
    ...defaultSettings,
    // stores.xml: replication-factor, required-reads and required-writes of its example with three replicas.
    n: 3,
    r: 2,
    w: 2,
    // routing: client. The client knows the ring and talks to the replicas itself.
    routing: "client",
    // A node that is no replica never counts: what it keeps for one is a hint (slop).
    quorums: "strict",
    // hinted-handoff-strategy
    hints: true,
    // A value carries a version vector; concurrent values are all returned, and resolved by the client.
    versions: "siblings",
    // After the answer the client writes newer values back to nodes that were behind.
    readRepair: "async",
    // Restoring and repair are tools that an operator runs.
    antiEntropy: false,
    virtualNodes: 16,
  },
  deviations: [
    "dotted version vectors minted by the first reachable replica, one actor a boot and no pruning, where the master's entry of a vector clock is incremented",
    "a concurrent put stands beside the others, where Voldemort refuses it with an obsolete version",
    "a read asks all N replicas, where Voldemort asks preferred-reads of them first, and repair waits until all have replied or the time is up",
    "a client learns that a node is down from its connection and does not count successes over time (its threshold failure detector)",
    "what a replica missed is handed as a hint to the next node that can be reached, whatever the strategy, while the client's time for it lasts",
    "every acknowledged write is synced (bdb.sync.transactions), where the default leaves syncing to the database",
    "deletes leave tombstones",
    "one zone, no rebalancing, no read-only stores",
  ],
};
