import type { FaultKind } from "./fault-kind.ts";
import { namesOf, type NodesFault, ofNodesAlone, onEach } from "./nodes.ts";
import { port } from "./port.ts";

const slow = port("slow-disk", "machine", (isSlow: true, _: true) => isSlow);

export const slowDisk = {
  ...ofNodesAlone("slow-disk"),
  meaning: "Slows down each fsync of some nodes.",
  ports: [slow],
  isPlain: true,
  say: (fault, nameOf) => `slow down each fsync of ${namesOf(fault, nameOf)}`,
  wants: ({ nodes }, { nameOf }) => nodes.map((node) => slow.want(nameOf(node), true)),
  effects: onEach("syncs-slow"),
} satisfies FaultKind<NodesFault<"slow-disk">>;
