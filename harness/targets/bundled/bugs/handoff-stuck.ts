/**
 * If a target goes down before all its hints are delivered, its hints are not delivered again in this boot, since the
 * flag of the failed delivery stays (the class of CASSANDRA-2928). Hints are on the disk, so a restart frees them. The
 * bug must break `converged` if only handoff repairs and nodes are not restarted.
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
