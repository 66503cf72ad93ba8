/**
 * The language of histories: everything that a run observed, one event per line of history.jsonl.
 *
 * All times are whole microseconds of one monotonic clock (`atUs`), which is virtual in the simulator. The first event
 * of a file is `run`, the last is `end`. A file without `end` was cut off, and its verdict is never `valid`.
 *
 * The name of a version is a string that no other write of the same key may get:
 * - last write wins: a stamp of fixed width, so that stamps of one key order as plain strings (`a < b` means b wins);
 * - siblings: a dot, `actor:counter`. In the bundled store, each boot of a node is a separate actor.
 */
/** The name of a node, such as n1. */
export type NodeName = string;
/** The name of a key, such as k0. */
export type Key = string;
/** The value of a version: a text that a client wrote. Null means a deletion (a tombstone), never "not found". */
export type Value = string | null;
/** The name of a version: a stamp or a dot. */
export type VersionName = string;
/**
 * The dots of a key that are covered: for each actor, the highest counter. All lower counters of the actor are covered
 * too.
 */
export type VersionVector = Readonly<Record<string, number>>;

/** A version that a read returned or a replica holds. */
export interface VersionedValue {
  readonly version: VersionName;
  readonly value: Value;
}

/** A value that a read returned. The version is absent if the target does not show versions. */
export interface ShownValue {
  readonly version?: VersionName;
  readonly value: Value;
}

/** A replica's state of one key, seen by direct inspection. Only siblings have a `context`. */
export interface ReplicaState {
  readonly versions: readonly VersionedValue[];
  readonly context?: VersionVector;
}

/**
 * How versions of a key are ordered: `stamps` have one winner, `siblings` are compared by their causal contexts.
 * `none`: the target shows values without versions.
 */
export type VersionKind = "stamps" | "siblings" | "none";

/** Any JSON value. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** The store under test. Only the target knows the meaning of its settings. */
export interface TargetIdentity {
  readonly name: string;
  readonly version: string;
  readonly settings: Readonly<Record<string, Json>>;
}

/** What the target lets the harness see. A guarantee that needs something more is `not-applicable`. */
export interface Capabilities {
  /** The kind of versions in reads and acknowledgements. */
  readonly versions: VersionKind;
  /** Whether the harness can see what each replica itself holds, without asking a quorum. */
  readonly inspection: boolean;
  /** Whether the Host, or the harness as the nodes' network, recorded what nodes did. */
  readonly evidence: boolean;
  /**
   * True if the harness started the nodes and recorded every unplanned end of a node. Absent: nobody watched the nodes.
   */
  readonly processes?: true;
}

/** The mechanisms by which the store makes replicas equal again. */
export interface RepairFacts {
  readonly read: "off" | "async" | "blocking";
  readonly antiEntropy: boolean;
  /**
   * Hinted handoff. Absent: the store has none. If a replica misses a write, a coordinator that stays alive has a
   * durable hint for that replica at most `keptWithinUs` after the write ended, whether the write succeeded or failed
   * with one of `hintedErrors`. Hints older than `windowUs` are dropped.
   */
  readonly handoff?: {
    readonly windowUs: number;
    readonly keptWithinUs: number;
    readonly hintedErrors: readonly string[];
  };
}

