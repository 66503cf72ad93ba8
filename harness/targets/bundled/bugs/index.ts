/**
 * The planted bugs, which test the tester. Each is a file <name>.ts in this folder, whose default export replaces one
 * or more parts of the store.
 */
import type { GuaranteeName } from "../../../../checkers/index.ts";
import { profiles } from "../profiles/index.ts";
import type { PlanOptions } from "../../../../generators/index.ts";
import type { StoreSettings } from "../../../../store/settings.ts";

export interface PlantedBug {
  /** The guarantees of which the bug must break at least one. */
  readonly breaks: readonly GuaranteeName[];
  /**
   * The guarantees that show the bug to clients and inspection, without evidence. If nothing shows it, a sentence
   * without capital and full stop that says why. Absent: the same guarantees as `breaks`.
   */
  readonly withoutEvidence?: readonly GuaranteeName[] | string;
  /** Settings under which the bug shows and the healthy store keeps its promises. */
  readonly settings: Partial<StoreSettings>;
  /** The sizes of the bug's plans, if only larger plans reach a limit. Absent: the usual sizes. */
  readonly sizes?: Pick<PlanOptions, "operations" | "keys">;
  /** The kinds of fault that the bug's hunt uses. Empty: the bug shows without faults. */
  readonly faults: readonly string[];
  readonly story: string;
  /** The real bug, the class of bugs or the text that the planted bug comes from. */
  readonly source: string;
}

const anyFault = ["partition", "kill", "pause"];
/** Dead links are noticed soon and requests give up soon. Replicas then miss writes, which repairs must bring back. */
const soonDead = { requestTimeoutMs: 250, pingIntervalMs: 100, silenceMs: 400 } as const;
const handoffAlone = {
  ...soonDead,
  quorums: "strict",
  hints: true,
  readRepair: "off",
  antiEntropy: false,
  sync: "group",
} as const;
const exchangesAlone = {
  pingIntervalMs: 100,
  silenceMs: 400,
  quorums: "strict",
  hints: false,
  readRepair: "off",
  antiEntropy: true,
  deletes: "keep",
  r: 1,
  w: 1,
} as const;
/**
 * Only a slow handoff brings a missed write to a replica. So a replica that a bug wrongly counts stays without the
 * write for a while, and a read of this replica alone shows that.
 */
const slowHandoff = {
  versions: "stamps",
  quorums: "strict",
  r: 1,
  w: 3,
  hints: true,
  readRepair: "off",
  antiEntropy: false,
  handoffIntervalMs: 2000,
} as const;

/** Nothing repairs: only a membership change, if the plan has one, brings a node what it missed. */
const unrepaired = {
  ...soonDead,
  versions: "stamps",
  quorums: "strict",
  hints: false,
  readRepair: "off",
  antiEntropy: false,
  deletes: "keep",
} as const;
/** An acknowledged write may be only on a fallback node, which hands it over late. */
const sloppyChanging = {
  ...handoffAlone,
  versions: "stamps",
  quorums: "sloppy",
  r: 1,
  w: 1,
  handoffIntervalMs: 2000,
  deletes: "keep",
} as const;

