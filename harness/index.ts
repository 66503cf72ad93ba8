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
export { defaultSettings, parseSettings, type StoreSettings } from "./targets/bundled/store.ts";
export { type CommandFault, commandFault, type NamedEffect } from "./config/command-fault.ts";
export { defineConfig, type QuorateConfig, type WholeTarget } from "./config/config.ts";
export { definite } from "./config/definite.ts";
export type * from "./config/own-target.ts";
export { type Config, readConfig } from "./config/read-config.ts";
export {
  type About,
  type Answer,
  DefiniteError,
  type PromiseClient,
  promiseClients,
} from "./targets/promise-client.ts";
export { type CommandClient, commandClients } from "./targets/command-client.ts";
export { defineTarget, type TargetDescription } from "./targets/define-target.ts";
