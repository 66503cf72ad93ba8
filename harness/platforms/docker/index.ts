/** Clusters in containers. */
export { available } from "./available.ts";
export type { Availability } from "./available.ts";
export { clean } from "./clean.ts";
export type { Cleaned, CleanOptions, Removed } from "./clean.ts";
export { createDockerCluster } from "./create.ts";
export type { DockerClusterOptions } from "./create.ts";
export type * from "./container-target.ts";
export { platformName as dockerName } from "./name.ts";
