/** The neighbours that nodes are told for broadcasts. A node may ignore them. */
import type { Topology } from "./settings.ts";

/** Returns each node's neighbours in the topology. */
export function neighbours(
  topology: Topology,
  nodes: readonly string[],
): Readonly<Record<string, readonly string[]>> {
  const linked = (a: number, b: number): boolean => isLink(topology, nodes.length, a, b);
  return Object.fromEntries(
    nodes.map((name, index) => [
      name,
      nodes.filter((_, other) => other !== index && (linked(index, other) || linked(other, index))),
    ]),
  );
}

/**
 * Whether the topology links node `a` to node `b`. Some links are known only in one direction, so the caller must ask
 * for both.
 */
function isLink(topology: Topology, count: number, a: number, b: number): boolean {
  switch (topology) {
    case "total":
      return true;
    case "line":
      return b === a + 1;
    case "grid": {
      const width = Math.ceil(Math.sqrt(count));
      return b === a + width || (b === a + 1 && b % width !== 0);
    }
    case "tree2":
    case "tree3":
    case "tree4":
      return Math.floor((b - 1) / Number(topology.slice(4))) === a && b > 0;
  }
}
