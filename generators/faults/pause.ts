import type { FaultKind } from "./fault-kind.ts";
import { namesOf, type NodesFault, ofNodesAlone, onEach } from "./nodes.ts";
import { process } from "./port.ts";

export const pause = {
  ...ofNodesAlone("pause"),
  meaning: "Freezes the processes of some nodes and lets them go on.",
  ports: [process],
  isPlain: true,
  triggers: {},
  say: (fault, nameOf) => `pause ${namesOf(fault, nameOf)}`,
  wants: ({ nodes }, { nameOf }) => nodes.map((node) => process.want(nameOf(node), "paused")),
  effects: onEach("node-down"),
} satisfies FaultKind<NodesFault<"pause">>;
