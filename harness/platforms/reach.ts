/** How a target's clients reach nodes on real machines. */
import type { NodeName } from "../../checkers/index.ts";
import type { Settings } from "../../generators/index.ts";
import type { ClusterClock } from "./cluster.ts";
import type { TargetClients } from "./session.ts";

/** An address at which clients reach a node. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What a target's clients need to reach the cluster. */
export interface Reach {
  readonly nodes: readonly NodeName[];
  readonly settings: Settings;
  readonly workload: string;
  /**
   * The address of the node's port `port`, which the target must name. Default: its port for clients. On a cluster that
   * somebody else runs, `port` is ignored: this is always the address for clients. Throws for an unknown node.
   */
  address(node: NodeName, port?: number): Address;
  /**
   * The node's address on the peer network. On a cluster that somebody else runs, the host of its address for clients.
   */
  addressOf(node: NodeName): string;
  readonly clock: ClusterClock;
  /**
   * In containers, a text that differs for each history: nodes that take a secret were started with it. On a cluster
   * that somebody else runs, an empty text.
   */
  readonly secret: string;
  /** Adds a line to the clients' log in the run's folder. */
  log(line: string): void;
  /** Ends the run with this error, since a client broke the rules for clients. Later errors are ignored. */
  fail(error: Error): void;
}

/** Makes the clients of one history. */
export type OpenClients = (reach: Reach) => TargetClients;
