/**
 * A put's context is taken in, but what it covers is not removed: siblings that the client had seen and resolved never
 * go, and each put adds one (Riak's documentation of sibling explosion; the DVV paper's section on it). Must break
 * siblings-3: what a read returns holds versions that others beside them superseded.
 */
import { emptyContext } from "../../../../store/versions/siblings.ts";
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    mint: (stored, actor, _context, value) => parts.mint(stored, actor, emptyContext, value),
  };
}
