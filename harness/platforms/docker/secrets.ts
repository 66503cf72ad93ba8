/** The secrets of one history: one for all clients, and one for each pair of nodes. */
import { createHmac, randomBytes } from "node:crypto";
import type { NodeName } from "../../../checkers/index.ts";

export interface Secrets {
  /** Every client shows it. No node uses it towards another. */
  readonly clients: string;
  /**
   * The secrets that `node` shares with each of the other nodes. Both nodes of a pair get the same one and no third node knows
   * it, so a node's name cannot be forged.
   */
  ofPeers(node: NodeName, all: readonly NodeName[]): Readonly<Record<NodeName, string>>;
}

/** Draws fresh secrets: what a node of an earlier history knows opens nothing. */
export const createSecrets = (): Secrets => {
  const key = randomBytes(32);
  const ofPair = (a: NodeName, b: NodeName): string =>
    createHmac("sha256", key)
      .update(JSON.stringify([a, b].sort()))
      .digest("base64url");
  return {
    clients: randomBytes(24).toString("base64url"),
    ofPeers: (node, all) =>
      Object.fromEntries(
        all.filter((peer) => peer !== node).map((peer) => [peer, ofPair(node, peer)]),
      ),
  };
};
