/**
 * The language of histories: everything that a run saw, one event a line of history.jsonl.
 *
 * All times are whole microseconds of one monotonic clock (`atUs`); in the simulator it is virtual. The first event of
 * a file is always `run`, the last always `end`: a file without its `end` was cut off, and what it shows is at best
 * `unknown`.
 *
 * Versions are named by strings that are unique for each write:
 * - last write wins: a stamp, fixed width, so that stamps of one key order as plain strings (`a < b` means b wins);
 * - siblings: a dot, `actor:counter`, where each boot of a node is an actor of its own.
 */
export type NodeName = string;
/** The name of a key: k0, k1, … */
export type Key = string;
/** A client's value. null stands for a deletion (a tombstone), never for "not found". */
export type Value = string | null;
/** A stamp or a dot. */
export type VersionName = string;
/** How many of an actor's dots of one key are covered: actor → highest counter. Keys are sorted. */
export type VersionVector = Readonly<Record<string, number>>;

/** One version that a read returned, or that a replica holds. */
export interface VersionedValue {
  readonly version: VersionName;
  readonly value: Value;
}

/** A value that a read returned. Its version is absent where the target shows none. */
export interface ShownValue {
  readonly version?: VersionName;
  readonly value: Value;
}

/** What a replica holds for one key, seen by direct inspection. `context` only where versions are siblings. */
export interface ReplicaState {
  readonly versions: readonly VersionedValue[];
  readonly context?: VersionVector;
}

/**
 * How two versions of one key relate: ordered by stamp with one winner, or siblings under causal contexts. `none`:
 * plain values.
 */
export type VersionKind = "stamps" | "siblings" | "none";

/** Whatever JSON can say. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** The store under test. Only the target knows what its settings mean. */
export interface TargetIdentity {
  readonly name: string;
  readonly version: string;
  readonly settings: Readonly<Record<string, Json>>;
}

/** What the target lets the harness see. What is missing makes guarantees that need it `not-applicable`. */
export interface Capabilities {
  /** Which versions reads and acknowledgements carry. */
  readonly versions: VersionKind;
  /** Each replica's own state can be read, around the quorum. */
  readonly inspection: boolean;
  /** The Host recorded what nodes sent, received and synced. */
  readonly evidence: boolean;
  /**
   * The harness started the nodes' processes and recorded each end that it had not planned. Absent: nobody watched
   * them.
   */
  readonly processes?: true;
}

/** Which mechanisms make replicas equal again. */
export interface RepairFacts {
  readonly read: "off" | "async" | "blocking";
  readonly antiEntropy: boolean;
  /**
   * Hinted handoff, absent: off. A coordinator that lives has durable hints of what a replica missed `keptWithinUs`
   * after the write ended, well or with one of `hintedErrors`; they are dropped when older than `windowUs`.
   */
  readonly handoff?: {
    readonly windowUs: number;
    readonly keptWithinUs: number;
    readonly hintedErrors: readonly string[];
  };
}

/** The opening event: what was run and what was promised. All that a checker knows of the store. */
export interface RunEvent {
  readonly e: "run";
  readonly format: "quorate-history/2";
  readonly target: TargetIdentity;
  /** The platform that the nodes ran on. */
  readonly on: string;
  /** What clients did: `register`, `siblings`, `set`, … */
  readonly workload: string;
  readonly capabilities: Capabilities;
  /** All that ever were. */
  readonly nodes: readonly NodeName[];
  /** Those of them that were not there from the start. Absent: none. */
  readonly newcomers?: readonly NodeName[];
  /** Guarantees that the target's settings imply for this plan. */
  readonly promised: readonly string[];
  /** What the person who runs claims beyond that (`--promise`). Judged as promised. */
  readonly claimed: readonly string[];
  readonly bounds: {
    /** After the final phase's heal and restart, replicas are equal within this (semantics.md, T). */
    readonly convergeUs: number;
    /** The largest difference between two nodes' wall clocks without a clock fault. */
    readonly skewUs: number;
    /** Links are up again within this after a fault ends. */
    readonly reconnectUs: number;
    /** At least so many percent of all operations succeed. Absent: no share is demanded. */
    readonly succeedPercent?: number;
    /**
     * A replica keeps a tombstone at least `keptUs` after it synced it, and `requestUs` after its start a request sends
     * nothing more. no-resurrection is then promised of deletes alone that every replica heard of in time. Absent: of
     * all deletes.
     */
    readonly tombstone?: { readonly keptUs: number; readonly requestUs: number };
  };
  /**
   * What orders writes: decides how `durable` and sessions judge order. `none`: nothing is known of it, or siblings.
   */
  readonly stamps: "wall" | "hybrid" | "quorum" | "none";
  /**
   * Replicas of each key, and by default how many of them a read and a write need; an invoke may carry its own r or w.
   * Known together or not at all.
   */
  readonly n?: number;
  readonly r?: number;
  readonly w?: number;
  /** For each key that the plan uses, the nodes that replicate it, in order of preference. Known with n, r and w. */
  readonly preference?: Readonly<Record<Key, readonly NodeName[]>>;
  /**
   * Absent: a node coordinates. `client`: the client counts itself, so that what replicas sent it is all the evidence.
   */
  readonly routing?: "client";
  /**
   * Absent: full. A replica that is found to hold something else is then asked again, and its second reply counts
   * instead of its first.
   */
  readonly reads?: "digest";
  /** Whether nodes beyond the preference list may stand in for replicas, and count. Absent: strict. */
  readonly quorums?: "strict" | "sloppy";
  /**
   * What becomes of a tombstone in time; but for tombstones kept for ever, a deleted key and an absent one are the
   * same. Absent: kept.
   */
  readonly deletes?: "grace" | "reap" | "physical";
  /** `periodic`: an acknowledged write is applied on W replicas, and synced only later. Absent: synced. */
  readonly sync?: "periodic";
  /** Absent: not known. */
  readonly repair?: RepairFacts;
}

