/**
 * The planted bugs, which test the tester. Each is a file <name>.ts in this folder, whose default export replaces a
 * part of the store.
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
    story: "a read one reply short when its time is up is answered all the same",
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
    story: "not-founds from a majority end a read though R = N, W = 1",
    source: "OpenRiak #114's class",
  },
  "ack-before-fsync": {
    breaks: ["acknowledged", "durable"],
    settings: {},
    faults: ["kill"],
    story: "a replica confirms a write that is still in its memory",
    source: "etcd #14370's class; Cassandra's periodic commit log",
  },
  "recovery-stops-early": {
    breaks: ["durable", "regular-stamped"],
    settings: { sync: "group" },
    faults: ["kill"],
    story: "recovery stops at the first sealed segment; newer ones are ignored",
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
    story: "all nodes mint versions under one actor",
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
    story: "of equal stamps each replica keeps the one it saw first",
    source: "CASSANDRA-1039",
  },
  "future-clock-wins": {
    breaks: ["regular", "durable"],
    settings: { stamps: "quorum" },
    faults: ["clock"],
    story: "a quorum is asked for the newest stamp, and the node's own clock is taken",
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
    story: "a node that lost its data mints dots under its old name, from one again",
    source: "riak_kv #679, PR #1643",
  },
  "server-version-vector": {
    breaks: ["siblings-2"],
    settings: { versions: "siblings" },
    faults: anyFault,
    story: "version vectors by server: concurrent puts through one node conflate",
    source: "Dotted Version Vectors (2012)",
  },
  "sibling-explosion": {
    breaks: ["siblings-3"],
    settings: { versions: "siblings" },
    faults: anyFault,
    story: "what a put's context covers is not removed",
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
    story: "read repair writes one sibling back under the context of all",
    source: "classic",
  },
  "repair-not-awaited": {
    breaks: ["monotonic-reads", "linearizable"],
    // All replicas must confirm a write, but a read of one replica shows it early. One slow disk is enough for the bug
    // to show.
    settings: { ...profiles.strict.settings, r: 1, w: 3 },
    faults: ["slow-disk"],
    story: "blocking read repair answers before the repair is durable",
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
    story: "read repair goes to the first stale replica only",
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
    story: "repair writes back under a fresh stamp",
    source: "the inverse of Cassandra's rule",
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
    story: "the flag of a delivery under way is set before the target is known to be reachable",
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
    story: "handoff gives a write the time of its delivery",
    source: "classic",
  },
  "pruned-context": {
    breaks: ["siblings-2", "siblings-3"],
    settings: { versions: "siblings" },
    faults: anyFault,
    story: "contexts are cut to two actors",
    source: "Riak PR #26, #1866",
  },
  "merkle-stale-leaf": {
    breaks: ["converged"],
    settings: { ...exchangesAlone, nodes: 3 },
    faults: anyFault,
    story: "a deleted key's leaf is not updated",
    source: "riak_core #828",
  },
  "merkle-unstable-hash": {
    breaks: ["repair-quiescent"],
    withoutEvidence:
      "replicas hold the same and clients read it; only exchanges between them never end",
    settings: { versions: "siblings" },
    faults: anyFault,
    story: "equal states hash by the order in which siblings came",
    source: "riak_kv #1189",
  },
  "merkle-one-way": {
    breaks: ["converged"],
    settings: exchangesAlone,
    faults: anyFault,
    story: "only the lower-numbered node of a pair sends copies",
    source: "CASSANDRA-6808's class",
  },
  "range-wrong-neighbour": {
    breaks: ["converged"],
    settings: { ...exchangesAlone, nodes: 7, n: 2 },
    faults: anyFault,
    story: "ranges are compared with the next node, whoever owns them",
    source: "CASSANDRA-6808",
  },
  "retry-applies-twice": {
    breaks: ["siblings-7"],
    settings: { ...soonDead, versions: "siblings" },
    faults: anyFault,
    story: "a put passed on in vain is passed on to a second replica",
    source: "riak_kv #1188",
  },
  "dirty-fail": {
    breaks: ["no-aborted-read"],
    settings: { quorums: "strict" },
    faults: anyFault,
    story: "a write that some replica took fails with a definite error",
    source: "Jepsen on Aerospike",
  },
  "sloppy-as-strict": {
    breaks: ["acknowledged", "regular-stamped"],
    settings: slowHandoff,
    faults: anyFault,
    story: "nodes that stand in count toward strict quorums",
    source: "Designing Data-Intensive Applications, sloppy quorums",
  },
  "pause-then-commit": {
    breaks: ["acknowledged", "regular-stamped"],
    settings: {},
    faults: ["pause"],
    story: "after a stop reads are answered from replies collected before it",
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
    story: "a key that is put again after its tombstone was dropped restarts its counter",
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
    story: "a tombstone is collected though a replica was away for longer",
    source: "ScyllaDB #8970",
  },
  "reap-one-side": {
    breaks: ["repair-quiescent"],
    withoutEvidence:
      "a dropped tombstone and one that is kept are the same to clients and to inspection",
    settings: { quorums: "strict", hints: false, antiEntropy: true, deletes: "reap", graceMs: 50 },
    faults: anyFault,
    story: "anti-entropy copies dropped tombstones back",
    source: "riak_kv #1813",
  },
  "handoff-stuck": {
    breaks: ["converged"],
    settings: { ...handoffAlone, handoffIntervalMs: 50 },
    faults: ["partition", "kill", "pause"],
    story: "a target whose delivery failed is never tried again by this boot",
    source: "CASSANDRA-2928's class",
  },
  "same-stamp-in-tick": {
    breaks: ["unique-stamps"],
    settings: { versions: "stamps", stamps: "wall", quorums: "strict" },
    faults: [],
    story: "stamps are ticks of 10 ms and the coordinator's name",
    source: "Cassandra clients with millisecond timestamps",
  },
  "stamp-without-node": {
    breaks: ["unique-stamps"],
    settings: { versions: "stamps", stamps: "wall" },
    faults: [],
    story: "stamps are milliseconds without the coordinator's name",
    source: "classic",
  },
  "hybrid-forgets": {
    breaks: ["writes-follow-reads"],
    settings: { versions: "stamps", stamps: "hybrid" },
    faults: ["clock"],
    story: "a hybrid clock does not take in the stamps that its node sees",
    source: "Kulkarni et al., OPODIS 2014",
  },
  "trusts-partial-snapshot": {
    breaks: ["retained"],
    withoutEvidence: "one node loses records that the others have, so that it is only behind",
    settings: { segmentBytes: 256, hints: false, antiEntropy: false, readRepair: "off" },
    faults: ["kill", "power", "slow-disk"],
    story: "recovery reads nothing older than the newest snapshot, whole or not",
    source: "classic",
  },
  "wrap-range-skipped": {
    breaks: ["converged"],
    settings: exchangesAlone,
    faults: anyFault,
    story: "the range that wraps around the ring is never compared",
    source: "classic",
  },
  "quorum-of-quorum": {
    breaks: ["acknowledged"],
    withoutEvidence: ["durable", "regular-stamped", "read-your-writes"],
    settings: { nodes: 5, n: 5, r: 3, w: 3 },
    faults: anyFault,
    story: "a write waits for the quorum of the quorum",
    source: "CASSANDRA-1487",
  },
  "hinted-delete-forgotten": {
    breaks: ["converged"],
    settings: { ...handoffAlone, deletes: "keep" },
    faults: anyFault,
    story: "a hint of a delete hands nothing over",
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
    withoutEvidence: "what is shown is synced a moment later, and only syncs show when",
    settings: { sync: "group" },
    faults: anyFault,
    story: "readers are shown what is not synced yet",
    source: "classic",
  },
  "bad-record-ends-replay": {
    breaks: ["retained"],
    withoutEvidence:
      "damage excuses what the node then lacks, and how far it reached only the Host knows",
    settings: {},
    faults: ["disk"],
    story: "one damaged record ends the replay of the log",
    source: "classic",
  },
  "serves-before-recovered": {
    breaks: ["retained"],
    withoutEvidence:
      "a node that answers too early is one replica that is behind, which quorums allow",
    // Links reconnect fast, so that peers reach a node before its slow recovery ends.
    settings: { reconnectFirstMs: 5, reconnectCapMs: 20 },
    faults: ["kill", "slow-disk"],
    story: "a node serves before it has read its logs",
    source: "classic",
  },
  "primaries-checked-before": {
    breaks: ["acknowledged", "read-your-writes"],
    withoutEvidence:
      "clients are promised something only where a read and a write name so many primaries that they meet, which plans rarely draw",
    settings: { ...soonDead, quorums: "sloppy", hints: true, readRepair: "off" },
    faults: anyFault,
    story: "PR and PW are not checked when replies are counted",
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
    story: "a write counts on from the stamp in the first reply, not from the newest stamp",
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
    story: "Merkle trees hash keys without what they hold",
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
    withoutEvidence: "that every replica had heard of the delete in time, only its syncs show",
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
    story: "replay leaves out dropped tombstones, and what they shadowed is back",
    source: "Apache Cassandra's documentation, Compaction: when a tombstone is purged",
  },
  "few-repairs-an-exchange": {
    breaks: ["converged"],
    // All keys are in one range, and few exchanges fit into the bound.
    settings: { ...exchangesAlone, nodes: 3, n: 3, antiEntropyIntervalMs: 2000 },
    sizes: { operations: { min: 150, max: 300 }, keys: { min: 50, max: 100 } },
    faults: ["partition"],
    story: "an exchange repairs one key",
    source: "riak_kv #1793, #1805",
  },
  "hint-keeps-first": {
    breaks: ["converged"],
    settings: { ...handoffAlone, handoffIntervalMs: 1000 },
    faults: ["partition"],
    story: "a hint keeps the first of several writes",
    source: "classic",
  },
  "write-back-one-short": {
    breaks: ["monotonic-reads", "linearizable"],
    settings: { ...profiles.strict.settings, r: 1, w: 3 },
    faults: ["slow-disk", "partition"],
    story: "a read returns before the last replica that it needs holds what it returns",
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
    story: "a hint that counts is confirmed before it is synced",
    source: "Cassandra hints_flush_period",
  },
  "read-prefers-values": {
    breaks: ["no-resurrection", "regular-stamped"],
    settings: {
      ...soonDead,
      versions: "stamps",
      quorums: "strict",
      hints: false,
      readRepair: "off",
      antiEntropy: false,
      deletes: "keep",
      r: 2,
      w: 2,
    },
    faults: anyFault,
    story: "a read takes a tombstone for a replica that holds nothing",
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
    story: "each node compares with the next one on the ring alone",
    source: "the class of Cassandra repairs with -pr on some nodes",
  },
  "stale-ring-on-one": {
    breaks: ["acknowledged"],
    withoutEvidence: ["durable", "regular-stamped", "read-your-writes"],
    settings: { nodes: 5, quorums: "strict" },
    faults: [],
    story: "one node sends its requests to other replicas than all others",
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
    story: "one node drops tombstones at once",
    source: "classic",
  },
  "pending-owner-unwritten": {
    breaks: ["acknowledged"],
    settings: { quorums: "strict" },
    faults: ["membership"],
    story: "writes go to the old owners alone until the change is over",
    source: "CASSANDRA-14801's class",
  },
  "writes-move-with-reads": {
    breaks: ["acknowledged"],
    settings: { quorums: "strict" },
    faults: ["membership"],
    story: "writes go to the new owners alone while some nodes still read from the old ones",
    source: "scylladb/scylladb #6128",
  },
  "cleanup-by-old-ring": {
    breaks: ["converged", "durable", "regular-stamped"],
    settings: handoffAlone,
    faults: ["membership"],
    story: "clean-up drops what a new owner has just been sent",
    source: "CASSANDRA-16418",
  },
  "ring-by-version-alone": {
    breaks: ["ring-agreed"],
    settings: { quorums: "strict" },
    faults: ["membership"],
    story: "of two rings of one version each node keeps the first",
    source: "classic",
  },
  "waits-for-the-dead": {
    breaks: ["ring-agreed"],
    settings: { quorums: "strict" },
    faults: ["membership"],
    story: "a change waits for members that are declared dead",
    source: "classic",
  },
  "hint-to-former-owner": {
    breaks: ["durable", "converged", "ring-agreed"],
    // An acknowledged write may be only on a fallback node, which hands it over late.
    settings: {
      ...handoffAlone,
      versions: "stamps",
      quorums: "sloppy",
      r: 1,
      w: 1,
      handoffIntervalMs: 1000,
    },
    faults: ["membership", "partition"],
    story: "a hint goes to the node that it was kept for, owner or not",
    source: "scylladb/scylladb #24980",
  },
  "passed-on-twice": {
    breaks: ["siblings-7"],
    settings: { versions: "siblings", quorums: "strict" },
    faults: ["membership", "delay"],
    story: "a put passed on by an older ring is carried out, and refused",
    source: "riak_kv #1046",
  },
};
