/** The part of a target whose nodes send messages through the harness. */
import type { NodeName } from "../../../checkers/index.ts";
import type { Settings } from "../../../generators/index.ts";
import type { NodeSetup } from "../../../node/index.ts";
import type { ClusterClock } from "../cluster.ts";
import type { TargetClients } from "../session.ts";
import type { Random } from "../simulator/random.ts";
import type { Latency } from "./link.ts";
import type { MessageBody, NodeMessage } from "./message.ts";

/** How a node is started. */
export interface NodeCommand {
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** A node that the harness runs itself, such as a key-value store for nodes to use. */
export interface Service {
  /** Returns the body of the reply. Null: no reply. */
  handle(message: NodeMessage): MessageBody | null;
}

export type MakeService = (random: Random) => Service;

/** A target whose nodes send all messages through the harness. */
export interface MessageTarget {
  /**
   * The program that each node runs.
   *
   * @throws UsageError if the program does not exist.
   */
  program(settings: Settings): Promise<NodeCommand>;
  /** The same program as code for the simulator. */
  setup(settings: Settings): Promise<NodeSetup>;
  latency(settings: Settings): Latency;
  /** How long a node may take to answer `init`, in ms. */
  initTimeoutMs(settings: Settings): number;
  /** Requests to each node after `init`, before it counts as ready. A node need not understand them. */
  introduction(about: Introduction): readonly MessageBody[];
  readonly services: Readonly<Record<string, MakeService>>;
  clients(reach: MessageReach): MessageClients;
}

export interface Introduction {
  readonly node: NodeName;
  readonly nodes: readonly NodeName[];
  readonly settings: Settings;
  readonly workload: string;
}

/** A node's reply, or why there is none. */
export type Reply =
  | { readonly kind: "reply"; readonly body: MessageBody }
  /** The node's process is dead: nothing was sent. */
  | { readonly kind: "not-sent" }
  | { readonly kind: "timeout" };

/** Access to the network for clients. */
export interface MessageReach {
  readonly nodes: readonly NodeName[];
  readonly settings: Settings;
  readonly workload: string;
  readonly clock: ClusterClock;
  /**
   * Sends a request and waits for the reply. `done` is called once, after this call returned.
   *
   * @param trace The operation of the history. Absent: the request belongs to none.
   * @returns A function that gives the request up, after which `done` is not called.
   */
  request(
    asked: {
      readonly client: string;
      readonly node: NodeName;
      readonly body: MessageBody;
      readonly timeoutMs: number;
      readonly trace?: number;
    },
    done: (reply: Reply) => void,
  ): () => void;
  /** Ends the run with this error, since the node broke the protocol. */
  fail(node: NodeName, code: string, expected: string, got: string): void;
}

/** The clients of one history. In the simulator nothing may be awaited. */
export interface MessageClients extends Omit<TargetClients, "settle"> {
  /** Waits after `init` until the nodes are ready or their time is up. Absent: they are ready at once. */
  ready?(done: () => void): void;
  /** Waits until the nodes agree or the time is up. */
  settle?(timeoutMs: number, done: () => void): void;
}