/**
 * The client that reads every key in the final phase. It is quorate's own; histories keep this name, and sentences say
 * "the final phase".
 */
export const finalPhaseClient = "sweeper";

/**
 * An operation starts. `op` is unique in the history; `process` is a client's, renumbered after an indeterminate
 * operation.
 */
export interface InvokeEvent {
  readonly e: "invoke";
  readonly atUs: number;
  readonly op: number;
  readonly client: string;
  readonly process: number;
  readonly node: NodeName;
  /** The operation's name in its workload: `read`, `write`, `delete` of registers and siblings, `add` of sets, … */
  readonly f: string;
  readonly key: Key;
  /** What a write writes; absent for a read or delete. Unique per key. */
  readonly value?: string;
  /** Operations of other workloads: what they are about, such as the element of an `add`. */
  readonly args?: Json;
  readonly r?: number;
  /** 0: one replica, or one hint of it (Cassandra's ANY). */
  readonly w?: number;
  /**
   * Of the replies that a read counted (`pr`), of the confirmations that a write did (`pw`), so many came from the
   * key's own replicas.
   */
  readonly pr?: number;
  readonly pw?: number;
  /** So many of the confirmations followed a sync, also where the log is periodic. */
  readonly dw?: number;
  /**
   * Siblings: the operation (a read, or a write that returned a context) whose context this write carries. Absent: a
   * blind write.
   */
  readonly contextOf?: number;
  /** Part of the final phase: a last read of its key. There may be one through each node. */
  readonly final?: true;
}

/**
 * It succeeded. For a read of a register or of siblings: what it returned ([] is not-found). For a write or delete: the
 * version that it was given.
 */
export interface OkEvent {
  readonly e: "ok";
  readonly atUs: number;
  readonly op: number;
  /** Absent: none. */
  readonly versions?: readonly ShownValue[];
  readonly context?: VersionVector;
  /** Operations of other workloads: what they returned, such as the elements that a `read` of a set found. */
  readonly result?: Json;
}

/** It did not happen and never will (`fail`), or nobody knows (`info`: may take effect at any later time). */
export interface FailEvent {
  readonly e: "fail" | "info";
  readonly atUs: number;
  readonly op: number;
  /** A stable code of the store's error registry, or the harness's own `client-timeout`, `connection-lost`. */
  readonly code: string;
  readonly message?: string;
}

/**
 * The nemesis acts. `inject` is written before the first change, `injected` once it is done, likewise `heal`, `healed`.
 * `fault` is the index in the plan; `kind` and `nodes` say what it touches; `cuts` are directed pairs [from, to];
 * `clients` is where all clients stand.
 */
export interface FaultEvent {
  readonly e: "fault";
  readonly atUs: number;
  readonly phase: "inject" | "injected" | "heal" | "healed" | "skipped";
  readonly fault: number;
  readonly kind: string;
  readonly nodes: readonly NodeName[];
  readonly cuts?: readonly (readonly [NodeName, NodeName])[];
  /** The clients that it is about; absent: it is not about single clients. */
  readonly clients?: readonly string[];
  /** With `inject`: what the kind of fault can do to its nodes, by name; checkers know effects, not kinds. */
  readonly effects?: readonly string[];
  readonly detail?: string;
}

/** Who replicates which key, and how many of them a request needs unless it names its own. */
export interface Placement {
  readonly n: number;
  readonly r: number;
  readonly w: number;
  /** For each key that the plan uses, the nodes that replicate it, in order of preference. */
  readonly preference: Readonly<Record<Key, readonly NodeName[]>>;
}

/**
 * A node goes by another version of the ring from here on. Until its first such event it goes by that of the `run`
 * event.
 */
export interface RingEvent {
  readonly e: "ring";
  readonly atUs: number;
  readonly node: NodeName;
  /** Counts up with each step of each change. */
  readonly version: number;
  /** Who is on the ring, but for members that are dead for good. */
  readonly members: readonly NodeName[];
  /** What reads go by. */
  readonly reads: Placement;
  /** A write needs its quorum of each of these: one, or while a change is under way the old and the new. */
  readonly writes: readonly Placement[];
  /** The change that is under way and its step, in words; absent: none is. */
  readonly under?: string;
}

