/** Names of handshake headers: the name of the connecting end, and the secret that proves it. */
export const secretHeader = "quorate-secret";
export const peerHeader = "quorate-node";
export const clientHeader = "quorate-client";
