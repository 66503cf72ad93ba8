/** All workloads. One more: its file, and its line here. */
import { batch } from "./batch.ts";
import { cas } from "./cas.ts";
import { counter } from "./counter.ts";
import { register } from "./register.ts";
import { set } from "./set.ts";
import { siblings } from "./siblings.ts";
import { uniqueIds } from "./unique-ids.ts";
import type { BuiltInWorkloads, Workload } from "./workload.ts";

const builtIn: BuiltInWorkloads = {
  register,
  siblings,
  cas,
  set,
  counter,
  batch,
  "unique-ids": uniqueIds,
};

export const builtInWorkloads: readonly Workload[] = Object.values(builtIn);
