import { integer, pick } from "../draw.ts";
import { nodeName } from "../plan.ts";
import type { FaultKind } from "./fault-kind.ts";
import { drawNodes, namesOf, type NodesFault, ofNodes, onEach } from "./nodes.ts";
import { port } from "./port.ts";
import { closed, nodeIndices } from "./schemas.ts";

/** How much a node may use: a share of one processor in percent, and memory. */
export interface Limit {
  readonly processorPercent: number;
  readonly memoryMiB: number;
}

/** Machines of nodes have less memory, time or files. */
export type LimitFault = NodesFault<"limit"> & {
  readonly processorPercent: number;
  readonly memoryMiB: number;
};

const limits = port("limits", "machine", (a: Limit, b: Limit) => ({
  processorPercent: Math.min(a.processorPercent, b.processorPercent),
  memoryMiB: Math.min(a.memoryMiB, b.memoryMiB),
}));

/** A node with less of a processor hardly answers in time. */
const enoughPercent = 15;
const usualMemoryMiB = 128;

export const limit = {
  ...ofNodes,
  kind: "limit",
  meaning: "Limits how much processor time and memory some nodes may use.",
  ports: [limits],
  // Below these a node can hardly start, or not at all.
  schema: closed({
    kind: { const: "limit" },
    nodes: nodeIndices,
    processorPercent: { type: "integer", minimum: 1, maximum: 100 },
    memoryMiB: { type: "integer", minimum: 64, maximum: 1_048_576 },
  }),
  example: { kind: "limit", nodes: [0], processorPercent: 10, memoryMiB: 128 },
  // What a node at rest hardly feels, down to what makes each request late. Memory enough to live on: a node that the
  // kernel kills is a fault of another kind.
  draw: (random, draw) => ({
    kind: "limit",
    nodes: drawNodes(random, draw),
    processorPercent: pick(random, [integer(random, 5, 15), integer(random, 15, 60)]),
    memoryMiB: (draw.facts.memoryMiB ?? usualMemoryMiB) + integer(random, 0, 128),
  }),
  say: (fault) =>
    `limit ${namesOf(fault)} to ${fault.processorPercent} % of a processor and ${fault.memoryMiB} MiB of memory`,
  wants: ({ nodes, processorPercent, memoryMiB }) =>
    nodes.map((node) => limits.want(nodeName(node), { processorPercent, memoryMiB })),
  effects: (fault, facts) =>
    fault.processorPercent < enoughPercent ? onEach("node-slow")(fault, facts) : [],
} satisfies FaultKind<LimitFault>;
