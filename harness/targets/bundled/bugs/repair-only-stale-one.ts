/**
 * Of the stale replicas that a read finds, only the first is repaired. If only read repair repairs, the others stay
 * stale until the next read, or for good: the class of ScyllaDB #23754. The bug must break `converged`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    repairs: (target, from, replies, clock) =>
      parts.repairs(target, from, replies, clock).slice(0, 1),
  };
}
