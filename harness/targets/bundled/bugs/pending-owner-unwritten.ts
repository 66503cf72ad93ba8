/**
 * Writes go to the old owners alone until the change is over, and not to those that will own the key (the class of
 * CASSANDRA-14801, where pending replicas got no writes). Must break acknowledged: while both rings hold, a write needs
 * its quorum of each.
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
