/** A node on the ring. */
export type Member = {
  readonly node: string;
  /** What its points on the ring are hashed from: its own name, or that of the node that it replaced. */
  readonly points: string;
};

/** Everything that can be tuned about a cluster of the bundled store. A profile is nothing but a set of these. */
export type StoreSettings = {
  /** How many nodes the cluster has; their names are n1, n2, … */
  readonly nodes: number;
  /** Replicas of each key. */
  readonly n: number;
  /** Replies that a read waits for, unless the request names its own. */
  readonly r: number;
  /** Durable replicas that a write waits for, unless the request names its own. */
  readonly w: number;
  /**
   * `strict`: only the key's N replicas count. `sloppy`: while one is unreachable, the next node on the ring stands in
   * for it: it keeps the write as a hint, and reads ask it too. Needs `hints`.
   */
  readonly quorums: "strict" | "sloppy";
  /** Hinted handoff: a write that a replica missed is kept, durably, and delivered once the replica is back. */
  readonly hints: boolean;
  /**
   * Strict quorums: a hint older than this is dropped. Sloppy ones were counted as durable, and are kept until
   * delivered.
   */
  readonly hintWindowMs: number;
  /** Hints that one node holds at most. */
  readonly hintLimit: number;
  /** How often a node looks whether one of its hints can be delivered. */
  readonly handoffIntervalMs: number;
  /**
   * When a tombstone may go. `keep`: never. `grace`: each replica drops it graceMs after it became durable there.
   * `reap`: once all N replicas are known to hold it, and at the earliest then; each goes on refusing what is older for
   * reapedMs. `physical`: at once. But for `keep`, a deleted key and an absent one are the same to all repair.
   */
  readonly deletes: "keep" | "grace" | "reap" | "physical";
  readonly graceMs: number;
  readonly reapedMs: number;
  /**
   * The coordinator, which sends to the replicas, counts acknowledgements and repairs: any node that is asked, or the client itself (see
   * client-routing/).
   */
  readonly routing: "coordinator" | "client";
  readonly versions: "stamps" | "siblings";
  /**
   * Where last-write-wins stamps come from: the node's clock, a hybrid logical clock, or a read of the key's replicas
   * before the write.
   */
  readonly stamps: "wall" | "hybrid" | "quorum";
  /**
   * `full`: every replica sends what it holds. `digest`: one does, the others say which versions they hold, and send
   * them where they differ.
   */
  readonly reads: "full" | "digest";
  readonly readRepair: "off" | "async" | "blocking";
  readonly antiEntropy: boolean;
  /** Each node starts an exchange with its next peer this often. */
  readonly antiEntropyIntervalMs: number;
  /**
   * When a replica confirms a write. `each`: after an fsync of its own. `group`: after an fsync that may serve others
   * too. `periodic`: once the operating system has it, with an fsync every syncIntervalMs; a power loss loses what was
   * confirmed since the last.
   */
  readonly sync: "each" | "group" | "periodic";
  readonly syncIntervalMs: number;
  /** A segment of the log that is as large is sealed. Sealed segments are compacted into one once that pays. */
  readonly segmentBytes: number;
  /** How long a coordinator waits for its quorum. */
  readonly requestTimeoutMs: number;
  readonly pingIntervalMs: number;
  /** A link with no word from the peer for this long is dropped. */
  readonly silenceMs: number;
  /** Waits between tries to connect: doubling from the first, up to the cap. */
  readonly reconnectFirstMs: number;
  readonly reconnectCapMs: number;
  /** Points on the ring for each node. */
  readonly virtualNodes: number;
  /**
   * Who is on the ring, where the ring has changed. Absent: n1, n2, … of `nodes`. No setting: a ring's version gives
   * it.
   */
  readonly members?: readonly Member[];
  /** The largest frame accepted. */
  readonly frameBytes: number;
  /** What is held for one peer or client that does not read; past it the stream is closed. */
  readonly bufferBytes: number;
};

/** The settings of the bundled store where nobody asks for others. */
export const defaultSettings: StoreSettings = {
  nodes: 5,
  n: 3,
  r: 2,
  w: 2,
  quorums: "strict",
  hints: false,
  hintWindowMs: 600_000,
  hintLimit: 10_000,
  handoffIntervalMs: 250,
  deletes: "keep",
  graceMs: 10_000,
  reapedMs: 3_600_000,
  routing: "coordinator",
  versions: "stamps",
  stamps: "hybrid",
  reads: "full",
  readRepair: "async",
  antiEntropy: true,
  antiEntropyIntervalMs: 500,
  sync: "group",
  syncIntervalMs: 500,
  segmentBytes: 1 << 20,
  requestTimeoutMs: 1000,
  pingIntervalMs: 500,
  silenceMs: 2000,
  reconnectFirstMs: 50,
  reconnectCapMs: 1000,
  virtualNodes: 16,
  frameBytes: 1 << 20,
  bufferBytes: 16 << 20,
};

/**
 * How long another node may take until it has a record on its disk and has said so: a periodic log waits for its
 * interval. Whoever sends the record again sooner starts over each time, and never ends.
 */
export const syncedWithinMs = ({
  requestTimeoutMs,
  sync,
  syncIntervalMs,
}: Pick<StoreSettings, "requestTimeoutMs" | "sync" | "syncIntervalMs">): number =>
  requestTimeoutMs + (sync === "periodic" ? syncIntervalMs : 0);
