/**
 * The language of histories: everything that a run observed, one event a line of history.jsonl.
 *
 * All times are whole microseconds of one monotonic clock (`atUs`), which is virtual in the simulator. The first event
 * of a file is always `run`, the last always `end`. A file without `end` was cut off, and its verdict is at best
 * `unknown`.
 *
 * Versions are named by strings that are unique for each write:
 * - last write wins: a stamp of fixed width, so that stamps of one key order as plain strings (`a < b` means b wins);
 * - siblings: a dot, `actor:counter`, where each boot of a node is a separate actor.
 */
export type NodeName = string;
/** The name of a key: k0, k1, … */
export type Key = string;
/** A client's value. Null means a deletion (a tombstone), never "not found". */
export type Value = string | null;
/** A stamp or a dot. */
export type VersionName = string;
/** The covered dots of a key: actor → highest counter, sorted by actor. */
export type VersionVector = Readonly<Record<string, number>>;

/** A version that a read returned or a replica holds. */
export interface VersionedValue {
  readonly version: VersionName;
  readonly value: Value;
}

/** A value that a read returned. The version is absent if the target shows none. */
export interface ShownValue {
  readonly version?: VersionName;
  readonly value: Value;
}

/** A replica's state of one key, seen by direct inspection. `context` exists only for siblings. */
export interface ReplicaState {
  readonly versions: readonly VersionedValue[];
  readonly context?: VersionVector;
}

/**
 * How versions of a key are ordered: by stamps with one winner, or as siblings under causal contexts. `none`: plain
 * values.
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

/** What the target lets the harness see. Guarantees that need something missing are `not-applicable`. */
export interface Capabilities {
  /** The kind of versions in reads and acknowledgements. */
  readonly versions: VersionKind;
  /** Whether each replica's state can be inspected, bypassing the quorum. */
  readonly inspection: boolean;
  /** Whether the Host recorded what nodes sent, received and synced. */
  readonly evidence: boolean;
  /** Whether the harness started the nodes and recorded every unplanned end. Absent: nobody watched them. */
  readonly processes?: true;
}

/** The mechanisms that make replicas equal again. */
export interface RepairFacts {
  readonly read: "off" | "async" | "blocking";
  readonly antiEntropy: boolean;
  /**
   * Hinted handoff. Absent: off. A live coordinator has durable hints of what a replica missed within `keptWithinUs`
   * after the write ended, successfully or with one of `hintedErrors`. Hints older than `windowUs` are dropped.
   */
  readonly handoff?: {
    readonly windowUs: number;
    readonly keptWithinUs: number;
    readonly hintedErrors: readonly string[];
  };
}

/** The first event: what was run and what was promised. Checkers know nothing else about the store. */
export interface RunEvent {
  readonly e: "run";
  readonly format: "quorate-history/2";
  readonly target: TargetIdentity;
  /** The platform that the nodes ran on. */
  readonly on: string;
  /** The clients' workload: `register`, `siblings`, `set`, … */
  readonly workload: string;
  readonly capabilities: Capabilities;
  /** All nodes that ever existed. */
  readonly nodes: readonly NodeName[];
  /** The nodes that joined later. Absent: none. */
  readonly newcomers?: readonly NodeName[];
  /** Guarantees that the target's settings imply for this plan. */
  readonly promised: readonly string[];
  /** Guarantees that the user claims in addition (`--promise`). They are judged like promises. */
  readonly claimed: readonly string[];
  readonly bounds: {
    /** Replicas are equal within this time after the final phase's heal and restart (semantics.md, T). */
    readonly convergeUs: number;
    /** The largest difference between two nodes' wall clocks without a clock fault. */
    readonly skewUs: number;
    /** How long after a fault ends links are up again. */
    readonly reconnectUs: number;
    /** The percentage of all operations that must succeed. Absent: no requirement. */
    readonly succeedPercent?: number;
    /**
     * A replica keeps a tombstone for at least `keptUs` after its sync, and a request sends nothing more `requestUs`
     * after its start. no-resurrection then covers only deletes that every replica received in time. Absent: all
     * deletes.
     */
    readonly tombstone?: { readonly keptUs: number; readonly requestUs: number };
  };
  /**
   * What orders writes, which decides how `durable` and the session guarantees compare them. `none`: unknown, or
   * siblings.
   */
  readonly stamps: "wall" | "hybrid" | "quorum" | "none";
  /**
   * The number of replicas of each key, and how many a read and a write need by default. An invoke may have its own r
   * or w. Either all are known or none.
   */
  readonly n?: number;
  readonly r?: number;
  readonly w?: number;
  /** The replicas of each key of the plan, in order of preference. Known together with n, r and w. */
  readonly preference?: Readonly<Record<Key, readonly NodeName[]>>;
  /**
   * Absent: a node coordinates. `client`: the client itself counts replies, so the only evidence is what replicas sent
   * to the client.
   */
  readonly routing?: "client";
  /**
   * Absent: full. `digest`: a replica that holds something else is asked again, and its second reply replaces its
   * first.
   */
  readonly reads?: "digest";
  /** Whether fallback nodes beyond the preference list may replace replicas and count. Absent: strict. */
  readonly quorums?: "strict" | "sloppy";
  /**
   * How tombstones are removed. If they are removed, a deleted key counts as an absent one. Absent: they are kept for
   * ever.
   */
  readonly deletes?: "grace" | "reap" | "physical";
  /** `periodic`: an acknowledged write is applied on W replicas, and synced later. Absent: synced. */
  readonly sync?: "periodic";
  /** Absent: unknown. */
  readonly repair?: RepairFacts;
}

