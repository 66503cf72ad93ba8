/** Names of the handshake's headers: who connects, and the secret that proves it. */
export const secretHeader = "quorate-secret";
export const peerHeader = "quorate-node";
export const clientHeader = "quorate-client";
