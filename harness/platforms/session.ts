/** A client's view of a cluster, independent of any store: requests of a workload and their outcomes. */
import type { NodeName, ReplicaState, RingRecord } from "../../checkers/index.ts";
import type {
  MembershipChange,
  ClientRequest,
  ClientOutcome as Outcome,
} from "../../generators/index.ts";
import type { ClusterClock } from "./cluster.ts";

export type { ClientRequest, Outcome };

/**
 * A client's session with one node, or with the whole cluster if clients find replicas themselves. One request at a
 * time.
 */
export interface ClientSession {
  /** Calls `done` exactly once, after this call returned and within `timeoutMs`. Never calls it after `close`. */
  perform(request: ClientRequest, timeoutMs: number, done: (outcome: Outcome) => void): void;
  /** Ends the session. A pending operation is never answered. */
  close(): void;
}

/** What one replica holds, read without a quorum. */
export interface Inspected {
  readonly state: Readonly<Record<string, ReplicaState>>;
  /** The number of writes that the node still keeps for other nodes. */
  readonly pending: number;
  /** The node's ring in the target's notation. Absent: it never changed, or cannot change. */
  readonly ring?: RingRecord;
  /** The number of keys that the node holds and knows it does not own. Absent: none. */
  readonly leftovers?: number;
}

/** The state of a requested membership change. */
export type ChangeState =
  | { readonly is: "under-way" }
  | { readonly is: "over" }
  /** The node refused the change. `again`: it may accept the change later. */
  | { readonly is: "refused"; readonly why: string; readonly again: boolean }
  | { readonly is: "unknown" };

/** The clients of a running cluster. */
export interface TargetClients {
  /** Opens a session of the client with the node. */
  session(client: string, node: NodeName): ClientSession;
  /**
   * Asks until the node says what it holds. Returns a function that stops asking. Absent: replicas cannot be inspected.
   */
  inspect?(node: NodeName, done: (inspected: Inspected) => void): () => void;
  /**
   * Asks a node for a membership change, or for its state. `name` identifies the change. Absent: membership is fixed.
   */
  change?(name: string, change: MembershipChange, done: (state: ChangeState) => void): void;
  /** Makes replicas equal as an operator of the store would. Resolves when done. Absent: operators have no means. */
  settle?(timeoutMs: number): Promise<void>;
  /** Sets how far the clock with which the client stamps its writes is ahead. Absent: clients stamp nothing. */
  setClock?(client: string, aheadMs: number): void;
  /** Closes what sessions share. */
  close?(): void;
}

/** The code of an outcome where certainly nothing was sent. */
export const notConnected = "not-connected";

/** The outcome of a request that got no answer in time: unknown if it was sent, else a failure without effect. */
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
  /** Messages sent before the connection is open are queued. */
  send(message: Message): void;
  /** Closes it. `reason` is for people. */
  close(reason: string): void;
}
