/** Names of the handshake's headers: who is asking, and the cluster's secret. */
export const secretHeader = "quorate-secret";
export const peerHeader = "quorate-node";
export const clientHeader = "quorate-client";
