/** All workloads. One more: its file, and its line here. */
import { batch } from "./batch.ts";
import { cas } from "./cas.ts";
import { counter } from "./counter.ts";
import { register } from "./register.ts";
import { set } from "./set.ts";
import { siblings } from "./siblings.ts";
import { uniqueIds } from "./unique-ids.ts";
import type { Workload } from "./workload.ts";

export const builtInWorkloads: readonly Workload[] = [
  register,
  siblings,
  cas,
  set,
  counter,
  batch,
  uniqueIds,
];
