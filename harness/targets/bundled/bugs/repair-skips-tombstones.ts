/**
 * Read repair sends values but no tombstones, so a replica that missed a delete keeps the value. The bug must break
 * `converged` if only read repair repairs.
 */
import type { Parts } from "../../../../store/parts.ts";
import { isDeleted } from "../../../../store/versions/tombstones.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    repairs: (target, from, replies, clock) =>
      isDeleted(target) ? [] : parts.repairs(target, from, replies, clock),
  };
}
