import type { KnownRun } from "./known-run.ts";

/**
 * The number of replicas from which a quorum stamp is read: enough to meet every write that W replicas confirmed, and
 * everything that a read wrote back to N − R + 1.
 */
export const stampQuorumOf = ({ n, w, r }: Pick<KnownRun, "n" | "w" | "r">): number =>
  Math.max(n - w + 1, r);
