/**
 * A delete does not update its key's leaf. The Merkle tree still shows the value, equals that of a replica that missed
 * the delete, and the subtree is not compared again (riak_core #828). The bug must break `converged` if only
 * anti-entropy repairs.
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
