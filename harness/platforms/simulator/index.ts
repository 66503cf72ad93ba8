export { createSimCluster, type SimCluster } from "./cluster.ts";
export type * from "./host-types.ts";
export { platformName as simulatorName } from "./name.ts";
export { simSkewUs } from "./node.ts";
export type { Protocol } from "./protocol.ts";
export type { SimulatedClients, SimulatedProgram, SimulatedTarget } from "./simulated-target.ts";
export { openSimulator, runsNodePrograms } from "./platform.ts";
