/** What a fault touches: the nemesis and the reports ask here. Nodes are named. */
import { nodeName } from "./plan.ts";
import type { Fault, PartitionShape } from "./plan.ts";
import { range } from "./draw.ts";

/** The directed pairs [from, to] between which a fault drops all packets, in a cluster of `nodes` nodes; [] for a fault that cuts nothing. */
export function cutsOf(fault: Fault, nodes: number): [from: string, to: string][] {
  return fault.kind === "partition" ? cutPairs(fault.partition, nodes).map(([from, to]) => [nodeName(from), nodeName(to)]) : [];
}

/** The directed pairs between which a fault loses packets by chance, and how many of a hundred. */
export function lossesOf(fault: Fault, nodes: number): [from: string, to: string, percent: number][] {
  if (fault.kind !== "loss") return [];
  return fault.nodes.flatMap((to) => range(nodes).filter((from) => from !== to).map((from): [string, string, number] => [nodeName(from), nodeName(to), fault.percent]));
}

/** The nodes that a fault names: those killed or paused, the smaller side or the one isolated, both ends of a one-way cut, all of a ring. */
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
  }
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
  return side.flatMap((a) => rest.flatMap((b): [number, number][] => [[a, b], [b, a]]));
}
