/** A node on the ring. */
export type Member = {
  readonly node: string;
  /** The name that its points on the ring are hashed from: its own, or that of the node that it replaced. */
  readonly points: string;
};

/** All settings of a cluster of the bundled store. A profile is a set of these. */
export type StoreSettings = {
  /** The number of nodes, named n1, n2, … */
  readonly nodes: number;
  /** The number of replicas of each key. */
  readonly n: number;
  /** The number of replies that a read waits for, unless the request names its own. */
  readonly r: number;
  /** The number of durable replicas that a write waits for, unless the request names its own. */
  readonly w: number;
  /**
   * `strict`: only the key's N replicas count. `sloppy`: while one is unreachable, the next node on the ring replaces
   * it. That node keeps writes as hints, and reads ask it too. Needs `hints`.
   */
  readonly quorums: "strict" | "sloppy";
  /** Hinted handoff: a write that a replica missed is kept durably and delivered once the replica is back. */
  readonly hints: boolean;
  /**
   * With strict quorums, the age in ms at which hints are dropped. With sloppy quorums hints count as durable and are
   * kept until delivered.
   */
  readonly hintWindowMs: number;
  /** The largest number of hints on one node. */
  readonly hintLimit: number;
  /** How often a node tries to deliver its hints. */
  readonly handoffIntervalMs: number;
  /**
   * When tombstones are removed. `keep`: never. `grace`: each replica drops one graceMs after it became durable there.
   * `reap`: once all N replicas are known to hold it; each then refuses older versions for reapedMs. `physical`: at
   * once. Except with `keep`, repair treats a deleted key like an absent one.
   */
  readonly deletes: "keep" | "grace" | "reap" | "physical";
  readonly graceMs: number;
  readonly reapedMs: number;
  /**
   * Who coordinates, which means sending to replicas, counting acknowledgements and repairing: the node that is asked,
   * or the client itself (see client-routing/).
   */
  readonly routing: "coordinator" | "client";
  readonly versions: "stamps" | "siblings";
  /**
   * The source of last-write-wins stamps: the node's clock, a hybrid logical clock, or a read from the key's replicas
   * before the write.
   */
  readonly stamps: "wall" | "hybrid" | "quorum";
  /**
   * `full`: every replica sends its state. `digest`: one does, the others send their versions, and their state if it
   * differs.
   */
  readonly reads: "full" | "digest";
  readonly readRepair: "off" | "async" | "blocking";
  readonly antiEntropy: boolean;
  /** How often each node starts an exchange with its next peer. */
  readonly antiEntropyIntervalMs: number;
  /**
   * When a replica confirms a write. `each`: after its own fsync. `group`: after an fsync shared with others.
   * `periodic`: once the operating system has it, with an fsync every syncIntervalMs. A power loss then loses what was
   * confirmed since the last one.
   */
  readonly sync: "each" | "group" | "periodic";
  readonly syncIntervalMs: number;
  /** The size at which a segment of the log is sealed. Sealed segments are compacted into one once that pays off. */
  readonly segmentBytes: number;
  /** How long a coordinator waits for its quorum. */
  readonly requestTimeoutMs: number;
  readonly pingIntervalMs: number;
  /** How long a link may be silent before it is dropped. */
  readonly silenceMs: number;
  /** Waits between attempts to connect: doubled from the first one up to the cap. */
  readonly reconnectFirstMs: number;
  readonly reconnectCapMs: number;
  /** Points on the ring for each node. */
  readonly virtualNodes: number;
  /**
   * The ring's members if the ring has changed. Absent: n1, n2, … of `nodes`. Not a setting, but taken from a version
   * of the ring.
   */
  readonly members?: readonly Member[];
  /** The largest frame accepted. */
  readonly frameBytes: number;
  /** The size of the buffer for a peer or client that does not read, beyond which the stream is closed. */
  readonly bufferBytes: number;
};

/** The default settings of the bundled store. */
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
 * How long another node may take to store a record durably and confirm it. A periodic log waits for its interval.
 * Sending the record again sooner would start over each time and never end.
 */
export const syncedWithinMs = ({
  requestTimeoutMs,
  sync,
  syncIntervalMs,
}: Pick<StoreSettings, "requestTimeoutMs" | "sync" | "syncIntervalMs">): number =>
  requestTimeoutMs + (sync === "periodic" ? syncIntervalMs : 0);
