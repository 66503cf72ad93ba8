import { bundled, createSimCluster } from "../../../harness/index.ts";
import type { HuntOptions } from "../../../harness/hunt/index.ts";

/** A hunt in the simulator, the same in each run: seed 1, at most 300 histories, nothing shrunk. */
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
