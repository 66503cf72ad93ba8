/**
 * Of the stale replicas that a read finds, only the first is repaired. Where read repair is the only mechanism the
 * others stay behind until the next read, and for good if there is none: the class of ScyllaDB #23754. Must break
 * converged.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    repairs: (target, from, replies, clock) =>
      parts.repairs(target, from, replies, clock).slice(0, 1),
  };
}
