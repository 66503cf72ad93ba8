import type { FaultKind } from "./fault-kind.ts";
import { namesOf, type NodesFault, ofNodesAlone, onEach } from "./nodes.ts";
import { port } from "./port.ts";

const full = port("full-disk", "machine", (isFull: true, _: true) => isFull);

export const fullDisk = {
  ...ofNodesAlone("disk-full"),
  meaning: "Leaves no room on the disks of some nodes for a while.",
  ports: [full],
  isPlain: true,
  say: (fault, nameOf) => `leave no room on the disk of ${namesOf(fault, nameOf)}`,
  wants: ({ nodes }, { nameOf }) => nodes.map((node) => full.want(nameOf(node), true)),
  effects: onEach("writes-refused"),
} satisfies FaultKind<NodesFault<"disk-full">>;
