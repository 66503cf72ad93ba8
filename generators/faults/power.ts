import { nodeName } from "../plan.ts";
import type { FaultKind } from "./fault-kind.ts";
import { namesOf, type NodesFault, ofNodesAlone } from "./nodes.ts";
import { port, process } from "./port.ts";

/** What the node's disk had not synced is lost. */
const power = port("power", "dead-disk", (lost: true, _: true) => lost);

export const powerLoss = {
  ...ofNodesAlone("power"),
  meaning: "Cuts the power of some nodes: what their disks had not synced is lost too.",
  ports: [process, power],
  isPlain: true,
  // What a power loss takes beyond a kill is what is not synced yet: where each record is synced at once, that is
  // nothing at nearly all other times.
  triggers: { favourite: "syncing" },
  say: (fault) => `cut the power of ${namesOf(fault)}`,
  wants: ({ nodes }) =>
    nodes.map(nodeName).flatMap((node) => [process.want(node, "killed"), power.want(node, true)]),
  effects: ({ nodes }) =>
    nodes.flatMap((node) => [
      { effect: "node-down", node },
      { effect: "data-lost", node, synced: false },
    ]),
} satisfies FaultKind<NodesFault<"power">>;
