/** A member of the ring. */
export type Member = {
  readonly node: string;
  /**
   * The text from which the node's points on the ring are hashed. At first it is the node's name. A node that replaces
   * another takes over its text, and a move gives a new text.
   */
  readonly points: string;
};

/** All settings of a cluster of the bundled store. A profile is a named choice of their values. */
export type StoreSettings = {
  /** The number of nodes. At the start they are named n1, n2, … */
  readonly nodes: number;
  /** The number of replicas of each key. */
  readonly n: number;
  /** The number of replies that a read waits for, unless the request names its own. */
  readonly r: number;
  /** The number of confirmations that a write waits for, unless the request names its own. */
  readonly w: number;
  /**
   * The nodes that count towards a quorum. `strict`: only the key's N replicas. `sloppy`: the next reachable node on
   * the ring replaces an unreachable replica. That node keeps writes as hints, and reads ask it too. `sloppy` needs
   * `hints`.
   */
  readonly quorums: "strict" | "sloppy";
  /**
   * Whether to use hinted handoff: another node keeps writes that a replica missed, and delivers them once the replica
   * is back.
   */
  readonly hints: boolean;
  /**
   * With strict quorums, the age in ms above which hints are dropped. A shorter graceMs (with `grace`) or reapedMs
   * (with `reap`) takes its place. With sloppy quorums, hints count as confirmations and are kept until they are
   * delivered.
   */
  readonly hintWindowMs: number;
  /** The largest number of hints that one node keeps. */
  readonly hintLimit: number;
  /** The interval in ms at which a node tries to deliver its hints. */
  readonly handoffIntervalMs: number;
  /**
   * When tombstones are removed. `keep`: never. `grace`: each replica drops a tombstone soon after it has been durable
   * there for graceMs; a restart begins this time anew. `reap`: after graceMs, once all N replicas are known to hold
   * it; each replica then refuses older versions for reapedMs. `physical`: at once. During a membership change none is
   * removed. Repair treats a deleted key like an absent one, except under `keep`.
   */
  readonly deletes: "keep" | "grace" | "reap" | "physical";
  readonly graceMs: number;
  readonly reapedMs: number;
  /**
   * Who coordinates requests, that is, sends them to replicas, counts acknowledgements and repairs: a node, or the
   * client itself (see client-routing/).
   */
  readonly routing: "coordinator" | "client";
  readonly versions: "stamps" | "siblings";
  /**
   * The source of stamps for last write wins: the node's clock, a hybrid logical clock, or a read from the key's
   * replicas before each write.
   */
  readonly stamps: "wall" | "hybrid" | "quorum";
  /**
   * `full`: every replica that a read asks sends its full state. `digest`: one replica does, and the others send only
   * their versions; a replica whose versions differ is then asked for its full state.
   */
  readonly reads: "full" | "digest";
  readonly readRepair: "off" | "async" | "blocking";
  readonly antiEntropy: boolean;
  /** The interval in ms at which each node starts an exchange with its next peer. */
  readonly antiEntropyIntervalMs: number;
  /**
   * When a replica confirms a write. `each`: after an fsync of its own. `group`: after an fsync that it may share with
   * others. `periodic`: once the operating system has it, and an fsync begins within syncIntervalMs. Under `periodic`,
   * a power loss can lose the writes that were confirmed since the last fsync.
   */
  readonly sync: "each" | "group" | "periodic";
  readonly syncIntervalMs: number;
  /**
   * The size in bytes at which a segment of the log is sealed. Once enough segments are sealed, they are compacted into
   * one.
   */
  readonly segmentBytes: number;
  /**
   * The time in ms that a coordinator waits for its quorum. Forwarded puts, delivered hints and questions about
   * tombstones have the same timeout.
   */
  readonly requestTimeoutMs: number;
  readonly pingIntervalMs: number;
  /** The time in ms for which a link may be silent before it is dropped. */
  readonly silenceMs: number;
  /**
   * The wait in ms after a link is lost or the first attempt to connect fails. It doubles with each further attempt, up
   * to `reconnectCapMs`.
   */
  readonly reconnectFirstMs: number;
  readonly reconnectCapMs: number;
  /** The number of points that each node has on the ring. */
  readonly virtualNodes: number;
  /**
   * The ring's members, if the ring has changed. Absent otherwise: the members are then n1, n2, … up to `nodes`. No
   * user sets this; it comes from a version of the ring.
   */
  readonly members?: readonly Member[];
  /** The size in bytes of the largest frame that a node accepts. */
  readonly frameBytes: number;
  /**
   * The largest number of bytes that may wait for a peer or client that does not read. Beyond that, the stream is
   * closed.
   */
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
 * The time in ms that another node may take to store a record durably and confirm it. With a periodic log, this
 * includes the sync interval: if the record were sent again sooner, each attempt would start over and none would end.
 */
export const syncedWithinMs = ({
  requestTimeoutMs,
  sync,
  syncIntervalMs,
}: Pick<StoreSettings, "requestTimeoutMs" | "sync" | "syncIntervalMs">): number =>
  requestTimeoutMs + (sync === "periodic" ? syncIntervalMs : 0);
