/**
 * One node has an old view of the ring: it sends the requests that it coordinates to other nodes than all others
 * (it missed a change of the topology). Must break acknowledged: nodes that hold no replica confirm.
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
