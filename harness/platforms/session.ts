/**
 * What clients see of a cluster, independent of any store: sessions, the outcomes of requests, and what replicas hold.
 */
import type { NodeName, ReplicaState, RingRecord } from "../../checkers/index.ts";
import type {
  MembershipChange,
  ClientRequest,
  ClientOutcome as Outcome,
} from "../../generators/index.ts";
import type { ClusterClock } from "./cluster.ts";

export type { ClientRequest, Outcome };

/**
 * A client's session with one node, or with the whole cluster if the target's clients find replicas themselves. It
 * performs one request at a time.
 */
export interface ClientSession {
  /**
   * Performs a request and calls `done` exactly once, after this call returned and within `timeoutMs`. After `close`,
   * it never calls `done`.
   */
  perform(request: ClientRequest, timeoutMs: number, done: (outcome: Outcome) => void): void;
  /** Ends the session. `done` is not called for a pending request. */
  close(): void;
}

/** What one replica holds, read without a quorum. */
export interface Inspected {
  readonly state: Readonly<Record<string, ReplicaState>>;
  /** The number of writes that the node keeps as hints for other nodes. */
  readonly pending: number;
  /** The node's ring in the target's notation. Absent: the ring never changed, or cannot change. */
  readonly ring?: RingRecord;
  /** The number of keys that the node holds although it knows that it does not own them. Absent: none. */
  readonly leftovers?: number;
}

/** The state of a requested membership change. */
export type ChangeState =
  | { readonly is: "under-way" }
  | { readonly is: "over" }
  /** The node refused the change. If `again` is true, it may accept the change later. */
  | { readonly is: "refused"; readonly why: string; readonly again: boolean }
  | { readonly is: "unknown" };

/** The clients of a running cluster. */
export interface TargetClients {
  /** Opens a session of the client with the node. */
  session(client: string, node: NodeName): ClientSession;
  /**
   * Asks the node what it holds, again and again until the node answers. Returns a function that stops asking. Absent:
   * replicas cannot be inspected.
   */
  inspect?(node: NodeName, done: (inspected: Inspected) => void): () => void;
  /**
   * Asks a node to make a membership change, which `name` identifies. A node that knows the change already answers how
   * far it is. Absent: membership is fixed.
   */
  change?(name: string, change: MembershipChange, done: (state: ChangeState) => void): void;
  /**
   * Makes replicas equal as an operator of the store would, and resolves when this is done. Absent: operators have no
   * means for it.
   */
  settle?(timeoutMs: number): Promise<void>;
  /**
   * Sets how far the client's clock, with which it stamps its writes, is ahead. Absent: clients do not stamp their
   * writes.
   */
  setClock?(client: string, aheadMs: number): void;
  /** Closes the connections that sessions share. */
  close?(): void;
}

/** The code of an outcome of a request that was certainly not sent. */
export const notConnected = "not-connected";

/**
 * The outcome of a request that got no answer in time: unknown if the request was sent, else a failure without effect.
 */
export const unanswered = (sent: boolean, timeoutMs: number): Outcome =>
  sent
    ? { kind: "info", code: "client-timeout", message: `no reply within ${timeoutMs} ms` }
    : {
        kind: "fail",
        code: notConnected,
        message: "no connection to the node within the time; nothing was sent",
      };

/** Opens connections of a simulated or real network. */
export interface ClientNetwork<Message> {
  readonly clock: ClusterClock;
  /** Opens a new connection. Handlers are never called before this call returned. */
  dial(
    client: string,
    node: NodeName,
    handlers: {
      open?(): void;
      message(message: Message): void;
      close(reason: string): void;
    },
  ): Connection<Message>;
}

/** An ordered connection from a client to a node. */
export interface Connection<Message> {
  /** Sends a message. Messages sent before the connection is open are queued. */
  send(message: Message): void;
  /** Closes the connection. `reason` is for people. */
  close(reason: string): void;
}