/** The first event: what was run, and what was promised. */
export interface RunEvent {
  readonly e: "run";
  readonly format: "quorate-history/2";
  readonly target: TargetIdentity;
  /** The platform that the nodes ran on. */
  readonly on: string;
  /** The workload of the clients: `register`, `siblings`, `set`, … */
  readonly workload: string;
  readonly capabilities: Capabilities;
  /** All nodes of this run, with those that may join later. */
  readonly nodes: readonly NodeName[];
  /** The nodes that are no members at the start and may join later. Absent: none. */
  readonly newcomers?: readonly NodeName[];
  /** Guarantees that the target's settings imply for this plan. */
  readonly promised: readonly string[];
  /** Guarantees that the user claims in addition (`--promise`). They are judged like promises. */
  readonly claimed: readonly string[];
  readonly bounds: {
    /**
     * The bound of repair: replicas must be equal at most this many microseconds after the final phase's heal and
     * restart (semantics.md, T).
     */
    readonly convergeUs: number;
    /** The largest difference in microseconds between two nodes' wall clocks without a clock fault. */
    readonly skewUs: number;
    /** The longest time in microseconds from the end of a fault until all links work again. */
    readonly reconnectUs: number;
    /** The percentage of operations that must succeed. Final reads do not count. Absent: no requirement. */
    readonly succeedPercent?: number;
    /**
     * A replica keeps a tombstone for at least `keptUs` after it synced the tombstone, and a request sends no message
     * later than `requestUs` after its start. If stamps order the writes, no-resurrection then covers only deletes that
     * every replica received in time, unless the user claims it. Absent: no-resurrection covers all deletes.
     */
    readonly tombstone?: { readonly keptUs: number; readonly requestUs: number };
  };
  /**
   * What makes the stamps by which the store orders writes. `durable` and the session guarantees compare writes
   * accordingly. `none`: unknown, or the versions are siblings, or there are no versions.
   */
  readonly stamps: "wall" | "hybrid" | "quorum" | "none";
  /**
   * `n`: the number of replicas of each key. `r` and `w`: how many replicas a read and a write need, unless the invoke
   * event has an r or w of its own. All three are present or none.
   */
  readonly n?: number;
  readonly r?: number;
  readonly w?: number;
  /** The replicas of each key of the plan, in order of preference. Known together with n, r and w. */
  readonly preference?: Readonly<Record<Key, readonly NodeName[]>>;
  /**
   * Who coordinates requests. Absent: a node. `client`: the client itself asks the replicas and counts their replies,
   * so no node records a quorum. Of the replies, the evidence shows which ones each replica sent to the client, but not
   * which ones the client counted.
   */
  readonly routing?: "client";
  /**
   * What replicas reply to a coordinator's read. Absent: all that they hold. `digest`: one replica replies with all
   * that it holds, and the others with digests. A replica whose digest differs is asked a second time, and its second
   * reply usually replaces its first.
   */
  readonly reads?: "digest";
  /**
   * `sloppy`: a fallback node outside the preference list may replace a replica and counts for the quorum. `strict` or
   * absent: only replicas count.
   */
  readonly quorums?: "strict" | "sloppy";
  /**
   * How the store removes tombstones. If it removes them, a deleted key counts as an absent one. Absent: tombstones are
   * kept for ever.
   */
  readonly deletes?: "grace" | "reap" | "physical";
  /**
   * When a write is synced. Absent: before the write is acknowledged. `periodic`: an acknowledged write is applied on W
   * replicas, and synced later.
   */
  readonly sync?: "periodic";
  /** The mechanisms that repair replicas. Absent: unknown. */
  readonly repair?: RepairFacts;
}

/**
 * The name of the client that runs the operations of the final phase. Sentences for users say "the final phase"
 * instead.
 */
export const finalPhaseClient = "sweeper";

/**
 * An operation starts. `op` is unique in the history. `process` belongs to a client and changes after an indeterminate
 * operation.
 */
