import type { FaultKind } from "./fault-kind.ts";
import { directed, type DirectedFault, directions, drawDirected } from "./links.ts";
import { namesOf } from "./nodes.ts";
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
  say: (fault, nameOf) => {
    const nodes = namesOf(fault, nameOf);
    switch (fault.direction) {
      case "in":
        return `drop the packets from all clients to ${nodes}`;
      case "out":
        return `drop the packets from ${nodes} to all clients`;
      case "both":
        return `drop the packets between all clients and ${nodes}`;
    }
  },
  wants: ({ nodes, direction }, { nameOf }) =>
    nodes
      .map(nameOf)
      .flatMap((node) => [
        ...(direction === "out" ? [] : [cuts.want(linkName(allClients, node), true)]),
        ...(direction === "in" ? [] : [cuts.want(linkName(node, allClients), true)]),
      ]),
  effects: ({ nodes }) => nodes.map((node) => ({ effect: "clients-apart", node })),
} satisfies FaultKind<DirectedFault<"clients">>;
