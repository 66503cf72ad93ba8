import { integer, pick } from "../draw.ts";
import type { FaultKind } from "./fault-kind.ts";
import { drawNodes, namesOf, type NodesFault, ofNodes, onEach } from "./nodes.ts";
import { port } from "./port.ts";
import { closed, nodeIndices } from "./schemas.ts";

/** A node's limits: processor time in percent of one processor, and memory. */
export interface Limit {
  readonly processorPercent: number;
  readonly memoryMiB: number;
}

/** A fault that limits the processor time and the memory of some nodes. */
export type LimitFault = NodesFault<"limit"> & {
  readonly processorPercent: number;
  readonly memoryMiB: number;
};

const limits = port("limits", "machine", (a: Limit, b: Limit) => ({
  processorPercent: Math.min(a.processorPercent, b.processorPercent),
  memoryMiB: Math.min(a.memoryMiB, b.memoryMiB),
}));

/** The processor time below which a node hardly answers in time, in percent of one processor. */
const enoughPercent = 15;
const usualMemoryMiB = 128;

export const limit = {
  ...ofNodes,
  kind: "limit",
  meaning: "Limits how much processor time and memory some nodes may use.",
  ports: [limits],
  // Below these minimums a node may not even start.
  schema: closed({
    kind: { const: "limit" },
    nodes: nodeIndices,
    processorPercent: { type: "integer", minimum: 1, maximum: 100 },
    memoryMiB: { type: "integer", minimum: 64, maximum: 1_048_576 },
  }),
  example: { kind: "limit", nodes: [0], processorPercent: 10, memoryMiB: 128 },
  // Processor limits range from one that an idle node hardly notices to one that delays each request. The memory stays
  // sufficient: the kernel would kill a node that lacks memory, and a kill is another kind of fault.
  draw: (random, draw) => ({
    kind: "limit",
    nodes: drawNodes(random, draw),
    processorPercent: pick(random, [integer(random, 5, 15), integer(random, 15, 60)]),
    memoryMiB: (draw.facts.memoryMiB ?? usualMemoryMiB) + integer(random, 0, 128),
  }),
  say: (fault, nameOf) =>
    `limit ${namesOf(fault, nameOf)} to ${fault.processorPercent} % of a processor and ${fault.memoryMiB} MiB of memory`,
  wants: ({ nodes, processorPercent, memoryMiB }, { nameOf }) =>
    nodes.map((node) => limits.want(nameOf(node), { processorPercent, memoryMiB })),
  effects: (fault, facts) =>
    fault.processorPercent < enoughPercent ? onEach("node-slow")(fault, facts) : [],
} satisfies FaultKind<LimitFault>;
