/**
 * The flag for a delivery under way is set before the node checks whether the target is reachable. A check at the wrong
 * time delivers nothing and leaves the flag set, so later checks take the delivery for under way (CASSANDRA-2928). The
 * bug must break `converged` if only handoff repairs.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    beginsHandoff(target, isUp, underWay) {
      if (underWay.has(target)) return false;
      underWay.add(target);
      return isUp;
    },
  };
}
