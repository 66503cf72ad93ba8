/**
 * A node that keeps a hint for a replica ignores later writes of the same key for it, so that the replica gets the first
 * of them. Must break converged where handoff is the only mechanism.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, mergeHint: (before, incoming) => before ?? incoming };
}
