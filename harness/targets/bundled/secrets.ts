/**
 * The secrets of one history, all made from the one that the platform gives: one for clients, and one for each pair of
 * nodes.
 */
import { createHmac } from "node:crypto";
import type { NodeName } from "../../../checkers/index.ts";

/** What every client shows. No node uses it towards another, and no other secret can be made from it. */
export const clientSecretOf = (secret: string): string => derived(secret, ["clients"]);

/**
 * The secrets that `node` shares with each of the other nodes. Both nodes of a pair get the same one and no third node
 * knows it, so a node's name cannot be forged.
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
