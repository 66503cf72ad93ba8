import type { Random } from "fast-check";
import { chance, integer, pick, range, sample, shuffled } from "../draw.ts";
import type { NodeNamer, PlannedFault } from "../plan.ts";
import type { FaultDraw, FaultKind, FaultProblem } from "./fault-kind.ts";
import { closeGap, withAim } from "./nodes.ts";
import { cuts, linkName } from "./port.ts";
import { closed, index, nodeIndices } from "./schemas.ts";

/** The links between nodes that drop all packets. Nodes are indices. */
export type PartitionShape =
  | { readonly shape: "halves"; readonly side: readonly number[] }
  | { readonly shape: "isolate"; readonly node: number }
  | { readonly shape: "one-way"; readonly from: number; readonly to: number }
  /**
   * Majorities that overlap: on a ring of all nodes in this order, each node reaches only its nearest neighbours, which
   * together with it are a majority.
   */
  | { readonly shape: "ring"; readonly order: readonly number[] }
  /** The nodes of `side` and the other nodes do not reach each other, but `node` reaches all of them. */
  | { readonly shape: "bridge"; readonly node: number; readonly side: readonly number[] }
  /** Any set of links, each in one direction. */
  | { readonly shape: "links"; readonly cuts: readonly (readonly [from: number, to: number])[] };

/** A fault that makes links between nodes drop all packets. */
export type PartitionFault = { readonly kind: "partition"; readonly partition: PartitionShape };

/** The smallest number of nodes in a ring. In a smaller ring, every node would be a neighbour of every other. */
const smallestRing = 4;

export const partition = {
  kind: "partition",
  meaning:
    "Cuts links between nodes: halves, one node, one direction, a ring, a bridge or any links.",
  ports: [cuts],
  needsPeers: true,
  isPlain: true,
  triggers: {},
  schema: closed({
    kind: { const: "partition" },
    partition: {
      type: "object",
      discriminator: { propertyName: "shape" },
      oneOf: [
        closed({ shape: { const: "halves" }, side: nodeIndices }),
        closed({ shape: { const: "isolate" }, node: index }),
        closed({ shape: { const: "one-way" }, from: index, to: index }),
        closed({ shape: { const: "ring" }, order: nodeIndices }),
        closed({ shape: { const: "bridge" }, node: index, side: nodeIndices }),
        closed({
          shape: { const: "links" },
          cuts: {
            type: "array",
            items: { type: "array", items: index, minItems: 2, maxItems: 2 },
            minItems: 1,
            uniqueItems: true,
          },
        }),
      ],
    },
  }),
  example: { kind: "partition", partition: { shape: "isolate", node: 0 } },
  isolate: (node) => ({ kind: "partition", partition: { shape: "isolate", node } }),
  draw: (random, draw) => ({ kind: "partition", partition: drawShape(random, draw) }),
  turns: (random, planned, nodes) =>
    chance(random, 50) ? flapping(random, planned) : clogging(random, planned, nodes),
  say: ({ partition }, nameOf) => shapeText(partition, nameOf),
  nodesOf: ({ partition }) => nodesOf(partition),
  problem: ({ partition }, nodes) => problemOf(partition, nodes),
  partsOf: ({ partition }) =>
    partition.shape === "links" ? partition.cuts.length : nodesOf(partition).length,
  narrow: ({ partition }, part) => faultOf(narrowed(partition, part)),
  withoutNode: ({ partition }, gone, nodes) => faultOf(without(partition, gone, nodes)),
  wants: ({ partition }, { nodes, nameOf }) =>
    cutPairs(partition, nodes).map(([from, to]) =>
      cuts.want(linkName(nameOf(from), nameOf(to)), true),
    ),
  effects: ({ partition }, { nodes }) =>
    cutPairs(partition, nodes).map(([from, to]) => ({ effect: "apart", from, to })),
} satisfies FaultKind<PartitionFault>;

const faultOf = (shape: PartitionShape | null): PartitionFault | null =>
  shape && { kind: "partition", partition: shape };

