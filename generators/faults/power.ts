import type { FaultKind } from "./fault-kind.ts";
import { namesOf, type NodesFault, ofNodesAlone } from "./nodes.ts";
import { port, process } from "./port.ts";

/** The port that removes unsynced data from the disks of nodes. */
const power = port("power", "dead-disk", (lost: true, _: true) => lost);

export const powerLoss = {
  ...ofNodesAlone("power"),
  meaning: "Cuts the power of some nodes: what their disks had not synced is lost too.",
  ports: [process, power],
  isPlain: true,
  // A power loss destroys more than a kill only if some data is unsynced, which is rare if the store syncs each record
  // at once.
  triggers: { favourite: "syncing" },
  say: (fault, nameOf) => `cut the power of ${namesOf(fault, nameOf)}`,
  wants: ({ nodes }, { nameOf }) =>
    nodes.map(nameOf).flatMap((node) => [process.want(node, "killed"), power.want(node, true)]),
  effects: ({ nodes }) =>
    nodes.flatMap((node) => [
      { effect: "node-down", node },
      { effect: "data-lost", node, synced: false },
    ]),
} satisfies FaultKind<NodesFault<"power">>;
