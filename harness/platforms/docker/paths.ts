/** Paths in a node's containers. */
export const dataDirectory = "/data";
/** The node's disk as its machine sees it. The node's process sees it where its target says. */
export const logDirectory = `${dataDirectory}/log`;
/** A volume of its own, since evidence must not depend on the disk that faults act on. */
export const controlDirectory = "/control";
