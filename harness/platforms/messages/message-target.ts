/** What a target brings whose nodes send each other messages through the harness. */
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

/** A node of the harness's own, such as a key-value store that nodes may use. */
export interface Service {
  /** The body of the reply, or null: there is none. */
  handle(message: NodeMessage): MessageBody | null;
}

export type MakeService = (random: Random) => Service;

/** Nodes whose messages all pass through the harness. */
export interface MessageTarget {
  /**
   * The program that each node runs.
   *
   * @throws UsageError for a program that there is not.
   */
  program(settings: Settings): Promise<NodeCommand>;
  /** The same code for the simulator. */
  setup(settings: Settings): Promise<NodeSetup>;
  latency(settings: Settings): Latency;
  /** How long a node may take to answer `init`. */
  initTimeoutMs(settings: Settings): number;
  /** What the harness asks each node after `init`, before it serves. A node need not know it. */
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

/** What clients are given of the network. */
export interface MessageReach {
  readonly nodes: readonly NodeName[];
  readonly settings: Settings;
  readonly workload: string;
  readonly clock: ClusterClock;
  /**
   * Sends a request and waits for the reply. `done` is called once, never before this returned.
   *
   * @param trace The operation of the history; absent: it is part of none.
   * @returns What gives the request up: `done` is not called any more.
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
  /** A node does what no node may: the run ends with this error. */
  fail(node: NodeName, code: string, expected: string, got: string): void;
}

/** Clients of one history. In the simulator nothing may be awaited. */
export interface MessageClients extends Omit<TargetClients, "settle"> {
  /** Waits, after all nodes were introduced, until they serve or their time is up. Absent: they serve at once. */
  ready?(done: () => void): void;
  /** Waits until the nodes agree, or the time is up. */
  settle?(timeoutMs: number, done: () => void): void;
}
