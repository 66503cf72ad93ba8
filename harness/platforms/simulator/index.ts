export { createSimCluster } from "./cluster.ts";
export { simSkewUs } from "./node.ts";
