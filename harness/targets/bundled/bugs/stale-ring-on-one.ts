/**
 * One node missed a change of the topology: for each key, it takes a node that is no replica, if there is one, for a
 * replica. The bug must break `acknowledged`: a node that is no replica confirms.
 */
import type { Parts } from "../../../../store/parts.ts";
import { nodeNames } from "../../../../store/placement/ring.ts";

export default function plant(parts: Parts, node: string): Parts {
  if (node !== "n2") return parts;
  return {
    ...parts,
    preferenceList: (settings, key) => {
      const own = parts.preferenceList(settings, key);
      const stranger = nodeNames(settings).find((name) => !own.includes(name));
      return stranger === undefined ? own : [...own.slice(1), stranger];
    },
  };
}