export const bugs: Readonly<Record<string, PlantedBug>> = {
  "quorum-off-by-one": {
    breaks: ["acknowledged"],
    withoutEvidence: ["durable", "regular-stamped", "read-your-writes"],
    settings: {},
    faults: [],
    story: "a write is acknowledged after W − 1 replicas",
    source: "classic",
  },
  "duplicate-ack": {
    breaks: ["acknowledged"],
    withoutEvidence: ["durable", "regular-stamped", "read-your-writes"],
    settings: {
      nodes: 3,
      quorums: "strict",
      hints: false,
      r: 1,
      w: 3,
      requestTimeoutMs: 2000,
      silenceMs: 4000,
    },
    faults: ["partition"],
    story: "a second reply of the same replica counts toward W",
    source: "classic",
  },
  "hint-counts-as-replica": {
    breaks: ["acknowledged", "regular-stamped"],
    settings: slowHandoff,
    faults: anyFault,
    story: "a hint counts toward W of a strict quorum",
    source: "Cassandra's notes on hinted handoff",
  },
  "read-short-quorum": {
    breaks: ["acknowledged", "regular-stamped"],
    settings: { nodes: 3, quorums: "strict", r: 2, w: 2, requestTimeoutMs: 250, silenceMs: 3000 },
    faults: ["partition", "pause"],
    story: "a read that lacks one reply when its time is up succeeds nevertheless",
    source: "classic",
  },
  "merge-of-first": {
    breaks: ["regular-stamped"],
    settings: { readRepair: "off", antiEntropy: false },
    faults: anyFault,
    story: "the coordinator returns the first of R replies, not their merge",
    source: "CASSANDRA-1830's class",
  },
  "notfound-ends-read": {
    breaks: ["acknowledged", "regular-stamped"],
    // Replicas with full disks miss writes that another replica acknowledges, and still answer reads.
    settings: {
      nodes: 3,
      quorums: "strict",
      versions: "stamps",
      r: 3,
      w: 1,
      hints: false,
      readRepair: "off",
      antiEntropy: false,
    },
    faults: ["disk-full"],
    story: "with R = N and W = 1, not-found replies from a majority end a read",
    source: "OpenRiak #114's class",
  },
  "ack-before-fsync": {
    breaks: ["acknowledged", "durable"],
    settings: {},
    faults: ["kill"],
    story: "a replica confirms a write that it holds only in memory",
    source: "etcd #14370's class; Cassandra's periodic commit log",
  },
  "recovery-stops-early": {
    breaks: ["durable", "regular-stamped"],
    settings: { sync: "group" },
    faults: ["kill"],
    story: "recovery stops after the first sealed segment and ignores newer segments",
    source: "CASSANDRA-14861's class",
  },
  "torn-tail-kept": {
    breaks: ["no-thin-air", "durable"],
    // A power loss hits records that are not synced yet. A read of one of the two replicas shows what this replica
    // lost.
    settings: {
      nodes: 2,
      n: 2,
      versions: "stamps",
      quorums: "strict",
      r: 1,
      w: 2,
      sync: "periodic",
    },
    faults: ["power", "disk"],
    story: "recovery keeps a half-written last record",
    source: "classic",
  },
  "shared-actor": {
    breaks: ["siblings-2", "siblings-6"],
    settings: { versions: "siblings" },
    faults: anyFault,
    story: "all nodes issue versions under the same actor name",
    source: "riak_test kv679_uid",
  },
  "lww-arrival-order": {
    breaks: ["converged"],
    settings: { versions: "stamps", quorums: "strict", readRepair: "off" },
    faults: anyFault,
    story: "each replica keeps the write that arrived last, whatever the stamps say",
    source: "Riak last_write_wins blind put",
  },
  "tie-by-arrival": {
    breaks: ["converged"],
    settings: { nodes: 3, versions: "stamps", quorums: "strict" },
    faults: anyFault,
    story: "of two versions with stamps of the same 10 ms each replica keeps the one it saw first",
    source: "CASSANDRA-1039",
  },
  "future-clock-wins": {
    breaks: ["regular", "durable"],
    settings: { stamps: "quorum" },
    faults: ["clock"],
    story:
      "a write asks a quorum for the newest stamp, but takes its stamp from the node's own clock",
    source: "Aphyr, The trouble with timestamps",
  },
  "actor-amnesia": {
    breaks: ["durable", "siblings-6"],
    // Anti-entropy is slow, so a replica that lost its data gets it back late. With R = W = N = 4, several replicas may
    // lose data while the promises still hold.
    settings: {
      nodes: 4,
      n: 4,
      r: 4,
      w: 4,
      versions: "siblings",
      quorums: "strict",
      hints: false,
      antiEntropyIntervalMs: 2000,
    },
    faults: ["disk"],
    story: "a node that lost its data issues dots under its old actor name and counts from 1 again",
    source: "riak_kv #679, PR #1643",
  },
  "server-version-vector": {
    breaks: ["siblings-2"],
    settings: { versions: "siblings" },
    faults: anyFault,
    story:
      "with one version vector entry per server, concurrent puts through one node overwrite each other",
    source: "Dotted Version Vectors (2012)",
  },
  "sibling-explosion": {
    breaks: ["siblings-3"],
    settings: { versions: "siblings" },
    faults: anyFault,
    story: "a put does not remove the siblings that its context covers",
    source: "Dotted Version Vectors (2012); Riak docs",
  },
  "read-bumps-clock": {
    breaks: ["repair-quiescent"],
    withoutEvidence: ["durable", "regular-stamped"],
    settings: { versions: "stamps", readRepair: "async" },
    faults: anyFault,
    story: "each read writes back a new version",
    source: "riak_kv PR #334",
  },
  "repair-drops-sibling": {
    breaks: ["siblings-2"],
    settings: { versions: "siblings", readRepair: "async" },
    faults: anyFault,
    story: "read repair writes back one sibling with the context of all siblings",
    source: "classic",
  },
  "repair-not-awaited": {
    breaks: ["monotonic-reads", "linearizable"],
    // All replicas must confirm a write, but a read of one replica shows it early. One slow disk is enough for the bug
    // to show.
    settings: { ...profiles.strict.settings, r: 1, w: 3 },
    faults: ["slow-disk"],
    story: "a read with blocking read repair answers before the repair is durable",
    source: "CASSANDRA-4792, CASSANDRA-14740",
  },
  "repair-only-stale-one": {
    breaks: ["converged"],
    settings: {
      quorums: "strict",
      hints: false,
      readRepair: "async",
      antiEntropy: false,
      r: 2,
      w: 1,
    },
    faults: anyFault,
    story: "read repair updates only the first stale replica",
    source: "ScyllaDB #23754's class",
  },
  "repair-restamps": {
    breaks: ["durable", "regular-stamped"],
    settings: {
      nodes: 3,
      versions: "stamps",
      quorums: "strict",
      readRepair: "async",
      antiEntropy: false,
    },
    faults: anyFault,
    story: "read repair writes a value back under a new stamp",
    source: "the opposite of Cassandra's rule",
  },
  "hint-lost-on-restart": {
    breaks: ["converged"],
    // Handoff waits longer than faults last, so that hints are still undelivered when the final phase restarts all
    // nodes.
    settings: { ...handoffAlone, handoffIntervalMs: 5000 },
    faults: ["partition"],
    story: "hints are kept in memory only",
    source: "riak_core #154",
  },
  "hint-never-sent": {
    breaks: ["converged"],
    settings: { ...handoffAlone, handoffIntervalMs: 10 },
    faults: ["partition"],
    story:
      "a hint delivery is marked as under way before the node checks whether the hint's target is reachable",
    source: "CASSANDRA-2928",
  },
  "hint-window-silent": {
    breaks: ["converged"],
    settings: handoffAlone,
    faults: ["partition"],
    story: "hints older than a window are dropped",
    source: "Cassandra max_hint_window",
  },
  "hint-restamps": {
    breaks: ["durable"],
    settings: { versions: "stamps", quorums: "strict", hints: true, sync: "group" },
    faults: ["partition", "kill"],
    story: "handoff gives a write a stamp with the time of the delivery",
    source: "classic",
  },
  "pruned-context": {
    breaks: ["siblings-2", "siblings-3"],
    settings: { versions: "siblings" },
    faults: anyFault,
    story:
      "a context keeps only two actors, or all actors of the current versions if these are more than two",
    source: "Riak PR #26, #1866",
  },
  "merkle-stale-leaf": {
    breaks: ["converged"],
    settings: { ...exchangesAlone, nodes: 3 },
    faults: anyFault,
    story: "the Merkle tree's leaf of a deleted key is not updated",
    source: "riak_core #828",
  },
  "merkle-unstable-hash": {
    breaks: ["repair-quiescent"],
    withoutEvidence:
      "replicas and reads agree, and only the exchanges between replicas show the bug, since they never end",
    settings: { versions: "siblings" },
    faults: anyFault,
    story: "the hash of a state depends on the order in which its siblings arrived",
    source: "riak_kv #1189",
  },
  "merkle-one-way": {
    breaks: ["converged"],
    settings: exchangesAlone,
    faults: anyFault,
    story: "in an exchange only the node with the lower number sends copies",
    source: "CASSANDRA-6808's class",
  },
  "range-wrong-neighbour": {
    breaks: ["converged"],
    settings: { ...exchangesAlone, nodes: 7, n: 2 },
    faults: anyFault,
    story: "a node compares each range with the next node by number, whichever node owns the range",
    source: "CASSANDRA-6808",
  },
  "retry-applies-twice": {
    breaks: ["siblings-7"],
    settings: { ...soonDead, versions: "siblings" },
    faults: anyFault,
    story: "a put that one replica did not answer in time is passed on to a second replica",
    source: "riak_kv #1188",
  },
  "dirty-fail": {
    breaks: ["no-aborted-read"],
    settings: { quorums: "strict" },
    faults: anyFault,
    story: "a write that some replica stored fails with a definite error",
    source: "Jepsen on Aerospike",
  },
  "sloppy-as-strict": {
    breaks: ["acknowledged", "regular-stamped"],
    settings: slowHandoff,
    faults: anyFault,
    story: "fallback nodes count toward strict quorums",
    source: "Designing Data-Intensive Applications, sloppy quorums",
  },
  "pause-then-commit": {
    breaks: ["acknowledged", "regular-stamped"],
    settings: {},
    faults: ["pause"],
    story: "after a pause a node answers reads from replies that it collected before the pause",
    source: "Jepsen on Aerospike",
  },
  doomstone: {
    breaks: ["durable"],
    settings: {
      ...soonDead,
      versions: "siblings",
      quorums: "sloppy",
      hints: true,
      deletes: "reap",
      graceMs: 50,
      handoffIntervalMs: 1000,
    },
    faults: ["partition", "kill"],
    story: "when a key is put again after its tombstone was dropped, its dot counter starts again",
    source: "riak_kv #679, PR #1094",
  },
  "early-reap": {
    breaks: ["no-resurrection"],
    settings: {
      ...soonDead,
      nodes: 3,
      quorums: "strict",
      hints: false,
      r: 2,
      w: 2,
      deletes: "reap",
      graceMs: 50,
    },
    faults: anyFault,
    story: "a tombstone is dropped before every replica has it",
    source: "riak_kv #311",
  },
  "zombie-delete": {
    breaks: ["no-resurrection"],
    settings: {
      nodes: 3,
      versions: "stamps",
      quorums: "strict",
      hints: false,
      r: 2,
      w: 2,
      antiEntropy: true,
      deletes: "grace",
      graceMs: 60_000,
    },
    faults: anyFault,
    story:
      "a tombstone is dropped after a thousandth of its grace time, while a replica is still away",
    source: "ScyllaDB #8970",
  },
  "reap-one-side": {
    breaks: ["repair-quiescent"],
    withoutEvidence:
      "each replica drops its tombstone at its own time, and only the exchanges between replicas show that it is copied back",
    settings: { quorums: "strict", hints: false, antiEntropy: true, deletes: "reap", graceMs: 50 },
    faults: anyFault,
    story: "anti-entropy copies dropped tombstones back to the nodes that dropped them",
    source: "riak_kv #1813",
  },
  "handoff-stuck": {
    breaks: ["converged"],
    settings: { ...handoffAlone, handoffIntervalMs: 50 },
    faults: ["partition", "kill", "pause"],
    story: "after a failed hint delivery a node does not try that target again until it restarts",
    source: "CASSANDRA-2928's class",
  },
  "same-stamp-in-tick": {
    breaks: ["unique-stamps"],
    settings: { versions: "stamps", stamps: "wall", quorums: "strict" },
    faults: [],
    story: "a stamp is only the coordinator's name and a clock value in ticks of 10 ms",
    source: "Cassandra clients with millisecond timestamps",
  },
  "stamp-without-node": {
    breaks: ["unique-stamps"],
    settings: { versions: "stamps", stamps: "wall" },
    faults: [],
    story: "a stamp is a clock value in milliseconds, without the coordinator's name",
    source: "classic",
  },
  "hybrid-forgets": {
    breaks: ["writes-follow-reads"],
    settings: { versions: "stamps", stamps: "hybrid" },
    faults: ["clock"],
    story: "a hybrid clock ignores the stamps that its node sees",
    source: "Kulkarni et al., OPODIS 2014",
  },
  "trusts-partial-snapshot": {
    breaks: ["retained"],
    withoutEvidence:
      "the node loses only records that other nodes have, so clients see one replica that is behind, which quorums allow",
    settings: { segmentBytes: 256, hints: false, antiEntropy: false, readRepair: "off" },
    faults: ["kill", "power", "slow-disk"],
    story:
      "recovery reads nothing older than the newest snapshot, even if that snapshot is incomplete",
    source: "classic",
  },
  "wrap-range-skipped": {
    breaks: ["converged"],
    settings: exchangesAlone,
    faults: anyFault,
    story: "anti-entropy never compares the range that wraps around the ring",
    source: "classic",
  },
  "quorum-of-quorum": {
    breaks: ["acknowledged"],
    withoutEvidence: ["durable", "regular-stamped", "read-your-writes"],
    settings: { nodes: 5, n: 5, r: 3, w: 3 },
    faults: anyFault,
    story: "a write at QUORUM waits only for a majority of the quorum",
    source: "CASSANDRA-1487",
  },
  "hinted-delete-forgotten": {
    breaks: ["converged"],
    settings: { ...handoffAlone, deletes: "keep" },
    faults: anyFault,
    story: "the hint of a delete hands over nothing",
    source: "Voldemort d7d7349de, 26c991c2f",
  },
  "segment-tail-skipped": {
    breaks: ["retained", "durable"],
    settings: { segmentBytes: 256 },
    faults: ["kill"],
    story: "replay ends one record before the end of each full segment",
    source: "CASSANDRA-13282",
  },
  "shows-unsynced": {
    breaks: ["no-dirty-read"],
    withoutEvidence:
      "the node syncs what it showed a moment later, and only the recorded syncs show that order",
    settings: { sync: "group" },
    faults: anyFault,
    story: "a replica returns data to readers before it has synced the data",
    source: "classic",
  },
  "bad-record-ends-replay": {
    breaks: ["retained"],
    withoutEvidence:
      "damage to the disk excuses lost records, and only the Host knows which records the damage reached",
    settings: {},
    faults: ["disk"],
    story: "one damaged record ends the replay of the log",
    source: "classic",
  },
  "serves-before-recovered": {
    breaks: ["retained"],
    withoutEvidence:
      "for clients, a node that answers too early is only one replica that is behind, which quorums allow",
    // Links reconnect fast, so that peers reach a node before its slow recovery ends.
    settings: { reconnectFirstMs: 5, reconnectCapMs: 20 },
    faults: ["kill", "slow-disk"],
    story: "a node serves before it has read its logs",
    source: "classic",
  },
  "primaries-checked-before": {
    breaks: ["acknowledged", "read-your-writes"],
    withoutEvidence: "clients are promised something only if PR + PW > N, which plans rarely draw",
    settings: { ...soonDead, quorums: "sloppy", hints: true, readRepair: "off" },
    faults: anyFault,
    story: "PR is checked only when a read begins, and PW is not checked at all",
    source: "riak_kv #388's class",
  },
  "snapshot-drops-tombstones": {
    breaks: ["retained"],
    withoutEvidence: ["durable", "regular-stamped", "read-your-writes"],
    settings: { segmentBytes: 256, deletes: "keep" },
    faults: ["kill"],
    story: "compaction leaves tombstones out",
    source: "classic",
  },
  "snapshot-misses-last": {
    breaks: ["retained"],
    withoutEvidence: ["durable", "regular-stamped", "read-your-writes"],
    settings: { segmentBytes: 256 },
    faults: ["kill"],
    story: "a snapshot ends one record too early",
    source: "classic",
  },
  "stamp-of-first": {
    breaks: ["regular"],
    settings: { versions: "stamps", stamps: "quorum", quorums: "strict" },
    faults: anyFault,
    story:
      "a write takes a stamp above the one in the first reply, not above the newest stamp of all replies",
    source: "Lynch and Shvartsman, FTCS 1997",
  },
  "stamp-from-one": {
    breaks: ["regular"],
    settings: { versions: "stamps", stamps: "quorum", quorums: "strict" },
    faults: anyFault,
    story: "a write reads the newest stamp from one replica, not from a quorum",
    source: "Lynch and Shvartsman, FTCS 1997",
  },
  "leaf-hash-of-keys": {
    breaks: ["converged"],
    settings: exchangesAlone,
    faults: anyFault,
    story: "Merkle trees hash the keys, but not their values",
    source: "classic",
  },
  "repair-skips-absent": {
    breaks: ["converged"],
    settings: {
      ...soonDead,
      quorums: "strict",
      hints: false,
      readRepair: "async",
      antiEntropy: false,
    },
    faults: anyFault,
    story: "read repair leaves out replicas that hold nothing",
    source: "classic",
  },
  "late-answer-from-few": {
    breaks: ["acknowledged"],
    withoutEvidence: ["durable", "regular-stamped", "read-your-writes"],
    settings: { ...soonDead, quorums: "strict" },
    faults: anyFault,
    story: "a read whose time is up answers from fewer than R replies",
    source: "classic",
  },
  "replay-keeps-first": {
    breaks: ["retained", "durable"],
    settings: {},
    faults: ["kill"],
    story: "replay keeps the first record of each key",
    source: "classic",
  },
  "dropped-tombstone-unshadows": {
    breaks: ["no-resurrection"],
    withoutEvidence: "only the recorded syncs show that every replica received the delete in time",
    settings: {
      ...soonDead,
      versions: "stamps",
      quorums: "strict",
      hints: false,
      deletes: "grace",
      graceMs: 1000,
      sync: "group",
      segmentBytes: 1 << 20,
    },
    faults: ["kill"],
    story: "replay leaves out dropped tombstones, so the values that they had deleted come back",
    source: "Apache Cassandra's documentation, Compaction: when a tombstone is purged",
  },
  "few-repairs-an-exchange": {
    breaks: ["converged"],
    // All keys are in one range, and few exchanges fit into the bound.
    settings: { ...exchangesAlone, nodes: 3, n: 3, antiEntropyIntervalMs: 2000 },
    sizes: { operations: { min: 150, max: 300 }, keys: { min: 50, max: 100 } },
    faults: ["partition"],
    story: "a step of an exchange sends at most one key",
    source: "riak_kv #1793, #1805",
  },
  "hint-keeps-first": {
    breaks: ["converged"],
    settings: { ...handoffAlone, handoffIntervalMs: 1000 },
    faults: ["partition"],
    story: "of several writes of one key a hint keeps only the first",
    source: "classic",
  },
  "write-back-one-short": {
    breaks: ["monotonic-reads", "linearizable"],
    settings: { ...profiles.strict.settings, r: 1, w: 3 },
    faults: ["slow-disk", "partition"],
    story:
      "a read with write-back returns before the last required replica holds the returned value",
    source: "Attiya, Bar-Noy, Dolev, JACM 1995",
  },
  "blind-put-overwrites": {
    breaks: ["siblings-5", "siblings-2"],
    settings: { versions: "siblings" },
    faults: [],
    story: "a put without a context supersedes all siblings",
    source: "Riak's documentation, allow_mult",
  },
  "hint-before-sync": {
    breaks: ["acknowledged", "durable"],
    settings: { ...soonDead, versions: "stamps", quorums: "sloppy", hints: true, sync: "group" },
    faults: ["partition", "kill"],
    story: "a fallback node confirms a hint that counts toward W before it has synced the hint",
    source: "Cassandra hints_flush_period",
  },
  "read-prefers-values": {
    breaks: ["no-resurrection", "regular-stamped"],
    settings: { ...unrepaired, r: 2, w: 2 },
    faults: anyFault,
    story: "a read treats a replica with a tombstone like a replica that holds nothing",
    source: "classic",
  },
  "repair-skips-tombstones": {
    breaks: ["converged"],
    settings: {
      ...soonDead,
      versions: "stamps",
      quorums: "strict",
      hints: false,
      readRepair: "async",
      antiEntropy: false,
      deletes: "keep",
    },
    faults: anyFault,
    story: "read repair sends no tombstones",
    source: "classic",
  },
  "next-peer-only": {
    breaks: ["converged"],
    settings: { ...exchangesAlone, nodes: 7, n: 3 },
    faults: anyFault,
    story: "each node compares its data only with the next node by number that shares keys",
    source: "the class of Cassandra repairs with -pr on some nodes",
  },
  "stale-ring-on-one": {
    breaks: ["acknowledged"],
    withoutEvidence: ["durable", "regular-stamped", "read-your-writes"],
    settings: { nodes: 5, quorums: "strict" },
    faults: [],
    story: "one node uses a different preference list than all other nodes",
    source: "classic",
  },
  "one-node-reaps-early": {
    breaks: ["no-resurrection"],
    settings: {
      ...soonDead,
      nodes: 3,
      quorums: "strict",
      hints: false,
      r: 2,
      w: 2,
      deletes: "reap",
      graceMs: 50,
    },
    faults: anyFault,
    story: "one node drops tombstones immediately",
    source: "classic",
  },
  "pending-owner-unwritten": {
    breaks: ["acknowledged"],
    settings: { quorums: "strict" },
    faults: ["membership"],
    story: "until a ring change is complete, writes go only to the old owners",
    source: "CASSANDRA-14801's class",
  },
  "writes-move-with-reads": {
    breaks: ["acknowledged"],
    settings: { quorums: "strict" },
    faults: ["membership"],
    story: "writes go only to the new owners while some nodes still read from the old owners",
    source: "scylladb/scylladb #6128",
  },
  "cleanup-by-old-ring": {
    breaks: ["converged", "durable", "regular-stamped"],
    settings: handoffAlone,
    faults: ["membership"],
    story: "the clean-up after a ring change drops data that a new owner has just received",
    source: "CASSANDRA-16418",
  },
  "ring-by-version-alone": {
    breaks: ["ring-agreed"],
    settings: { quorums: "strict" },
    faults: ["membership"],
    story: "of two rings with the same version each node keeps the one it saw first",
    source: "classic",
  },
  "waits-for-the-dead": {
    breaks: ["ring-agreed"],
    settings: { quorums: "strict" },
    faults: ["membership"],
    story: "a ring change waits for members that are declared dead",
    source: "classic",
  },
  "hint-to-former-owner": {
    breaks: ["durable", "converged", "ring-agreed"],
    settings: sloppyChanging,
    faults: ["membership", "kill"],
    story: "a hint goes to the node that it was kept for, even if that node no longer owns the key",
    source: "scylladb/scylladb #24980",
  },
  "passed-on-twice": {
    breaks: ["siblings-7"],
    settings: { versions: "siblings", quorums: "strict" },
    faults: ["membership", "delay"],
    story:
      "a put that a node with an older ring passes on is carried out and yet answered as refused",
    source: "riak_kv #1046",
  },
  "joiner-takes-any-owner": {
    breaks: ["regular-stamped", "durable"],
    settings: { ...unrepaired, nodes: 4, n: 2, r: 2, w: 1 },
    faults: ["membership", "kill"],
    story: "a new owner takes each key from any owner, not from the one that it displaces",
    source: "CASSANDRA-2434",
  },
  "hint-dropped-with-owner": {
    breaks: ["durable"],
    settings: { ...sloppyChanging, nodes: 4, n: 1 },
    faults: ["membership", "kill"],
    story: "a hint for a node that no longer owns the key is dropped",
    source: "scylladb/scylladb #20558",
  },
  "tombstones-not-streamed": {
    breaks: ["handed-over", "no-resurrection"],
    withoutEvidence: ["no-resurrection"],
    settings: { ...unrepaired, nodes: 4, n: 2, r: 2, w: 1 },
    faults: ["membership", "kill"],
    story: "new owners get values of former owners, but no tombstones",
    source: "palantir/cassandra PR 49; scylladb/scylladb PR 20788",
  },
  "broken-stream-is-done": {
    breaks: ["handed-over", "regular-stamped", "durable"],
    settings: { ...unrepaired, nodes: 4, n: 1, r: 1, w: 1 },
    faults: ["membership", "pause"],
    story: "a stream to a new owner that breaks off counts as done",
    source: "dalmatinerdb #126",
  },
  "old-ring-accepted": {
    breaks: ["handed-over", "regular-stamped", "durable"],
    settings: { ...unrepaired, requestTimeoutMs: 1000, nodes: 4, n: 1, r: 1, w: 1 },
    faults: ["membership", "slow-disk"],
    story: "replicas accept writes from coordinators that still use the old ring",
    source: "scylladb/scylladb #5252",
  },
  "rebuild-from-one": {
    breaks: ["handed-over", "converged"],
    withoutEvidence:
      "clients see a loss only if the other replicas are not asked either, and only the recorded syncs show what the new node lacks",
    settings: { ...unrepaired, nodes: 3, n: 3, r: 2, w: 2 },
    faults: ["membership", "kill"],
    story: "a node that replaces a dead one gets each key from a single replica",
    source: "scylladb/scylladb #10887",
  },
  "dropped-after-one": {
    breaks: ["handed-over"],
    withoutEvidence:
      "clients see the loss only if the owner that has the data fails afterwards, which plans rarely draw",
    settings: { ...unrepaired, nodes: 4, n: 2, r: 2, w: 1 },
    faults: ["membership", "kill"],
    story: "a node drops a key that it no longer owns once one owner has it, not once all have it",
    source: "classic",
  },
  "leaving-node-not-asked": {
    breaks: ["handed-over", "regular-stamped", "durable"],
    settings: { ...unrepaired, nodes: 4, n: 2, r: 2, w: 1 },
    faults: ["membership", "kill"],
    story: "new owners do not ask a leaving node for its data",
    source: "scylladb/scylladb #12989's class",
  },
};
