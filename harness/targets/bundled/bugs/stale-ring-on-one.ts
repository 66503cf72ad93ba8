/**
 * One node missed a change of the topology, so it sends the requests that it coordinates to the wrong nodes. The bug
 * must break `acknowledged`: nodes that are no replicas confirm.
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