export interface InvokeEvent {
  readonly e: "invoke";
  readonly atUs: number;
  readonly op: number;
  readonly client: string;
  readonly process: number;
  readonly node: NodeName;
  /** The operation's name in its workload: `read`, `write`, `delete` for registers and siblings, `add` for sets, … */
  readonly f: string;
  readonly key: Key;
  /**
   * The value of a write. In the workloads `register` and `siblings`, no other write of the key may have the same
   * value. Absent for a read or delete.
   */
  readonly value?: string;
  /** For other workloads than registers and siblings: the operation's arguments, such as the element of an `add`. */
  readonly args?: Json;
  readonly r?: number;
  /**
   * How many replicas must confirm the write. Absent: the run's `w`. 0: one replica must, or a node with a hint for a
   * replica (Cassandra's ANY).
   */
  readonly w?: number;
  /**
   * How many of the replies that a read counts (`pr`), or of the confirmations that a write counts (`pw`), must come
   * from the key's own replicas instead of fallback nodes.
   */
  readonly pr?: number;
  readonly pw?: number;
  /** How many of a write's confirmations must follow a sync. This holds even if the run's `sync` is periodic. */
  readonly dw?: number;
  /**
   * For siblings: the number of the earlier operation whose context this write carries. That operation is a read, or a
   * write that returned a context. Absent: a blind write.
   */
  readonly contextOf?: number;
  /**
   * True if the operation is one of the last ones of the final phase, usually a read. Without inspection, there is one
   * for each key through each node. Those that fail may be repeated.
   */
  readonly final?: true;
}

/**
 * The operation succeeded. `versions` holds what a read of a register or of siblings returned ([]: not found), or the
 * version that a write or delete was given.
 */
export interface OkEvent {
  readonly e: "ok";
  readonly atUs: number;
  readonly op: number;
  /** What the read returned, or the version that the write was given. Absent: the answer named none. */
  readonly versions?: readonly ShownValue[];
  readonly context?: VersionVector;
  /** For other workloads than registers and siblings: the operation's result, such as the elements of a set. */
  readonly result?: Json;
}

/**
 * `fail`: the operation did not happen and never will. `info`: nobody knows whether the operation happened, and it may
 * take effect at any later time.
 */
export interface FailEvent {
  readonly e: "fail" | "info";
  readonly atUs: number;
  readonly op: number;
  /**
   * The stable code of an error of the store, or a code of the harness, such as `client-timeout` or `connection-lost`.
   */
  readonly code: string;
  readonly message?: string;
}

/**
 * The harness begins or ends a fault. It records `inject` before the first change and `injected` after the last, and
 * likewise `heal` and `healed`. `skipped`: the fault was never injected. `fault` is the fault's index in the plan.
 * `kind` and `nodes` say what is affected. `cuts` are directed pairs [from, to], in which `clients` means all clients.
 */
export interface FaultEvent {
  readonly e: "fault";
  readonly atUs: number;
  readonly phase: "inject" | "injected" | "heal" | "healed" | "skipped";
  readonly fault: number;
  readonly kind: string;
  readonly nodes: readonly NodeName[];
  readonly cuts?: readonly (readonly [NodeName, NodeName])[];
  /** The only clients that the fault affects. Absent: it may affect all clients. */
  readonly clients?: readonly string[];
  /**
   * With `inject`: the names of the effects that the fault can have. Absent in histories of earlier versions, where the
   * kind says what the effects are.
   */
  readonly effects?: readonly string[];
  readonly detail?: string;
}

/**
 * The replicas of each key, and how many of them a read (`r`) and a write (`w`) need unless the request names a number.
 */
export interface Placement {
  readonly n: number;
  readonly r: number;
  readonly w: number;
  /** The replicas of each key of the plan, in order of preference. */
  readonly preference: Readonly<Record<Key, readonly NodeName[]>>;
}

/**
 * The node uses another version of the ring from now on or, without evidence, was inspected and used it. Until its
 * first event of this type, a node uses the ring of the `run` event.
 */
export interface RingEvent {
  readonly e: "ring";
  readonly atUs: number;
  readonly node: NodeName;
  /** The number of the ring's version. It increases with each step of each change of the ring. */
  readonly version: number;
  /** The members of the ring, without those that are dead for good. */
  readonly members: readonly NodeName[];
  /** The placement for reads. */
  readonly reads: Placement;
  /** The placements for writes: one, or the old and the new one during a change. A write needs a quorum of each. */
  readonly writes: readonly Placement[];
  /** The change of the ring that is under way, and the step of that change. Absent: no change is under way. */
  readonly under?: string;
}

