import type { FaultKind } from "./fault-kind.ts";
import { directed, type DirectedFault, directions, directionText, drawDirected } from "./links.ts";
import { allClients, cuts, linkName } from "./port.ts";
import { closed, nodeIndices } from "./schemas.ts";

export const clients = {
  ...directed,
  kind: "clients",
  meaning: "Drops the packets between all clients and some nodes: requests, replies or both.",
  ports: [cuts],
  schema: closed({
    kind: { const: "clients" },
    nodes: nodeIndices,
    direction: { enum: [...directions] },
  }),
  example: { kind: "clients", nodes: [0], direction: "both" },
  draw: (random, draw) => drawDirected("clients", random, draw),
  say: (fault, nameOf) => `drop the packets of clients ${directionText(fault, nameOf)}`,
  wants: ({ nodes, direction }, { nameOf }) =>
    nodes
      .map(nameOf)
      .flatMap((node) => [
        ...(direction === "out" ? [] : [cuts.want(linkName(allClients, node), true)]),
        ...(direction === "in" ? [] : [cuts.want(linkName(node, allClients), true)]),
      ]),
  effects: ({ nodes }) => nodes.map((node) => ({ effect: "clients-apart", node })),
} satisfies FaultKind<DirectedFault<"clients">>;
