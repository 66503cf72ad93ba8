/**
 * All messages between nodes and clients. A frame is one message as JSON. Sockets validate every frame when it is sent
 * and when it arrives (see codec.ts), and the simulator when it is sent. A node's messages to itself are not encoded,
 * except for the evidence. `id` links a reply with its request; the requests of one exchange share one. `trace` is the
 * id of the client's request that caused a message between nodes. It is absent in background work.
 */
import type { State, VersionVector } from "../versions/records.ts";
import type { ErrorCode } from "./errors.ts";
import type { RingChange, RingName, RingState } from "../placement/ring-state.ts";
import type { Quorum } from "../placement/quorum.ts";

/** Requests of a client to a node. */
export type ClientRequest =
  | {
      readonly type: "get";
      readonly id: number;
      readonly key: string;
      readonly r?: Quorum;
      readonly pr?: Quorum;
    }
  | {
      readonly type: "put";
      readonly id: number;
      readonly key: string;
      /** The new value. Null deletes the key: the store writes a tombstone. */
      readonly value: string | null;
      readonly w?: Quorum;
      readonly pw?: Quorum;
      readonly dw?: Quorum;
      /**
       * The context from an earlier reply of this store: this put supersedes all versions that it covers. Without a
       * context, the put supersedes nothing. Last write wins ignores the context.
       */
      readonly context?: string;
    }
  /**
   * Client routing: give this put its version, store it, and say what you stored, so that the client sends it to the
   * other replicas. `synced`: as in a replica-put.
   */
  | {
      readonly type: "version-put";
      readonly id: number;
      readonly key: string;
      readonly value: string | null;
      readonly context?: string;
      readonly synced?: true;
    }
  /** An operator asks for a change of the ring. `give-up` and `take-over` refer to the change under way. */
  | {
      readonly type: "ring-change";
      readonly id: number;
      /** The operator's name for the change. A RingChange whose name was used before has no further effect. */
      readonly name: string;
      readonly change:
        | RingChange
        | { readonly kind: "give-up" }
        | { readonly kind: "take-over" }
        /** The node is dead for good: a change under way goes on without it. */
        | { readonly kind: "dead"; readonly node: string };
    }
  /** Asks what this node alone holds, without a quorum: keys after `after`, in order, about half a frame of them. */
  | { readonly type: "inspect"; readonly id: number; readonly after?: string };

/** Replies of a node to a client. */
export type ClientReply =
  | {
      readonly type: "got";
      readonly id: number;
      readonly key: string;
      readonly state: State | null;
      readonly context?: string;
    }
  | {
      readonly type: "stored";
      readonly id: number;
      readonly key: string;
      /** The stamp or dot that the store gave the put. */
      readonly version: string;
      /**
       * For siblings: a context with which a later put supersedes this put. Only present if this put left no other
       * sibling; otherwise a client must read the key to get a context.
       */
      readonly context?: string;
    }
  | {
      readonly type: "inspected";
      readonly id: number;
      readonly entries: readonly { readonly key: string; readonly state: State }[];
      readonly more: boolean;
      /** The number of hints that the node keeps for other nodes. Absent if hints are off. */ readonly hints?: number;
      /** The node's version of the ring. Absent if the ring has never changed. */ readonly ring?: RingState;
      /** The number of keys that the node holds and does not own. Absent if there are none. */ readonly leftovers?: number;
    }
  /** The answer to a ring-change. `problem` absent: the request was carried out, or its change is known already. */
  | {
      readonly type: "ring-told";
      readonly id: number;
      readonly ring: RingState;
      readonly problem?: string;
    }
  /** The put has its version, and this node has stored `state`. */
  | {
      readonly type: "versioned";
      readonly id: number;
      readonly key: string;
      readonly version: string;
      readonly state: State;
    }
  | {
      readonly type: "error";
      readonly id: number;
      readonly code: ErrorCode;
      readonly message: string;
    };

/**
 * Why a replica gets a state. `stream`: a new owner fetches its data, a former owner hands its data over, or a hint
 * goes to new owners.
 */
export type StoreCause = "write" | "read-repair" | "anti-entropy" | "handoff" | "stream";

/** The name of a key or a range, with its hash. */
export type NamedHash = readonly [name: string, hash: string];

/**
 * Requests of a node to another node or to itself, on the stream that the requester dialled. Under client routing,
 * clients also send some of them. `ring` names the requester's ring. It is absent with the first ring.
 */
export type PeerRequest = PeerQuestion & { readonly ring?: RingName };

