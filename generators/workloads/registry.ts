/** All workloads. One more: its file, and its line here. */
import { register } from "./register.ts";
import { set } from "./set.ts";
import { siblings } from "./siblings.ts";
import { uniqueIds } from "./unique-ids.ts";
import type { Workload } from "./workload.ts";

export const builtInWorkloads: readonly Workload[] = [register, siblings, set, uniqueIds];
