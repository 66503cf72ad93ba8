/** Where things are in a node's containers. */
export const dataDirectory = "/data";
/** A volume of its own: evidence must not depend on the disk that faults act on. */
export const controlDirectory = "/control";
