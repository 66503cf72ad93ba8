import type { KnownRun } from "./known-run.ts";

/**
 * From how many replicas a quorum stamp is read: as many as meet every write that W replicas confirmed, and all that a
 * read wrote back to N − R + 1.
 */
export const stampQuorumOf = ({ n, w, r }: Pick<KnownRun, "n" | "w" | "r">): number =>
  Math.max(n - w + 1, r);
