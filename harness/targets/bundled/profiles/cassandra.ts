/**
 * Apache Cassandra 4 with its documented defaults, at consistency level QUORUM for reads and writes. Some documented
 * times are so long that a history, which lasts seconds, would never reach them. These times are divided by 20, and the
 * hint window and the grace time by 180.
 */
import { defaultSettings } from "../../../../store/settings.ts";
import type { Profile } from "./profile.ts";

export const cassandra: Profile = {
  settings: {
    ...defaultSettings,
    // Replication factor 3, the common choice. Cassandra has no default for keyspaces.
    n: 3,
    // QUORUM is floor(N / 2) + 1 replicas.
    r: 2,
    w: 2,
    // A hint counts only for the consistency level ANY.
    quorums: "strict",
    // hinted_handoff_enabled: true. The coordinator keeps the hints.
    hints: true,
    // max_hint_window: 3h, divided by 180.
    hintWindowMs: 60_000,
    // gc_grace_seconds: 864000 (ten days), divided by 180.
    deletes: "grace",
    graceMs: 4_800_000,
    // The last write wins, by wall clock.
    versions: "stamps",
    stamps: "wall",
    // One replica sends the data, and the others send digests.
    reads: "digest",
    // read_repair = BLOCKING, which is a table's default.
    readRepair: "blocking",
    // `nodetool repair` runs only when an operator starts it.
    antiEntropy: false,
    // commitlog_sync: periodic, commitlog_sync_period: 10s, divided by 20.
    sync: "periodic",
    syncIntervalMs: 500,
    // num_tokens: 16
    virtualNodes: 16,
  },
  deviations: [
    "after a restart the grace time of a tombstone begins again; Cassandra counts from the wall clock of the coordinator",
    "a read asks all N replicas, one for data and the others for digests, and counts the first R, where Cassandra asks R of them; a digest names all versions instead of hashing them",
    "blocking read repair waits until N − R + 1 replicas hold the returned value, so at QUORUM of 3 replicas until two hold it, no matter which; it does not wait for repairs of the other replicas",
    "the coordinator gives the stamps, which are unique by node, boot and sequence number; a client cannot give its own stamp, and values never break a tie",
    "one requestTimeoutMs replaces write_request_timeout and read_request_timeout; a bound on hints under way replaces hinted_handoff_throttle",
    "no speculative retry, no lightweight transactions, no batches, one cell a row",
  ],
};
