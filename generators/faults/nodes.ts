/** Shared parts of faults that name nodes. */
import type { Random } from "fast-check";
import { integer, range, sample, weighted } from "../draw.ts";
import type { Fault, NodeNamer } from "../plan.ts";
import type { ClusterFacts } from "../target.ts";
import type { Effect, FaultDraw } from "./fault-kind.ts";
import { closed, nodeIndices } from "./schemas.ts";

/** A fault that affects some nodes. `nodes` lists their indices. */
export type NodesFault<Kind extends string = string> = {
  readonly kind: Kind;
  readonly nodes: readonly number[];
};

/** The members that most kinds of fault with a list of `nodes` share. Shrinking removes nodes one by one. */
export const ofNodes = {
  nodesOf: (fault: NodesFault): readonly number[] => fault.nodes,
  partsOf: (fault: NodesFault): number => fault.nodes.length,
  narrow: <F extends NodesFault & Fault>(fault: F, part: number): F | null =>
    fault.nodes.length > 1 ? { ...fault, nodes: fault.nodes.toSpliced(part, 1) } : null,
  withoutNode: <F extends NodesFault & Fault>(fault: F, gone: number): F | null => {
    const nodes = fault.nodes.filter((node) => node !== gone).map((node) => closeGap(node, gone));
    return nodes.length > 0 ? { ...fault, nodes } : null;
  },
};

/** Makes the common members of the kinds whose faults have only the fields `kind` and `nodes`. */
export function ofNodesAlone<const Kind extends string>(kind: Kind) {
  return {
    ...ofNodes,
    kind,
    schema: closed({ kind: { const: kind }, nodes: nodeIndices }),
    example: { kind, nodes: [0] } as NodesFault<Kind>,
    draw: (random: Random, draw: FaultDraw): NodesFault<Kind> => ({
      kind,
      nodes: drawNodes(random, draw),
    }),
  };
}

/** Makes the `effects` of a kind whose faults have the same effect on each of their nodes. */
export const onEach =
  (effect: "node-down" | "node-slow" | "writes-refused" | "syncs-slow") =>
  ({ nodes }: NodesFault, _: ClusterFacts): readonly Effect[] =>
    nodes.map((node) => ({ effect, node }));

export const namesOf = ({ nodes }: NodesFault, nameOf: NodeNamer): string =>
  nodes.map(nameOf).join(", ");

/** The new index of a node, client or key after the one with index `gone` was removed. */
export const closeGap = (index: number, gone: number): number => (index > gone ? index - 1 : index);

/**
 * Draws the nodes of a fault: mostly one, sometimes up to a minority, sometimes up to all. For example, a kill of all
 * nodes can lose data that was only in memory.
 */
export function drawNodes(random: Random, { nodes, aim }: FaultDraw): number[] {
  const minority = Math.max(1, Math.floor((nodes - 1) / 2));
  const most = weighted(random, [
    [1, 5],
    [minority, 3],
    [nodes, 2],
  ]);
  return withAim(random, nodes, aim, integer(random, 1, most));
}

/** Draws `count` nodes, one of which is node `aim`. Returns all nodes if there are fewer than `count`. */
export function withAim(random: Random, nodes: number, aim: number, count: number): number[] {
  const others = range(nodes).filter((node) => node !== aim);
  return [aim, ...sample(random, others, Math.min(count - 1, others.length))].sort((a, b) => a - b);
}
