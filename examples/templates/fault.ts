/**
 * A kind of fault: a node is frozen together with the next one. Copy it and change how it is drawn and described, and
 * what it does.
 */
import { type FaultKind, processes } from "quorate";

// A type alias and no interface, since a fault is plain JSON in plan.json.
type FreezePair = { readonly kind: "freeze-pair"; readonly node: number; readonly next: number };

const index = { type: "integer", minimum: 0 };
const name = (node: number): string => `n${node + 1}`;

export const freezePair: FaultKind<FreezePair> = {
  kind: "freeze-pair",
  meaning: "Freezes two nodes that are neighbours, and lets them go on.",
  schema: {
    type: "object",
    properties: { kind: { const: "freeze-pair" }, node: index, next: index },
    required: ["kind", "node", "next"],
    additionalProperties: false,
  },
  // The ports that it uses. A platform without such a port leaves the kind out of plans, and says so.
  ports: [processes],
  example: { kind: "freeze-pair", node: 0, next: 1 },

  // A fault of node `aim`. Use only the first argument for random choices: the same seed must give the same plan.
  draw: (_, { aim, nodes }) => ({ kind: "freeze-pair", node: aim, next: (aim + 1) % nodes }),
  say: ({ node, next }) => `freeze ${name(node)} and ${name(next)}`,
  nodesOf: ({ node, next }) => [...new Set([node, next])],

  // How it shrinks: it has no removable parts, and without one of its nodes nothing is left.
  partsOf: () => 1,
  narrow: () => null,
  withoutNode: (fault, gone) =>
    fault.node === gone || fault.next === gone
      ? null
      : {
          ...fault,
          node: fault.node > gone ? fault.node - 1 : fault.node,
          next: fault.next > gone ? fault.next - 1 : fault.next,
        },

  // What it does to the world while it lasts, and to promises.
  wants: ({ node, next }) =>
    [...new Set([node, next])].map((one) => processes.want(name(one), "paused")),
  effects: ({ node, next }) => [
    { effect: "node-down", node },
    { effect: "node-down", node: next },
  ],
};
