/**
 * A kind of fault that freezes a node together with the next one. Copy this file, and change how faults are drawn and
 * described and what they do.
 */
import { type FaultKind, processes } from "quorate";

// Must be a type alias: an interface is not assignable to the JSON type that faults in plan.json have.
type FreezePair = { readonly kind: "freeze-pair"; readonly node: number; readonly next: number };

const index = { type: "integer", minimum: 0 };

export const freezePair: FaultKind<FreezePair> = {
  kind: "freeze-pair",
  meaning: "Freezes two nodes that are neighbours, and lets them go on.",
  schema: {
    type: "object",
    properties: { kind: { const: "freeze-pair" }, node: index, next: index },
    required: ["kind", "node", "next"],
    additionalProperties: false,
  },
  // The ports that this kind of fault uses. If a platform lacks one of them, quorate leaves the kind out of plans and
  // says so.
  ports: [processes],
  example: { kind: "freeze-pair", node: 0, next: 1 },

  // Draws a fault that hits node `aim`. Make random choices only with the first argument: the same seed must give the
  // same plan.
  draw: (_, { aim, nodes }) => ({ kind: "freeze-pair", node: aim, next: (aim + 1) % nodes }),
  say: ({ node, next }, nameOf) => `freeze ${nameOf(node)} and ${nameOf(next)}`,
  nodesOf: ({ node, next }) => [...new Set([node, next])],

  // How a fault shrinks: it has no parts to remove, and it disappears if one of its nodes does.
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

  // What the fault does to the cluster while it lasts, and which effects it has on the store's promises.
  wants: ({ node, next }, { nameOf }) =>
    [...new Set([node, next])].map((one) => processes.want(nameOf(one), "paused")),
  effects: ({ node, next }) => [
    { effect: "node-down", node },
    { effect: "node-down", node: next },
  ],
};
