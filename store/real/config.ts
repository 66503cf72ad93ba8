/**
 * What a node's program is told: where everything is, and who it is. Read from a file, so that no secret shows in a
 * process list.
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
  /** Where each node listens for its peers, one that may join later too; this node's own entry is where it listens. */
  readonly peers: Readonly<Record<NodeName, Address>>;
  /** Where this node listens for clients. A port of 0 picks a free one. */
  readonly clients: Address;
  /** Clients that do not know it are refused. It opens no port for peers. */
  readonly clientSecret: string;
  /**
   * For each other node, the secret that only it and this node know. A peer that does not know the secret of the name
   * it claims is refused, so no node and no client can pose as another node.
   */
  readonly peerSecrets: Readonly<Record<NodeName, string>>;
  /** Operators may change the ring while the cluster runs. Absent: it is fixed. */
  readonly changesRing?: boolean;
  /** Where the log lies. May be wiped between boots. */
  readonly dataDirectory: string;
  /** Where boots and evidence are recorded. Outlives a wipe of the data. */
  readonly recordDirectory: string;
  /** False: boots are counted, nothing else is recorded. */
  readonly evidence: boolean;
  /** A bundled module whose default export replaces parts of the store; null: the healthy store. */
  readonly bugBundle: string | null;
}

/** Reads what the harness wrote: a type's worth of trust, no more is checked here than that it is JSON. */
export const readConfig = (path: string): NodeConfig =>
  JSON.parse(readFileSync(path, "utf8")) as NodeConfig;
