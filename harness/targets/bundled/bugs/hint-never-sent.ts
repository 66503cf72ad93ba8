/**
 * The flag that a delivery to this target is under way is set before anyone looks whether the target can be reached. A
 * look at the wrong moment delivers nothing and leaves the flag behind, so that every later look takes the delivery for
 * under way (CASSANDRA-2928). Must break converged where handoff is the only mechanism.
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
