/**
 * Project Voldemort 1.x with client-side routing, as its design document and configuration reference describe it. Times
 * are shorter than Voldemort's defaults: a request has 1 s instead of 5 s, and hints are pushed every 250 ms instead of
 * every 5 minutes.
 */
import { defaultSettings } from "../../../../store/settings.ts";
import type { Profile } from "./profile.ts";

export const voldemort: Profile = {
  settings: {
    ...defaultSettings,
    // stores.xml: replication-factor, required-reads and required-writes of the example with three replicas.
    n: 3,
    r: 2,
    w: 2,
    // routing: client. The client knows the ring and asks the replicas itself.
    routing: "client",
    // Only replicas count. What another node keeps for a replica is a hint (slop).
    quorums: "strict",
    // Voldemort's setting hinted-handoff-strategy turns hints on.
    hints: true,
    // A value carries a version vector. A read returns all concurrent values, and the client resolves them.
    versions: "siblings",
    // After its answer the client writes newer values back to stale nodes.
    readRepair: "async",
    // Restore and repair run only when an operator starts them.
    antiEntropy: false,
    virtualNodes: 16,
  },
  deviations: [
    "the first reachable replica issues dotted version vectors with one actor per boot and no pruning; Voldemort increments the master's entry of a vector clock",
    "a concurrent put becomes a sibling; Voldemort refuses it because its version is obsolete",
    "a read asks all N replicas, where Voldemort asks preferred-reads of them first, and repair waits until all have replied or the time is up",
    "a client learns that a node is down from its connection and does not count successes over time (its threshold failure detector)",
    "a write that a replica missed goes as a hint to the next reachable node, and only until the client's timeout; Voldemort has several hint strategies",
    "every acknowledged write is synced (bdb.sync.transactions); by default Voldemort leaves syncing to the database",
    "deletes leave tombstones",
    "one zone, no rebalancing, no read-only stores",
  ],
};
