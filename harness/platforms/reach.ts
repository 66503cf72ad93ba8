/** How a target's clients reach the nodes of a cluster on real machines. */
import type { NodeName } from "../../checkers/index.ts";
import type { Settings } from "../../generators/index.ts";
import type { ClusterClock } from "./cluster.ts";
import type { TargetClients } from "./session.ts";

/** Where clients reach a node. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What clients are given of the cluster. */
export interface Reach {
  readonly nodes: readonly NodeName[];
  readonly settings: Settings;
  readonly workload: string;
  /**
   * Where clients reach the node, or another of its ports that the target names. Throws for a node that there is not.
   */
  address(node: NodeName, port?: number): Address;
  /** The node's address among its peers; where clients reach it, on a cluster that somebody else runs. */
  addressOf(node: NodeName): string;
  readonly clock: ClusterClock;
  /** Different for each history; what the nodes were started with, where they take one. */
  readonly secret: string;
  /** Adds a line to what the run's folder keeps of the clients. */
  log(line: string): void;
  /** A client does what no client may: the run ends with this error. The first one counts. */
  fail(error: Error): void;
}

/** Makes the clients of one history. */
export type OpenClients = (reach: Reach) => TargetClients;
