import { register } from "./register.ts";
import type { Workload } from "./workload.ts";

export const siblings: Workload = {
  ...register,
  name: "siblings",
  meaning:
    "Reads, writes and deletes of keys that keep concurrent values side by side; writes may carry a causal context.",
  carries: true,
};