type PeerQuestion =
  /** If `synced` is set, the replica confirms only after the sync, even with a periodic log. */
  | {
      readonly type: "replica-put";
      readonly id: number;
      readonly trace?: number;
      readonly key: string;
      readonly state: State;
      readonly cause: StoreCause;
      readonly synced?: true;
    }
  | {
      readonly type: "replica-get";
      readonly id: number;
      readonly trace?: number;
      readonly key: string;
    }
  /** Asks for the versions of a key without their values. */
  | {
      readonly type: "replica-digest";
      readonly id: number;
      readonly trace: number;
      readonly key: string;
    }
  /** Keep this as a hint for `target`, a replica that I cannot reach or that did not confirm. */
  | {
      readonly type: "hint-put";
      readonly id: number;
      readonly trace: number;
      readonly key: string;
      readonly state: State;
      readonly target: string;
      readonly synced?: true;
    }
  /**
   * Which stamp of the key do you hold durably? A put asks this before it takes a quorum stamp. The value is not
   * needed.
   */
  | {
      readonly type: "stamp-get";
      readonly id: number;
      readonly trace: number;
      readonly key: string;
    }
  /** A put passed on to a replica of the key that mints its dot and coordinates it (siblings). */
  | {
      readonly type: "forward-put";
      readonly id: number;
      readonly trace: number;
      readonly key: string;
      readonly value: string | null;
      readonly w?: Quorum;
      readonly pw?: Quorum;
      readonly dw?: Quorum;
      readonly context?: string;
    }
  | { readonly type: "ping"; readonly id: number }
  /** The ring as I see it. `done`: I have made its step. */
  | {
      readonly type: "ring-tell";
      readonly id: number;
      readonly shown: RingState;
      readonly done: boolean;
    }
  /** A new owner asks an old one for what it will own and the old one holds, keys after `after`. */
  | { readonly type: "stream-ask"; readonly id: number; readonly after?: string }
  /** Do you hold this tombstone, or something newer, durably? */
  | { readonly type: "reap-ask"; readonly id: number; readonly key: string; readonly state: State }
  /** All replicas hold this tombstone: drop it. No reply. */
  | { readonly type: "reap"; readonly id: number; readonly key: string; readonly state: State }
  /** Anti-entropy, first step: my root hash of each key range that we share. */
  | { readonly type: "range-compare"; readonly id: number; readonly hashes: readonly NamedHash[] }
  /** My hashes of these nodes of a range's tree; level 1 is below the root. */
  | {
      readonly type: "tree-compare";
      readonly id: number;
      readonly range: string;
      readonly level: number;
      readonly hashes: readonly (readonly [index: number, hash: string])[];
    }
  /** My keys and their digests in these leaves. The states themselves travel as ordinary replica-puts, both ways. */
  | {
      readonly type: "leaf-compare";
      readonly id: number;
      readonly range: string;
      readonly leaves: readonly number[];
      readonly digests: readonly NamedHash[];
    };

/** Replies of a node to another node. */
export type PeerReply =
  | {
      readonly type: "replica-stored";
      readonly id: number;
      readonly trace?: number;
      readonly key: string;
    }
  /** Its disk is full: nothing of the put is in its log. */
  | {
      readonly type: "replica-refused";
      readonly id: number;
      readonly trace?: number;
      readonly key: string;
    }
  | {
      readonly type: "replica-got";
      readonly id: number;
      readonly trace?: number;
      readonly key: string;
      readonly state: State | null;
    }
  /** The versions that the replica holds. [] and no context: it holds nothing. */
  | {
      readonly type: "replica-digested";
      readonly id: number;
      readonly trace: number;
      readonly key: string;
      readonly versions: readonly string[];
      readonly context?: VersionVector;
    }
  /** The node has stored the hint. */
  | {
      readonly type: "hint-stored";
      readonly id: number;
      readonly trace: number;
      readonly key: string;
    }
  /** The newest durable stamp of the key, or else the newest stamp of all forgotten keys. Null: none. */
  | {
      readonly type: "stamp-got";
      readonly id: number;
      readonly trace: number;
      readonly key: string;
      readonly stamp: string | null;
    }
  | {
      readonly type: "forwarded";
      readonly id: number;
      readonly trace: number;
      readonly key: string;
      readonly reply: ClientReply;
    }
  | { readonly type: "pong"; readonly id: number }
  /** The ring as the replier has it on its disk, and whether it made its step. */
  | {
      readonly type: "ring-ack";
      readonly id: number;
      readonly shown: RingState;
      readonly done: boolean;
    }
  /** The sender's ring is outdated: nothing was done, and `shown` is the newer ring. */
  | {
      readonly type: "ring-refused";
      readonly id: number;
      readonly trace?: number;
      readonly shown: RingState;
    }
  | {
      readonly type: "stream-page";
      readonly id: number;
      readonly entries: readonly { readonly key: string; readonly state: State }[];
      readonly more: boolean;
    }
  /** The source cannot stream yet: ask again. */
  | { readonly type: "stream-later"; readonly id: number }
  | {
      readonly type: "reap-told";
      readonly id: number;
      readonly key: string;
      readonly holds: boolean;
    }
  /** The ranges whose hashes differ here. */
  | { readonly type: "ranges-differ"; readonly id: number; readonly ranges: readonly string[] }
  /** Indices of the tree nodes whose hashes differ here. */
  | {
      readonly type: "tree-differs";
      readonly id: number;
      readonly range: string;
      readonly level: number;
      readonly indices: readonly number[];
    }
  /** Keys that the replier lacks or has differently and wants sent. */
  | {
      readonly type: "leaf-differs";
      readonly id: number;
      readonly range: string;
      readonly wanted: readonly string[];
    };

export type Message = ClientRequest | ClientReply | PeerRequest | PeerReply;
