/** Where a node listens in its machine. */
export const peerPort = 7100;
export const clientPort = 7200;