function shapeText(partition: PartitionShape, nameOf: NodeNamer): string {
  switch (partition.shape) {
    case "halves":
      return `separate ${partition.side.map(nameOf).join(", ")} from the other nodes`;
    case "isolate":
      return `isolate ${nameOf(partition.node)}`;
    case "one-way":
      return `drop what ${nameOf(partition.from)} sends to ${nameOf(partition.to)}`;
    case "ring":
      return `connect each node of the ring ${partition.order.map(nameOf).join(", ")} only to its nearest neighbours`;
    case "bridge":
      return `separate ${partition.side.map(nameOf).join(", ")} from the other nodes, except ${nameOf(partition.node)}, which reaches both sides`;
    case "links":
      return `drop what ${partition.cuts.map(([from, to]) => `${nameOf(from)} sends to ${nameOf(to)}`).join(", ")}`;
  }
}

/**
 * The nodes that the partition names: the listed side, the isolated node, the bridge and its side, the ends of cut
 * links, or all nodes of a ring.
 */
function nodesOf(partition: PartitionShape): readonly number[] {
  switch (partition.shape) {
    case "halves":
      return partition.side;
    case "isolate":
      return [partition.node];
    case "one-way":
      return [partition.from, partition.to];
    case "ring":
      return partition.order;
    case "bridge":
      return [...partition.side, partition.node];
    case "links":
      return [...new Set(partition.cuts.flat())];
  }
}

/** The directed pairs [from, to] whose packets are all dropped, in a cluster of `nodes` nodes. */
function cutPairs(
  partition: PartitionShape,
  nodes: number,
): readonly (readonly [from: number, to: number])[] {
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
      return partition.cuts;
  }
}

/**
 * Returns the pairs of nodes on the ring that do not reach each other. A node reaches its neighbours at a distance of
 * up to `reach`. Together with the node, they are the smallest majority, or one node more.
 */
function apartOnRing(order: readonly number[]): [number, number][] {
  const reach = Math.ceil(Math.floor(order.length / 2) / 2);
  return order.flatMap((from, place) =>
    order.flatMap((to, other): [number, number][] => {
      const distance = Math.abs(place - other);
      return Math.min(distance, order.length - distance) > reach ? [[from, to]] : [];
    }),
  );
}

/** Returns both directions of every link between `side` and the other nodes. */
function between(side: readonly number[], nodes: number): [number, number][] {
  const rest = range(nodes).filter((node) => !side.includes(node));
  return side.flatMap((a) =>
    rest.flatMap((b): [number, number][] => [
      [a, b],
      [b, a],
    ]),
  );
}

const allLinks = (nodes: number): (readonly [from: number, to: number])[] =>
  range(nodes).flatMap((from) =>
    range(nodes)
      .filter((to) => to !== from)
      .map((to) => [from, to] as const),
  );

/** Draws a partition of a cluster of at least two nodes. */
function drawShape(random: Random, { nodes, aim }: FaultDraw): PartitionShape {
  const others = range(nodes).filter((node) => node !== aim);
  const possible = [
    "halves",
    "isolate",
    "one-way",
    "links",
    ...(nodes >= smallestRing ? (["ring"] as const) : []),
    ...(nodes >= 3 ? (["bridge"] as const) : []),
  ] as const;
  switch (pick(random, possible)) {
    case "halves":
      return {
        shape: "halves",
        side: withAim(random, nodes, aim, integer(random, 1, Math.floor(nodes / 2))),
      };
    case "isolate":
      return { shape: "isolate", node: aim };
    case "one-way": {
      const other = pick(random, others);
      return chance(random, 50)
        ? { shape: "one-way", from: aim, to: other }
        : { shape: "one-way", from: other, to: aim };
    }
    case "links": {
      const links = allLinks(nodes);
      return { shape: "links", cuts: sample(random, links, integer(random, 1, links.length / 2)) };
    }
    case "ring":
      return { shape: "ring", order: shuffled(random, range(nodes)) };
    case "bridge":
      return {
        shape: "bridge",
        node: aim,
        side: sample(
          random,
          others,
          integer(random, 1, Math.max(1, Math.floor(others.length / 2))),
        ),
      };
  }
}

function flapping(random: Random, planned: PlannedFault): readonly PlannedFault[] {
  const times = integer(random, 2, 5);
  const durationMs = Math.max(1, Math.floor(planned.durationMs / (2 * times - 1)));
  return range(times).map((turn) => ({
    ...planned,
    atMs: planned.atMs + 2 * turn * durationMs,
    durationMs,
  }));
}