/**
 * A stage of the run begins. `quiet`: in the final phase, the replicas have become equal, and no node keeps a write for
 * a replica. `not-quiet`: the harness stopped waiting for that.
 */
export interface PhaseEvent {
  readonly e: "phase";
  readonly atUs: number;
  readonly phase:
    | "started"
    | "empty"
    | "operations"
    | "final-phase"
    | "healed"
    | "restarted"
    | "sweep"
    | "quiet"
    | "not-quiet";
  readonly detail?: string;
}

/** An inspection of a replica, bypassing the quorum. `state` lists only keys that the replica holds. */
export interface InspectEvent {
  readonly e: "inspect";
  readonly atUs: number;
  readonly node: NodeName;
  /** When the inspection was made: `empty` before the run, `poll` while waiting for convergence, `final` at the end. */
  readonly when: "empty" | "poll" | "final";
  readonly state: Readonly<Record<Key, ReplicaState>>;
  /**
   * The number of the ring's version that the node uses. Absent: the first version, or the target's ring cannot change.
   */
  readonly ring?: number;
  /** The number of keys that the node holds although it knows that it does not own them. Absent: none. */
  readonly leftovers?: number;
}

/**
 * A node's process ended without a fault or restart by the harness. `itself`: the process exited or crashed. `engine`:
 * it ran out of memory in its container and was ended for that. `somebody`: a signal that the harness did not send
 * ended it.
 */
export interface NodeEndedEvent {
  readonly e: "node-ended";
  readonly atUs: number;
  readonly node: NodeName;
  readonly by: "itself" | "engine" | "somebody";
  /** How the process ended, with the node's last log lines. */
  readonly detail: string;
}

/**
 * Fields of every event that was recorded for a node, by its Host or by the harness as its network. `seq` counts up by
 * one within (node, boot), so a gap means lost evidence.
 */
export interface Evidence {
  readonly atUs: number;
  readonly node: NodeName;
  readonly boot: number;
  readonly seq: number;
}

export interface BootEvent extends Evidence {
  readonly e: "boot";
  readonly phase: "start" | "end";
  readonly detail?: string;
}

/** A sync of the log returned: its `records` are durable on the node from now on. */
export interface SyncEvent extends Evidence {
  readonly e: "sync";
  readonly records: readonly DurableRecord[];
  /** A hash of the records. Equal records have equal hashes on every machine. */
  readonly hash: string;
  /**
   * True if the records were not written now: the Host read them when the node started. They are the newest whole
   * record of each key in one segment of a log. Older records of these keys and damaged records are left out.
   */
  readonly recovered?: true;
}

/** What a sync made durable, or what a frame carries: mostly the versions of one key. */
export interface DurableRecord {
  readonly key: Key;
  readonly versions: readonly VersionName[];
  readonly context?: VersionVector;
  /**
   * The node that the record is a hint for. The node that stores the hint does not hold the versions as a replica.
   * Absent: the record is no hint.
   */
  readonly hintFor?: NodeName;
  /**
   * The version of the ring that the node uses from the sync of this record on. A record with this field has an empty
   * key and no versions.
   */
  readonly ring?: RingRecord;
  /** True if the node no longer owns the key and dropped its data. */
  readonly dropped?: true;
}

/** A version of the ring in the store's own notation. Only the store's target can say which nodes own a key in it. */
export type RingRecord = object;

/** Why a replica is asked to store a version. */
export type StoreCause = "write" | "read-repair" | "anti-entropy" | "handoff" | "stream";

/**
 * What a frame means to the checkers. The store's protocol maps each of its messages to one of these or to `other`, and
 * planted bugs cannot replace that mapping. `trace` is the number of the operation that caused the frame, if any.
 * `request` is a number that links a replica's reply with the request to that replica. It is unique within (coordinator
 * node, boot).
 */
