import { register } from "./register.ts";
import type { BuiltInWorkload } from "./workload.ts";

declare module "./workload.ts" {
  interface BuiltInWorkloads {
    readonly siblings: Workload;
  }
}

export const siblings: BuiltInWorkload<"siblings"> = {
  ...register,
  name: "siblings",
  meaning:
    "Reads, writes and deletes of keys that keep concurrent values side by side; writes may carry a causal context.",
  carries: true,
};
