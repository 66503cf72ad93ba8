import { bundled, createSimCluster } from "../../../harness/index.ts";
import type { HuntOptions } from "../../../harness/hunt/index.ts";

/** The options of a hunt in the simulator that is the same each time: seed 1, at most 300 histories, no shrinking. */
export const huntOptions = (more: Partial<HuntOptions> = {}): HuntOptions => ({
  cluster: createSimCluster(bundled),
  search: "random",
  seed: 1,
  max: 300,
  evidence: true,
  measure: false,
  shrinkTimeoutMs: null,
  signal: new AbortController().signal,
  ...more,
});
