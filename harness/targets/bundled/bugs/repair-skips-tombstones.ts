/**
 * Read repair sends values and no tombstones: a replica that missed a delete keeps what was deleted. Must break converged
 * where read repair is the only mechanism.
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
