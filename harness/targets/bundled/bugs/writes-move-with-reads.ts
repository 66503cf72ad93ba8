/**
 * Writes move to the new owners as soon as reads do, although other nodes still read from the old ones
 * (scylladb/scylladb #6128: nodes switch at different times). The bug must break `acknowledged`: until every node reads
 * from the new owners, a write needs a quorum of both rings.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    membership: {
      ...parts.membership,
      writeShapes: (state) =>
        state.under?.step === "reads" ? [state.under.next] : parts.membership.writeShapes(state),
    },
  };
}
