/**
 * Writes go only to the old owners until the last step of the change, not to the future owners (the class of
 * CASSANDRA-14801, where pending replicas got no writes). The bug must break `acknowledged`: while both rings are in
 * force, a write needs a quorum of each.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    membership: {
      ...parts.membership,
      writeShapes: (state) => [state.under?.step === "drop" ? state.under.next : state],
    },
  };
}
