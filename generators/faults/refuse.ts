import { range } from "../draw.ts";
import type { Effect, FaultKind } from "./fault-kind.ts";
import { namesOf, type NodesFault, ofNodesAlone } from "./nodes.ts";
import { port } from "./port.ts";

const refusals = port("refusals", "network", (isRefused: true, _: true) => isRefused);

export const refuse = {
  ...ofNodesAlone("refuse"),
  meaning:
    "Makes some nodes refuse new connections of peers and clients; open connections stay open.",
  ports: [refusals],
  isPlain: true,
  say: (fault, nameOf) => `refuse new connections to ${namesOf(fault, nameOf)}`,
  wants: ({ nodes }, { nameOf }) => nodes.map((node) => refusals.want(nameOf(node), true)),
  // Open connections continue. But some stores keep no connection open, and another fault may end open ones. So the
  // effects are those of a fault that stops everything that is sent to the node.
  effects: ({ nodes: refused }, { nodes }) =>
    refused.flatMap((node): readonly Effect[] => [
      { effect: "clients-apart", node },
      ...range(nodes)
        .filter((from) => from !== node)
        .map((from) => ({ effect: "apart", from, to: node }) as const),
    ]),
} satisfies FaultKind<NodesFault<"refuse">>;
