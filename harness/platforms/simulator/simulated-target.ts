/** What a target brings to run in the simulator. */
import type { Settings } from "../../../generators/index.ts";
import type { ClientNetwork, TargetClients } from "../session.ts";
import type { NodeName } from "../../../checkers/index.ts";
import type { Host, Quiet } from "./host-types.ts";
import type { LogRecord, Message, Protocol } from "./protocol.ts";

/** Messages and records are the target's own; the simulator passes them on and asks the protocol about them. */
export interface SimulatedTarget<M = Message, R = LogRecord> {
  readonly protocol: Protocol<M, R>;
  /** Node names under these settings, n1 first. */
  nodes(settings: Settings): readonly NodeName[];
  /**
   * What every node runs. `bugBundle`: the path of a bundled module that replaces parts of it. `changes`: membership
   * may change.
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
   * Starts one boot of a node. It runs until the Host ends it.
   *
   * @returns What tells when the node is quiet, or nothing: then no idle time of its histories is skipped.
   */
  boot(host: Host<M, R>): Quiet | void;
}

export interface SimulatedClients extends TargetClients {
  /** Asks until the node serves. */
  ready(node: NodeName, done: () => void): void;
  /** True: a cluster is up only when each node has a stream to each node, itself included. */
  readonly meshed: boolean;
}