/** Cuts several links one after the other, each in one direction, and heals them in a random order. */
function clogging(random: Random, planned: PlannedFault, nodes: number): readonly PlannedFault[] {
  const clogged = shuffled(random, allLinks(nodes)).slice(0, integer(random, 2, 6));
  const backAt = shuffled(random, range(clogged.length));
  const everyMs = Math.max(1, Math.floor(planned.durationMs / (2 * clogged.length)));
  const lastCutMs = clogged.length * everyMs;
  return clogged.map(([from, to], turn) => ({
    atMs: planned.atMs + turn * everyMs,
    durationMs: lastCutMs + ((backAt[turn] ?? 0) + 1 - turn) * everyMs,
    fault: { kind: "partition", partition: { shape: "one-way", from, to } },
  }));
}

/** Removes one of the partition's links, or one node of its side. Returns null if that is impossible. */
function narrowed(partition: PartitionShape, part: number): PartitionShape | null {
  switch (partition.shape) {
    case "links":
      return partition.cuts.length > 1
        ? { shape: "links", cuts: partition.cuts.toSpliced(part, 1) }
        : null;
    case "halves":
    case "bridge":
      return partition.side.length > 1 && part < partition.side.length
        ? { ...partition, side: partition.side.toSpliced(part, 1) }
        : null;
    case "isolate":
    case "one-way":
    case "ring":
      return null;
  }
}

function without(partition: PartitionShape, gone: number, nodes: number): PartitionShape | null {
  const at = (node: number): number => closeGap(node, gone);
  const others = (list: readonly number[]): number[] =>
    list.filter((node) => node !== gone).map(at);
  switch (partition.shape) {
    case "halves": {
      const side = others(partition.side);
      return side.length > 0 && side.length < nodes ? { shape: "halves", side } : null;
    }
    case "isolate":
      return partition.node === gone || nodes < 2
        ? null
        : { shape: "isolate", node: at(partition.node) };
    case "one-way":
      if (partition.from === gone || partition.to === gone) return null;
      return { shape: "one-way", from: at(partition.from), to: at(partition.to) };
    case "ring":
      return nodes < smallestRing ? null : { shape: "ring", order: others(partition.order) };
    case "bridge": {
      const side = others(partition.side);
      return partition.node === gone || side.length === 0 || side.length + 1 >= nodes
        ? null
        : { shape: "bridge", node: at(partition.node), side };
    }
    case "links": {
      const cuts = partition.cuts
        .filter((cut) => !cut.includes(gone))
        .map(([from, to]) => [at(from), at(to)] as const);
      return cuts.length === 0 ? null : { shape: "links", cuts };
    }
  }
}

function problemOf(partition: PartitionShape, nodes: number): FaultProblem | null {
  const itself = "a node cannot be cut off from itself";
  const problem = (path: string, expected: string, got: unknown, hint: string): FaultProblem => ({
    path: `/partition${path}`,
    expected,
    got,
    hint,
  });
  switch (partition.shape) {
    case "halves":
      return partition.side.length === nodes
        ? problem(
            "/side",
            "a side that leaves out at least one node",
            partition.side,
            "the nodes that are not named are the other side",
          )
        : null;
    case "isolate":
      return nodes === 1
        ? problem("", "a cluster of at least two nodes", nodes, "drop the fault")
        : null;
    case "one-way":
      return partition.from === partition.to
        ? problem("", "two different nodes", partition, itself)
        : null;
    case "ring":
      if (nodes < smallestRing)
        return problem(
          "",
          `at least ${smallestRing} nodes`,
          nodes,
          "in a smaller ring every node is a neighbour of every other",
        );
      return partition.order.length === nodes
        ? null
        : problem(
            "/order",
            "each node once",
            partition.order,
            "name all nodes, in the order of the ring",
          );
    case "bridge":
      if (partition.side.includes(partition.node))
        return problem(
          "/side",
          "a side without the node that is the bridge",
          partition.side,
          "the bridge is on neither side",
        );
      return partition.side.length + 1 >= nodes
        ? problem(
            "/side",
            "a side that leaves out at least one node",
            partition.side,
            "the nodes that are not named are the other side",
          )
        : null;
    case "links": {
      const loop = partition.cuts.find(([from, to]) => from === to);
      return loop === undefined ? null : problem("/cuts", "two different nodes", loop, itself);
    }
  }
}
