/**
 * The names of handshake headers. They carry the name of the connecting end, and a secret. The secret proves the name
 * of a peer, but not that of a client.
 */
export const secretHeader = "quorate-secret";
export const peerHeader = "quorate-node";
export const clientHeader = "quorate-client";
