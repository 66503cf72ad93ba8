/** Derives a history's secrets from the platform's secret: one for clients, and one for each pair of nodes. */
import { createHmac } from "node:crypto";
import type { NodeName } from "../../../checkers/index.ts";

/**
 * The secret that every client sends. Nodes do not use it among themselves, and no other secret can be derived from it.
 */
export const clientSecretOf = (secret: string): string => derived(secret, ["clients"]);

/**
 * The secrets that `node` shares with each other node. Of the nodes, only the two of a pair get its secret, so no third
 * node can pretend to be one of them.
 */
export const peerSecretsOf = (
  secret: string,
  node: NodeName,
  nodes: readonly NodeName[],
): Readonly<Record<NodeName, string>> =>
  Object.fromEntries(
    nodes
      .filter((peer) => peer !== node)
      .map((peer) => [peer, derived(secret, ["peers", ...[node, peer].sort()])]),
  );

const derived = (secret: string, purpose: readonly string[]): string =>
  createHmac("sha256", secret).update(JSON.stringify(purpose)).digest("base64url");
