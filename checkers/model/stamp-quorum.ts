import type { KnownRun } from "./known-run.ts";

/**
 * The number of replicas from which a coordinator reads before it makes a quorum stamp. N − W + 1 replicas meet every
 * write that W replicas confirmed. R replicas meet every version that a read wrote back to N − R + 1 replicas. The
 * larger of the two numbers does both.
 */
export const stampQuorumOf = ({ n, w, r }: Pick<KnownRun, "n" | "w" | "r">): number =>
  Math.max(n - w + 1, r);
