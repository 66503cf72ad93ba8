/**
 * A deletion does not touch its key's leaf: the tree goes on as if the value were still there, equal to that of a
 * replica which missed the delete, and the subtree is never compared again (riak_core #828). Must break converged where
 * anti-entropy is the only mechanism.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    leafHash(key, state, digest, before) {
      const values =
        state.kind === "stamped" ? [state.value] : state.siblings.map(({ value }) => value);
      return before !== null && values.every((value) => value === null)
        ? before
        : parts.leafHash(key, state, digest, before);
    },
  };
}
