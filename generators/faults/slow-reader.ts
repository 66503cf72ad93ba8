/** A fault that makes nodes read their messages slowly. It is possible only where messages pass through the harness. */
import { integer, pick } from "../draw.ts";
import type { FaultKind } from "./fault-kind.ts";
import { drawNodes, namesOf, type NodesFault, ofNodes, onEach } from "./nodes.ts";
import { port } from "./port.ts";
import { closed, nodeIndices } from "./schemas.ts";

/** Each of the nodes gets at most one message every `everyMs`. Its other messages wait in order. */
export type SlowReaderFault = NodesFault<"slow-reader"> & { readonly everyMs: number };

/**
 * The port that slows the reading of messages. The subject is a node's name. The value is the time between two messages
 * in ms.
 */
const reading = port("reading", "network", (a: number, b: number) => Math.max(a, b));

/**
 * The longest time between two messages, in ms, at which a node still answers in time. A request causes several
 * messages to the same node.
 */
const enoughMs = 30;

export const slowReader = {
  ...ofNodes,
  kind: "slow-reader",
  meaning: "Makes some nodes read their messages slowly, one after the other.",
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
  say: (fault, nameOf) =>
    `let ${namesOf(fault, nameOf)} read only one message every ${fault.everyMs} ms`,
  wants: ({ nodes, everyMs }, { nameOf }) =>
    nodes.map((node) => reading.want(nameOf(node), everyMs)),
  effects: (fault, facts) => (fault.everyMs > enoughMs ? onEach("node-slow")(fault, facts) : []),
} satisfies FaultKind<SlowReaderFault>;
