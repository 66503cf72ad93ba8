/** What a fault touches: the nemesis and the reports ask here. Nodes are named. */
import { nodeName } from "./plan.ts";
import type { Fault, PartitionShape } from "./plan.ts";
import { range } from "./draw.ts";

/** The directed pairs [from, to] between which a fault drops all packets, in a cluster of `nodes` nodes; [] for a fault that cuts nothing. */
export function cutsOf(fault: Fault, nodes: number): [from: string, to: string][] {
  return fault.kind === "partition" ? cutPairs(fault.partition, nodes).map(([from, to]) => [nodeName(from), nodeName(to)]) : [];
}

/** The nodes that a fault names: those killed or paused, the smaller side or the one isolated, both ends of a one-way cut. */
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
  }
}

/** Both directions of every link that crosses from `side` to the rest. */
function between(side: readonly number[], nodes: number): [number, number][] {
  const rest = range(nodes).filter((node) => !side.includes(node));
  return side.flatMap((a) => rest.flatMap((b): [number, number][] => [[a, b], [b, a]]));
}
