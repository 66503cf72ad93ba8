/**
 * A put ignores its context, so the versions that the context covers are not removed. Siblings that the client had seen
 * and resolved never go away, and each put adds one (Riak's documentation of sibling explosion; the section of the DVV
 * paper on it). The bug must break `siblings-3`: a read returns versions that others in its result supersede.
 */
import { emptyContext } from "../../../../store/versions/siblings.ts";
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    mint: (stored, actor, _context, value) => parts.mint(stored, actor, emptyContext, value),
  };
}
