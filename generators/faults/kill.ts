import type { Random } from "fast-check";
import { integer, range, shuffled } from "../draw.ts";
import type { PlannedFault } from "../plan.ts";
import type { FaultKind } from "./fault-kind.ts";
import { namesOf, type NodesFault, ofNodesAlone, onEach } from "./nodes.ts";
import { process } from "./port.ts";

export type KillFault = NodesFault<"kill">;

const shortestMs = 50;

export const kill = {
  ...ofNodesAlone("kill"),
  meaning: "Kills the processes of some nodes and starts them again on what their disks hold.",
  ports: [process],
  isPlain: true,
  triggers: {},
  turns: (random, planned, nodes) =>
    planned.fault.nodes.length > 1
      ? staggeredRestart(random, planned)
      : rollingRestart(random, planned, nodes),
  say: (fault, nameOf) => `kill ${namesOf(fault, nameOf)}`,
  wants: ({ nodes }, { nameOf }) => nodes.map((node) => process.want(nameOf(node), "killed")),
  effects: onEach("node-down"),
} satisfies FaultKind<KillFault>;

function rollingRestart(
  random: Random,
  planned: PlannedFault,
  nodes: number,
): readonly PlannedFault[] {
  const durationMs = Math.min(planned.durationMs, integer(random, shortestMs, 400));
  const everyMs = durationMs + integer(random, shortestMs, 500);
  return range(nodes).map((node) => ({
    atMs: planned.atMs + node * everyMs,
    durationMs,
    fault: { kind: "kill", nodes: [node] },
  }));
}

/** Replaces one kill of several nodes by kills at the same time, after which the nodes start again one by one. */
function staggeredRestart(
  random: Random,
  planned: PlannedFault<KillFault>,
): readonly PlannedFault[] {
  const everyMs = integer(random, shortestMs, 500);
  return shuffled(random, planned.fault.nodes).map((node, turn) => ({
    ...planned,
    durationMs: planned.durationMs + turn * everyMs,
    fault: { kind: "kill", nodes: [node] },
  }));
}
