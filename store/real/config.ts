/**
 * The configuration of a node's program: addresses, folders and identity. Read from a file, so that no secret appears
 * in the list of processes.
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
   * The addresses at which nodes listen for peers, including nodes that may join later. This node listens at its own
   * entry.
   */
  readonly peers: Readonly<Record<NodeName, Address>>;
  /** The address for clients. A port of 0 picks a free one. */
  readonly clients: Address;
  /** The secret that clients must send. It does not open the port for peers. */
  readonly clientSecret: string;
  /**
   * The secret shared with each other node. A peer without the secret of the name that it claims is refused, so no node
   * or client can pose as another node.
   */
  readonly peerSecrets: Readonly<Record<NodeName, string>>;
  /** Whether operators may change the ring while the cluster runs. Absent: fixed. */
  readonly changesRing?: boolean;
  /** The folder of the log. May be wiped between boots. */
  readonly dataDirectory: string;
  /** The folder for boots and evidence. A wipe of the data spares it. */
  readonly recordDirectory: string;
  /** Whether evidence is recorded. False: boots are only counted. */
  readonly evidence: boolean;
  /** A bundled module whose default export replaces parts of the store. Null: the healthy store. */
  readonly bugBundle: string | null;
}

/** Reads the harness's file. Trusts its shape, and checks only that it is JSON. */
export const readConfig = (path: string): NodeConfig =>
  JSON.parse(readFileSync(path, "utf8")) as NodeConfig;