/**
 * A stage of the run begins. `quiet`: the final phase saw replicas equal and quiet; `not-quiet`: the wait ended
 * without.
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

/** A replica inspected directly, around the quorum. Only keys that it holds are listed. */
export interface InspectEvent {
  readonly e: "inspect";
  readonly atUs: number;
  readonly node: NodeName;
  /** "empty" before the run, "poll" while waiting for convergence, "final" after it. */
  readonly when: "empty" | "poll" | "final";
  readonly state: Readonly<Record<Key, ReplicaState>>;
  /** The version of the ring that the node goes by; absent: the first, or the target's ring cannot change. */
  readonly ring?: number;
  /** Keys that it holds and knows that it does not own; absent: none. */
  readonly leftovers?: number;
}

/**
 * A node's process ended, and no fault and no restart of the harness ended it. `itself`: it exited or crashed.
 * `engine`: the container engine ended it because it ran out of memory. `somebody`: a signal that the harness did not
 * send.
 */
export interface NodeEndedEvent {
  readonly e: "node-ended";
  readonly atUs: number;
  readonly node: NodeName;
  readonly by: "itself" | "engine" | "somebody";
  /** How it ended, and what the node said last. */
  readonly detail: string;
}

/**
 * What every event recorded by a node's Host carries. `seq` counts up by one within (node, boot): a gap is lost
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

/** A sync of the log returned: these records are durable on this node from here on. */
export interface SyncEvent extends Evidence {
  readonly e: "sync";
  readonly records: readonly DurableRecord[];
  /** Of the records as they were written. */
  readonly hash: string;
  /**
   * The Host read these back when the node started: the newest whole record of each key in one segment of a log. What
   * is not among them was damaged or gone.
   */
  readonly recovered?: true;
}

/** A record that a sync made durable. */
export interface DurableRecord {
  readonly key: Key;
  readonly versions: readonly VersionName[];
  readonly context?: VersionVector;
  /** A hint: kept, or to be kept, for this node until it is back. Whoever keeps it does not hold it as a replica. */
  readonly hintFor?: NodeName;
  /** The node goes by this version of the ring from here on. The record has no key and no versions. */
  readonly ring?: RingRecord;
  /** The node owns the key no more and dropped what it held of it. The record has no versions. */
  readonly dropped?: true;
}

/** A version of the ring, as a store wrote it down. Only its target can say which nodes own a key on it. */
export type RingRecord = object;

/** Why a replica is told to store a version. */
export type StoreCause = "write" | "read-repair" | "anti-entropy" | "handoff" | "stream";

/**
 * What a frame says, in terms that checkers know. The store's protocol maps each of its messages to one of these (or to
 * `other`); the mapping is no replaceable part. `trace` is the operation that caused it, where there is one; `request`
 * pairs a replica's reply with its request, unique within (coordinator node, boot).
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
      /** A message of nodes whose network is the harness itself. */
      readonly frame: "message";
      /** Unique in the history: pairs a sending with its arrivals. */
      readonly message: number;
      /** The operation that a client asks for, or is answered. */
      readonly trace?: number;
      /** The message's type and fields. Absent where the sending has them. */
      readonly body?: Json;
      /** What the network does to it. Absent: it arrives once, unless the receiver is gone by then. */
      readonly fate?: "lost" | "twice";
      /** How long the network holds it. */
      readonly delayUs?: number;
    }
  /** A new owner of keys asks for what the old ones hold, or is sent it. */
  | { readonly frame: "stream"; readonly detail: string }
  | { readonly frame: "exchange"; readonly detail: string }
  | { readonly frame: "other"; readonly detail: string };

/** A frame left this node for `peer`, or arrived from it; a client is named as in InvokeEvent.client. */
export type FrameEvent = Evidence & {
  readonly e: "sent" | "received";
  readonly peer: string;
} & FrameSummary;

/** The store explains itself. Explains only: no verdict rests on it. */
export interface ExplainEvent extends Evidence {
  readonly e: "explain";
  readonly what: string;
  readonly key?: Key;
  readonly detail?: string;
}

/**
 * The closing event. `reason` is set when the run could not be carried through (a node that did not come back, an
 * interrupt).
 */
export interface EndEvent {
  readonly e: "end";
  readonly atUs: number;
  /**
   * How many events the harness itself recorded, the first and this one included: so a line that was lost is missed.
   */
  readonly recorded?: number;
  /** What the nodes recorded up to here. Absent: no evidence was recorded, or nobody counted it. */
  readonly evidence?: EvidenceExtent;
  readonly reason?: string;
}

/**
 * For each node and each of its boots, the number (`seq`) of the last event. A gap within a boot shows by itself; this
 * shows that the end of a boot, or a whole boot, is lost.
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
