/** The names of handshake headers. They carry the name of the connecting end, and the secret that proves this name. */
export const secretHeader = "quorate-secret";
export const peerHeader = "quorate-node";
export const clientHeader = "quorate-client";
