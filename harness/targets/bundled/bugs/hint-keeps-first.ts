/**
 * A node that keeps a hint for a replica ignores later writes of the same key, so the hint brings the replica the
 * oldest of these writes. The bug must break `converged` if only handoff repairs.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, mergeHint: (before, incoming) => before ?? incoming };
}