export type FrameSummary =
  | {
      readonly frame: "client-read";
      readonly trace: number;
      readonly key: Key;
      readonly r?: number;
    }
  | {
      readonly frame: "client-write";
      readonly trace: number;
      readonly key: Key;
      readonly w?: number;
    }
  | ({ readonly frame: "client-read-ok"; readonly trace: number } & DurableRecord)
  | ({ readonly frame: "client-write-ok"; readonly trace: number } & DurableRecord)
  | { readonly frame: "client-error"; readonly trace: number; readonly code: string }
  | ({
      readonly frame: "replica-write";
      readonly trace?: number;
      readonly request: number;
      readonly cause: StoreCause;
    } & DurableRecord)
  | {
      readonly frame: "replica-write-ok";
      readonly trace?: number;
      readonly request: number;
      readonly key: Key;
    }
  | {
      readonly frame: "replica-read";
      readonly trace?: number;
      readonly request: number;
      readonly key: Key;
    }
  | ({
      readonly frame: "replica-read-ok";
      readonly trace?: number;
      readonly request: number;
    } & DurableRecord)
  | {
      readonly frame: "replica-error";
      readonly trace?: number;
      readonly request: number;
      readonly code: string;
    }
  | {
      /** A message to or from a node whose network is the harness. */
      readonly frame: "message";
      /** The message's number, unique in the history. It links the sending of the message with each arrival. */
      readonly message: number;
      /** The number of the client's operation that the message requests or answers. Absent: none is known. */
      readonly trace?: number;
      /** The message's type and fields. Absent in a received event if they are those of the sent event. */
      readonly body?: Json;
      /** What the network does to the message. Absent: the message arrives once, if the receiver still runs. */
      readonly fate?: "lost" | "twice";
      /** How long the network delays the message, in microseconds. */
      readonly delayUs?: number;
    }
  /** A new owner of keys asks the former owners for what they hold, or receives it from them. */
  | { readonly frame: "stream"; readonly detail: string }
  | { readonly frame: "exchange"; readonly detail: string }
  | { readonly frame: "other"; readonly detail: string };

/** A frame was sent to or received from `peer`. A client is named as in InvokeEvent.client. */
export type FrameEvent = Evidence & {
  readonly e: "sent" | "received";
  readonly peer: string;
} & FrameSummary;

/** The store's own explanation of what it did. No verdict uses it. */
export interface ExplainEvent extends Evidence {
  readonly e: "explain";
  readonly what: string;
  readonly key?: Key;
  readonly detail?: string;
}

/** The last event. `reason` exists if the run could not be completed (a node that did not come back, an interrupt). */
export interface EndEvent {
  readonly e: "end";
  readonly atUs: number;
  /**
   * The number of events that the harness recorded, including the first and this one. It shows whether a line was lost.
   */
  readonly recorded?: number;
  /** How much the nodes recorded until now. Absent: no evidence was recorded or counted. */
  readonly evidence?: EvidenceExtent;
  readonly reason?: string;
}

/**
 * The number (`seq`) of the last event of each boot of each node. These numbers show that the end of a boot, or a whole
 * boot, was lost. Gaps inside a boot show without them.
 */
export type EvidenceExtent = Readonly<Record<NodeName, Readonly<Record<string, number>>>>;

/** An event that was recorded for a node, by its Host or by the harness as its network. */
export type EvidenceEvent = BootEvent | SyncEvent | FrameEvent | ExplainEvent;

/** One line of history.jsonl. */
export type HistoryEvent =
  | RunEvent
  | InvokeEvent
  | OkEvent
  | FailEvent
  | FaultEvent
  | RingEvent
  | PhaseEvent
  | InspectEvent
  | NodeEndedEvent
  | EvidenceEvent
  | EndEvent;
