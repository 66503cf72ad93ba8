/** Nodes that read their messages slowly. Only where messages pass through the harness. */
import { integer, pick } from "../draw.ts";
import type { FaultKind } from "./fault-kind.ts";
import { nodeName } from "../plan.ts";
import { drawNodes, namesOf, type NodesFault, ofNodes, onEach } from "./nodes.ts";
import { port } from "./port.ts";
import { closed, nodeIndices } from "./schemas.ts";

/** Each of the nodes gets at most one message every `everyMs`. Other messages wait in order. */
export type SlowReaderFault = NodesFault<"slow-reader"> & { readonly everyMs: number };

/** The time between two messages in ms. `subject`: a node. */
const reading = port("reading", "network", (a: number, b: number) => Math.max(a, b));

/**
 * A request causes several messages to the same node. If they are slower than this, hardly any request is answered in
 * time.
 */
const enoughMs = 30;

export const slowReader = {
  ...ofNodes,
  kind: "slow-reader",
  meaning: "Some nodes take their messages in slowly, one after the other.",
  ports: [reading],
  schema: closed({
    kind: { const: "slow-reader" },
    nodes: nodeIndices,
    everyMs: { type: "integer", minimum: 1, maximum: 60_000 },
  }),
  example: { kind: "slow-reader", nodes: [0], everyMs: 20 },
  draw: (random, draw) => ({
    kind: "slow-reader",
    nodes: drawNodes(random, draw),
    everyMs: pick(random, [integer(random, 2, 10), integer(random, 10, 80)]),
  }),
  say: (fault) => `let ${namesOf(fault)} read a message every ${fault.everyMs} ms only`,
  wants: ({ nodes, everyMs }) => nodes.map((node) => reading.want(nodeName(node), everyMs)),
  effects: (fault, facts) => (fault.everyMs > enoughMs ? onEach("node-slow")(fault, facts) : []),
} satisfies FaultKind<SlowReaderFault>;
