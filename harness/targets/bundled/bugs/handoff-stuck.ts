/**
 * Once a node has begun to deliver hints to a target, and later finds the target down while hints for it wait, the node
 * never begins another delivery to this target in this boot, as if the flag of a failed delivery stayed (the class of
 * CASSANDRA-2928). Hints are on the disk, so a restart frees them. The bug must break `converged` if only handoff
 * repairs and nodes are not restarted.
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
