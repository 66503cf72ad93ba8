/** The part of a target that runs in the simulator. */
import type { Settings } from "../../../generators/index.ts";
import type { ClientNetwork, TargetClients } from "../session.ts";
import type { NodeName } from "../../../checkers/index.ts";
import type { Host, Quiet } from "./host-types.ts";
import type { LogRecord, Message, Protocol } from "./protocol.ts";

/**
 * The code of a target for the simulator. Messages and records belong to the target. The simulator passes them on and
 * asks the protocol about them.
 */
export interface SimulatedTarget<M = Message, R = LogRecord> {
  readonly protocol: Protocol<M, R>;
  /** The names of the nodes under these settings, in order of their numbers. */
  nodes(settings: Settings): readonly NodeName[];
  /**
   * The program of every node. `bugBundle` is the path of a bundled module that replaces parts of the program.
   * `changes` says whether membership may change (default: false).
   */
  program(
    settings: Settings,
    bugBundle: string | undefined,
    changes?: boolean,
  ): Promise<SimulatedProgram<M, R>>;
  /** Makes the clients of one history. */
  clients(network: ClientNetwork<M>, settings: Settings): SimulatedClients;
}

/** The program of a node. */
export interface SimulatedProgram<M = Message, R = LogRecord> {
  /**
   * Starts one boot of a node, which runs until the Host ends it.
   *
   * @returns A function that tells whether the node is quiet. If the program returns nothing, no idle time of its
   * histories is skipped.
   */
  boot(host: Host<M, R>): Quiet | void;
}

export interface SimulatedClients extends TargetClients {
  /** Calls `done` when the node is ready. */
  ready(node: NodeName, done: () => void): void;
  /** True: a cluster is up once each node has a stream to each node, including itself. */
  readonly meshed: boolean;
}
