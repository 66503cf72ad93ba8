/** quorate as a library: the same functions that the command line is a face of. */
export {
  attempt,
  type Attempt,
  brokenPromises,
  type CampaignOptions,
  runCampaign,
} from "./campaign/index.ts";
export type { Cluster } from "./platforms/cluster.ts";
export { createDockerCluster } from "./platforms/docker/index.ts";
export { EnvironmentError, UsageError } from "./errors.ts";
export { ask, inspectAll, perform, runHistory, type RunOptions } from "./run/index.ts";
export { createSimCluster } from "./platforms/simulator/index.ts";
export * from "../checkers/index.ts";
export * from "../generators/index.ts";
export { bundled } from "./targets/bundled/index.ts";
export type * from "./targets/target.ts";
export type {
  ClientRequest,
  ClientSession,
  Outcome as ClientOutcome,
  TargetClients,
} from "./platforms/session.ts";
export { defaultSettings, parseSettings, type StoreSettings } from "../store/index.ts";
