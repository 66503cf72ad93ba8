/**
 * Every message that nodes and clients exchange, one frame each. `id` pairs a reply with its request within one stream's
 * sender; `trace` is the client's request id that caused a peer message (absent: background work).
 * A frame is its message as JSON; every frame in and out is validated (see codec.ts).
 */
import type { State } from "./records.ts";
import type { ErrorCode } from "./errors.ts";

/** client → node */
export type ClientRequest =
  | { readonly type: "get"; readonly id: number; readonly key: string; readonly r?: number }
  | {
      readonly type: "put";
      readonly id: number;
      readonly key: string;
      /** null deletes: a tombstone is written. */
      readonly value: string | null;
      readonly w?: number;
      /** Opaque, from a reply of this store: what this put supersedes. Absent: blind. Ignored under last write wins. */
      readonly context?: string;
    }
  /** What this node alone holds, around the quorum; keys after `after`, in order, as many as fit a frame. */
  | { readonly type: "inspect"; readonly id: number; readonly after?: string };

/** node → client */
export type ClientReply =
  | { readonly type: "got"; readonly id: number; readonly state: State | null; readonly context?: string }
  | { readonly type: "stored"; readonly id: number; readonly version: string; readonly context?: string }
  | { readonly type: "inspected"; readonly id: number; readonly entries: readonly { readonly key: string; readonly state: State }[]; readonly more: boolean }
  | { readonly type: "error"; readonly id: number; readonly code: ErrorCode; readonly message: string };

export type StoreCause = "write" | "read-repair" | "anti-entropy" | "handoff";

/** node → node, requests (on the stream that the requester dialled) */
export type PeerRequest =
  | { readonly type: "replica-put"; readonly id: number; readonly trace?: number; readonly key: string; readonly state: State; readonly cause: StoreCause }
  | { readonly type: "replica-get"; readonly id: number; readonly trace?: number; readonly key: string }
  /** A put passed on to a replica of the key that mints its dot and coordinates it (siblings). */
  | { readonly type: "forward-put"; readonly id: number; readonly trace: number; readonly key: string; readonly value: string | null; readonly w?: number; readonly context?: string }
  | { readonly type: "ping"; readonly id: number }
  /** Merkle comparison: my hashes for these tree nodes of this key range. */
  | { readonly type: "tree-compare"; readonly id: number; readonly range: string; readonly level: number; readonly hashes: readonly (readonly [index: number, hash: string])[] }
  /** My keys and state hashes in these differing leaves. */
  | { readonly type: "leaf-compare"; readonly id: number; readonly range: string; readonly leaves: readonly number[]; readonly entries: readonly (readonly [key: string, hash: string])[] };

/** node → node, replies */
export type PeerReply =
  | { readonly type: "replica-stored"; readonly id: number; readonly trace?: number; readonly key: string }
  | { readonly type: "replica-got"; readonly id: number; readonly trace?: number; readonly key: string; readonly state: State | null }
  | { readonly type: "forwarded"; readonly id: number; readonly trace: number; readonly key: string; readonly reply: ClientReply }
  | { readonly type: "pong"; readonly id: number }
  /** Indices of the tree nodes whose hashes differ here. */
  | { readonly type: "tree-differs"; readonly id: number; readonly range: string; readonly level: number; readonly indices: readonly number[] }
  /** What the requester lacks or has differently (`states`), and which keys the replier wants (`wanted`). */
  | { readonly type: "leaf-differs"; readonly id: number; readonly range: string; readonly states: readonly { readonly key: string; readonly state: State }[]; readonly wanted: readonly string[] }
  | { readonly type: "replica-error"; readonly id: number; readonly trace?: number; readonly code: ErrorCode; readonly message: string };

export type Message = ClientRequest | ClientReply | PeerRequest | PeerReply;
