/**
 * The configuration of a node's program. The program reads it from a file, so that no secret appears in the list of
 * processes.
 */
import { readFileSync } from "node:fs";
import type { NodeName } from "../host.ts";
import type { StoreSettings } from "../settings.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface NodeConfig {
  readonly node: NodeName;
  readonly settings: StoreSettings;
  /**
   * The addresses at which the nodes listen for peers, including nodes that may join later. This node listens at the
   * address of its own name.
   */
  readonly peers: Readonly<Record<NodeName, Address>>;
  /** The address at which this node listens for clients. If the port is 0, the system chooses a free one. */
  readonly clients: Address;
  /** The secret that clients must send. It does not give access to the port for peers. */
  readonly clientSecret: string;
  /**
   * The secrets that this node shares with the other nodes, by the other node's name. This node refuses a peer that
   * does not send the secret of the name it claims, so no other node or client can pose as that peer.
   */
  readonly peerSecrets: Readonly<Record<NodeName, string>>;
  /** Whether operators may change the ring while the cluster runs. Default: false. */
  readonly changesRing?: boolean;
  /** The folder of the node's logs. It may be wiped between boots. */
  readonly dataDirectory: string;
  /** The folder with the count of boots and the evidence. A wipe of the data leaves it alone. */
  readonly recordDirectory: string;
  /** Whether the node records evidence. If not, it only counts its boots. */
  readonly evidence: boolean;
  /** The path of a bundled module whose default export plants a bug in the store. Null for the healthy store. */
  readonly bugBundle: string | null;
}

/** Reads the file that the harness wrote. Checks only that it is JSON. */
export const readConfig = (path: string): NodeConfig =>
  JSON.parse(readFileSync(path, "utf8")) as NodeConfig;