/** The client that reads every key in the final phase. Histories use this name; sentences say "the final phase". */
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
  /** The value of a write. Absent for a read or delete. Unique for each key. */
  readonly value?: string;
  /** For other workloads: the operation's arguments, such as the element of an `add`. */
  readonly args?: Json;
  readonly r?: number;
  /** 0: one replica, or one hint for it (Cassandra's ANY). */
  readonly w?: number;
  /**
   * How many of a read's counted replies (`pr`) or a write's confirmations (`pw`) must come from the key's own
   * replicas.
   */
  readonly pr?: number;
  readonly pw?: number;
  /** How many of the confirmations must follow a sync, even with a periodic log. */
  readonly dw?: number;
  /**
   * For siblings: the operation whose context this write carries (a read, or a write that returned a context). Absent:
   * a blind write.
   */
  readonly contextOf?: number;
  /** The operation is a final read of its key. There may be one through each node. */
  readonly final?: true;
}

/**
 * The operation succeeded. Contains what a read of a register or siblings returned ([]: not found), or the version of a
 * write or delete.
 */
export interface OkEvent {
  readonly e: "ok";
  readonly atUs: number;
  readonly op: number;
  /** Absent: none. */
  readonly versions?: readonly ShownValue[];
  readonly context?: VersionVector;
  /** For other workloads: the operation's result, such as the elements of a set. */
  readonly result?: Json;
}

/**
 * `fail`: the operation did not happen and never will. `info`: nobody knows, and it may take effect at any later time.
 */
export interface FailEvent {
  readonly e: "fail" | "info";
  readonly atUs: number;
  readonly op: number;
  /** A stable code of the store's errors, or the harness's own `client-timeout`, `connection-lost`. */
  readonly code: string;
  readonly message?: string;
}

/**
 * The nemesis acts. `inject` is written before the first change and `injected` after it, likewise `heal` and `healed`.
 * `fault` is the index in the plan. `kind` and `nodes` say what is affected. `cuts` are directed pairs [from, to], in
 * which `clients` means all clients.
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
  /** With `inject`: what the kind of fault can do to its nodes, by name; checkers know effects, not kinds. */
  readonly effects?: readonly string[];
  readonly detail?: string;
}

/** The replicas of each key, and how many a request needs unless it names its own number. */
export interface Placement {
  readonly n: number;
  readonly r: number;
  readonly w: number;
  /** The replicas of each key of the plan, in order of preference. */
  readonly preference: Readonly<Record<Key, readonly NodeName[]>>;
}

/** A node uses another version of the ring from now on. Before its first such event it uses that of the `run` event. */
export interface RingEvent {
  readonly e: "ring";
  readonly atUs: number;
  readonly node: NodeName;
  /** Increases with each step of each change. */
  readonly version: number;
  /** The ring's members, without those that are dead for good. */
  readonly members: readonly NodeName[];
  /** The placement for reads. */
  readonly reads: Placement;
  /** A write needs a quorum of each of these placements: one, or the old and the new during a change. */
  readonly writes: readonly Placement[];
  /** The change that is under way, and its step. Absent: none. */
  readonly under?: string;
}

