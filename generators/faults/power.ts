import { nodeName } from "../plan.ts";
import type { FaultKind } from "./fault-kind.ts";
import { namesOf, type NodesFault, ofNodesAlone } from "./nodes.ts";
import { port, process } from "./port.ts";

/** The node's disk loses unsynced data. */
const power = port("power", "dead-disk", (lost: true, _: true) => lost);

export const powerLoss = {
  ...ofNodesAlone("power"),
  meaning: "Cuts the power of some nodes: what their disks had not synced is lost too.",
  ports: [process, power],
  isPlain: true,
  // A power loss takes more than a kill only if something is unsynced. If each record is synced at once, that is almost
  // never so.
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
