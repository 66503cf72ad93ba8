/** Paths in a node's containers. */
export const dataDirectory = "/data";
/** The node's disk as its machine sees it. The node's process sees it at the target's data path. */
export const logDirectory = `${dataDirectory}/log`;
/**
 * The path of the control volume. It is separate from the data, since evidence must not depend on the disk that faults
 * act on.
 */
export const controlDirectory = "/control";
