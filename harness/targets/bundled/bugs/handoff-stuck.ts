/**
 * A target that goes down again before all its hints are delivered is not tried again by this boot: the flag of the
 * failed delivery stays (the class of CASSANDRA-2928). Hints are on the disk, so that a restart frees them. Must break
 * converged where handoff is alone and nodes go on to the end.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  const tried = new Set<string>();
  const stuck = new Set<string>();
  return {
    ...parts,
    beginsHandoff(target, isUp, underWay) {
      if (!isUp && tried.has(target)) stuck.add(target);
      if (stuck.has(target) || !parts.beginsHandoff(target, isUp, underWay)) return false;
      tried.add(target);
      return true;
    },
  };
}
