/** Where things are in a node's containers. */
export const dataDirectory = "/data";
/** The node's disk, as its machine sees it; the node's process has it where its target says. */
export const logDirectory = `${dataDirectory}/log`;
/** A volume of its own: evidence must not depend on the disk that faults act on. */
export const controlDirectory = "/control";
