/**
 * A change waits for members that the operator has declared dead, since the failure detector keeps the old members. The
 * change never ends. The bug must break `ring-agreed`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    membership: {
      ...parts.membership,
      mayAdvance: (done, state) =>
        [...state.members, ...(state.under?.next.members ?? [])].every(({ node }) =>
          done.has(node),
        ),
    },
  };
}
