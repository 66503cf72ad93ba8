/** All workloads. One more: its file, and its line here. */
import { register } from "./register.ts";
import { siblings } from "./siblings.ts";
import type { Workload } from "./workload.ts";

export const builtInWorkloads: readonly Workload[] = [register, siblings];
