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
  /** Returns the body of the reply, or null if the service does not reply. */
  handle(message: NodeMessage): MessageBody | null;
}

export type MakeService = (random: Random) => Service;

/** A target whose nodes send all messages through the harness. */
export interface MessageTarget {
  /**
   * The program that each node runs.
   *
   * @throws UsageError if the program does not exist or cannot be run.
   */
  program(settings: Settings): Promise<NodeCommand>;
  /** The path of the program that each node runs, as the user named it. */
  programPath(settings: Settings): string;
  /** The node as code for the simulator, with the same behaviour as the program. */
  setup(settings: Settings): Promise<NodeSetup>;
  latency(settings: Settings): Latency;
  /** How long a node may take to answer `init`, and each request of its introduction, in ms. */
  initTimeoutMs(settings: Settings): number;
  /**
   * The requests that each node gets after `init`, before the node counts as ready. A node may answer them with an
   * error.
   */
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

/** A node's reply, or why there is no reply. */
export type Reply =
  | { readonly kind: "reply"; readonly body: MessageBody }
  /** Nothing was sent, since the node's process is dead, or the node died during its introduction. */
  | { readonly kind: "not-sent" }
  | { readonly kind: "timeout" };

/** What clients need to reach the nodes. */
export interface MessageReach {
  readonly nodes: readonly NodeName[];
  readonly settings: Settings;
  readonly workload: string;
  readonly clock: ClusterClock;
  /**
   * Sends a request and waits for the reply. `done` is called at most once, after this call returned: with the reply,
   * or with why there is none.
   *
   * @param trace The id of the operation that the request belongs to. Absent: the request belongs to no operation.
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

/** The clients of one history. In the simulator they must not await promises. */
export interface MessageClients extends Omit<TargetClients, "settle"> {
  /**
   * Calls `done` once the nodes are ready or have taken too long. Called after all nodes answered `init`. Absent: the
   * nodes are ready at once.
   */
  ready?(done: () => void): void;
  /** Calls `done` once the nodes agree or the time is up. */
  settle?(timeoutMs: number, done: () => void): void;
}
