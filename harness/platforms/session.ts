/** A client's side of a cluster, in words that no store owns: requests of a workload, and what became of each. */
import type { NodeName, ReplicaState, RingRecord } from "../../checkers/index.ts";
import type {
  MembershipChange,
  ClientRequest,
  ClientOutcome as Outcome,
} from "../../generators/index.ts";
import type { ClusterClock } from "./cluster.ts";

export type { ClientRequest, Outcome };

/**
 * A client's session with one node (or, where clients find replicas themselves, with the cluster). One request at a
 * time.
 */
export interface ClientSession {
  /** Calls `done` exactly once, never before it returned, at the latest after `timeoutMs`; not at all once closed. */
  perform(request: ClientRequest, timeoutMs: number, done: (outcome: Outcome) => void): void;
  /** Ends the session. An operation under way is never answered. */
  close(): void;
}

/** What one replica holds, seen around the quorum. */
export interface Inspected {
  readonly state: Readonly<Record<string, ReplicaState>>;
  /** How many writes the node still keeps for other nodes. */
  readonly pending: number;
  /** The ring that it goes by, as the target writes it down; absent: it never changed, or cannot. */
  readonly ring?: RingRecord;
  /** Keys that it holds and knows that it does not own; absent: none. */
  readonly leftovers?: number;
}

/** What became of a change of membership that a node was asked for. */
export type ChangeState =
  | { readonly is: "under-way" }
  | { readonly is: "over" }
  /** `again`: it may be asked for again. */
  | { readonly is: "refused"; readonly why: string; readonly again: boolean }
  | { readonly is: "unknown" };

/** Clients of a running cluster, as a target makes them. */
export interface TargetClients {
  /** Opens a session of the client with the node. */
  session(client: string, node: NodeName): ClientSession;
  /** Asks until the node tells what it holds; returns what ends the asking. Absent: replicas cannot be looked at. */
  inspect?(node: NodeName, done: (inspected: Inspected) => void): () => void;
  /**
   * Asks a node for a change of membership, or what became of it: `name` tells it from others. Absent: membership is
   * fixed.
   */
  change?(name: string, change: MembershipChange, done: (state: ChangeState) => void): void;
  /**
   * Makes replicas equal, as an operator of the store would, and waits until they are. Absent: there is no such means.
   */
  settle?(timeoutMs: number): Promise<void>;
  /** The clock that the client stamps its writes with is ahead by so much from now on. Absent: it stamps nothing. */
  setClock?(client: string, aheadMs: number): void;
  /** Closes what sessions share. */
  close?(): void;
}

/** Code of an outcome of which it is certain that nothing was sent. */
export const notConnected = "not-connected";

/** The two outcomes of a request that nobody answered in time. */
export const unanswered = (sent: boolean, timeoutMs: number): Outcome =>
  sent
    ? { kind: "info", code: "client-timeout", message: `no reply within ${timeoutMs} ms` }
    : {
        kind: "fail",
        code: notConnected,
        message: "no connection to the node within the time; nothing was sent",
      };

/** What connections of a simulated or real network are made with. */
export interface ClientNetwork<Message> {
  readonly clock: ClusterClock;
  /** A connection of its own. The handlers are never called before this returned. */
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
  /** Before it is open what is sent is queued. */
  send(message: Message): void;
  /** Closes it. `reason` is for people. */
  close(reason: string): void;
}
