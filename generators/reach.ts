/** What a fault touches: the nemesis and the reports ask here. Nodes are named. */
import { range } from "./draw.ts";
import { isLinkFault, linkPairs, type Trouble, troubleOf } from "./links.ts";
import { allClients, nodeName } from "./plan.ts";
import type { Fault, PartitionShape } from "./plan.ts";

/**
 * The directed pairs [from, to] between which a fault drops all packets, in a cluster of `nodes` nodes; [] for a fault that cuts nothing.
 * Clients all stand at one end: `allClients`.
 */
export function cutsOf(fault: Fault, nodes: number): [from: string, to: string][] {
  switch (fault.kind) {
    case "partition":
      return cutPairs(fault.partition, nodes).map(([from, to]) => [nodeName(from), nodeName(to)]);
    case "clients":
      return fault.nodes
        .map(nodeName)
        .flatMap((node): [string, string][] => [
          ...(fault.direction === "out" ? [] : [[allClients, node] as [string, string]]),
          ...(fault.direction === "in" ? [] : [[node, allClients] as [string, string]]),
        ]);
    default:
      // No other kind cuts, whatever kinds are still to come.
      return [];
  }
}

/** The directed links that a fault leaves up, but in trouble. */
export function troublesOf(
  fault: Fault,
  nodes: number,
): [from: string, to: string, trouble: Trouble][] {
  if (!isLinkFault(fault)) return [];
  const trouble = troubleOf(fault);
  return linkPairs(fault, nodes).map(([from, to]) => [nodeName(from), nodeName(to), trouble]);
}

/** The nodes that a fault names: those killed or paused, the smaller side or the one isolated, all ends of cut links, all of a ring. */
export function nodesOf(fault: Fault): string[] {
  return nodeIndicesOf(fault).map(nodeName);
}

export function nodeIndicesOf(fault: Fault): readonly number[] {
  if (fault.kind !== "partition") return fault.nodes;
  switch (fault.partition.shape) {
    case "halves":
      return fault.partition.side;
    case "isolate":
      return [fault.partition.node];
    case "one-way":
      return [fault.partition.from, fault.partition.to];
    case "ring":
      return fault.partition.order;
    case "bridge":
      return [...fault.partition.side, fault.partition.node];
    case "links":
      return [...new Set(fault.partition.cuts.flat())];
  }
}

/** How many parts a fault has that shrinking may take away one by one: nodes or links, and where it holds both ways, either way. */
export function partsOf(fault: Fault): number {
  if (fault.kind === "partition")
    return fault.partition.shape === "links"
      ? fault.partition.cuts.length
      : nodeIndicesOf(fault).length;
  return fault.nodes.length + ("direction" in fault && fault.direction === "both" ? 2 : 0);
}

/** The same by index. */
export function cutPairs(partition: PartitionShape, nodes: number): [from: number, to: number][] {
  switch (partition.shape) {
    case "halves":
      return between(partition.side, nodes);
    case "isolate":
      return between([partition.node], nodes);
    case "one-way":
      return [[partition.from, partition.to]];
    case "ring":
      return apartOnRing(partition.order);
    case "bridge":
      return between(partition.side, nodes).filter((pair) => !pair.includes(partition.node));
    case "links":
      return partition.cuts.map(([from, to]) => [from, to]);
  }
}

/** In a smaller ring the neighbours that make a majority are all nodes. */
export const smallestRing = 4;

/** With itself, a node's neighbours up to this distance are the smallest majority, or one more. */
function apartOnRing(order: readonly number[]): [number, number][] {
  const reach = Math.ceil(Math.floor(order.length / 2) / 2);
  return order.flatMap((from, place) =>
    order.flatMap((to, other): [number, number][] => {
      const distance = Math.abs(place - other);
      return Math.min(distance, order.length - distance) > reach ? [[from, to]] : [];
    }),
  );
}

/** Both directions of every link that crosses from `side` to the rest. */
function between(side: readonly number[], nodes: number): [number, number][] {
  const rest = range(nodes).filter((node) => !side.includes(node));
  return side.flatMap((a) =>
    rest.flatMap((b): [number, number][] => [
      [a, b],
      [b, a],
    ]),
  );
}