/**
 * A stage of the run begins. `quiet`: replicas were equal and quiet in the final phase. `not-quiet`: the wait for that
 * ended without success.
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

/** An inspection of a replica, bypassing the quorum. Lists only keys that it holds. */
export interface InspectEvent {
  readonly e: "inspect";
  readonly atUs: number;
  readonly node: NodeName;
  /** "empty" before the run, "poll" while waiting for convergence, "final" after it. */
  readonly when: "empty" | "poll" | "final";
  readonly state: Readonly<Record<Key, ReplicaState>>;
  /** The node's version of the ring. Absent: the first one, or the target's ring cannot change. */
  readonly ring?: number;
  /** The number of keys that the node holds and knows it does not own. Absent: none. */
  readonly leftovers?: number;
}

/**
 * A node's process ended without a fault or restart by the harness. `itself`: it exited or crashed. `engine`: the
 * container engine ended it because it ran out of memory. `somebody`: a signal that the harness did not send.
 */
export interface NodeEndedEvent {
  readonly e: "node-ended";
  readonly atUs: number;
  readonly node: NodeName;
  readonly by: "itself" | "engine" | "somebody";
  /** How it ended, with the node's last log lines. */
  readonly detail: string;
}

/**
 * Fields of every event that a node's Host recorded. `seq` counts up by one within (node, boot), so a gap means lost
 * evidence.
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

/** A sync of the log returned: these records are durable on this node from now on. */
export interface SyncEvent extends Evidence {
  readonly e: "sync";
  readonly records: readonly DurableRecord[];
  /** The hash of the records as they were written. */
  readonly hash: string;
  /**
   * The Host read these records when the node started: the newest whole record of each key in one segment of a log.
   * Anything else was damaged or missing.
   */
  readonly recovered?: true;
}

/** A record that a sync made durable. */
export interface DurableRecord {
  readonly key: Key;
  readonly versions: readonly VersionName[];
  readonly context?: VersionVector;
  /** The record is a hint for this node. The node that keeps it does not hold it as a replica. */
  readonly hintFor?: NodeName;
  /** The node uses this version of the ring from now on. The record has no key and no versions. */
  readonly ring?: RingRecord;
  /** The node no longer owns the key and dropped its data. The record has no versions. */
  readonly dropped?: true;
}

/** A version of the ring in the store's notation. Only its target can say which nodes own a key. */
export type RingRecord = object;

/** Why a replica is asked to store a version. */
export type StoreCause = "write" | "read-repair" | "anti-entropy" | "handoff" | "stream";

/**
 * The content of a frame in terms of the checkers. The store's protocol maps each of its messages to one of these or to
 * `other`, and planted bugs cannot replace that mapping. `trace` is the operation that caused the frame, if any.
 * `request` links a replica's reply with its request, unique within (coordinator node, boot).
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
      /** A message between nodes whose network is the harness. */
      readonly frame: "message";
      /** Unique in the history. Links the sending of a message with its arrivals. */
      readonly message: number;
      /** The client's operation that the message requests or answers. */
      readonly trace?: number;
      /** The message's type and fields. Absent: the sending event has them. */
      readonly body?: Json;
      /** What the network does to the message. Absent: it arrives once, if the receiver still runs. */
      readonly fate?: "lost" | "twice";
      /** How long the network delays it. */
      readonly delayUs?: number;
    }
  /** A new owner of keys asks for what the old ones hold, or is sent it. */
  | { readonly frame: "stream"; readonly detail: string }
  | { readonly frame: "exchange"; readonly detail: string }
  | { readonly frame: "other"; readonly detail: string };

/** A frame was sent to or received from `peer`. A client is named as in InvokeEvent.client. */
export type FrameEvent = Evidence & {
  readonly e: "sent" | "received";
  readonly peer: string;
} & FrameSummary;

/** The store's own explanation. No verdict uses it. */
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
  /** The number of events recorded by the harness, including the first and this one, so that a lost line is noticed. */
  readonly recorded?: number;
  /** What the nodes recorded until now. Absent: no evidence was recorded or counted. */
  readonly evidence?: EvidenceExtent;
  readonly reason?: string;
}

/**
 * The number (`seq`) of the last event of each boot of each node. Gaps inside a boot show anyway; this shows a lost end
 * of a boot, or a lost boot.
 */
export type EvidenceExtent = Readonly<Record<NodeName, Readonly<Record<string, number>>>>;

/** An event of the Host's evidence. */
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
