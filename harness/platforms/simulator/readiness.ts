/**
 * Decides when a simulated cluster is up: every node answers a client, and in a mesh every node has a stream to every
 * node, including itself.
 */
import { EnvironmentError } from "../../errors.ts";
import type { SimNode } from "./node.ts";
import type { SimulatedClients } from "./simulated-target.ts";
import type { SimWorld } from "./world.ts";

/** How long nodes may take to come up, in ms of virtual time. */
const startTimeoutMs = 30_000;

/**
 * Starts all nodes except newcomers and runs the world until the cluster is up. If the time runs out, throws
 * `nodes-not-up` with the last log line of each node.
 */
export function bringUp(world: SimWorld, clients: SimulatedClients): void {
  world.startAll();
  const answered = new Set<string>();
  const nodes = world.present;
  for (const { name } of nodes) clients.ready(name, () => answered.add(name));
  const isUp = (): boolean =>
    answered.size === nodes.length &&
    (!clients.meshed || nodes.every((node) => isLinked(node, nodes.length)));
  if (!world.loop.run(isUp, world.loop.nowUs + startTimeoutMs * 1000)) throw notUp(world);
}

/**
 * Whether the node has an open stream to every node, including itself. Over the stream to itself the node takes part in
 * its own quorums, and this stream may open last (by some ms).
 */
function isLinked(node: SimNode, nodes: number): boolean {
  const dialled = new Set<string>();
  for (const end of node.boot?.ends ?? [])
    if (end.dialled && end.state === "open" && end.other?.state === "open") dialled.add(end.peer);
  return dialled.size === nodes;
}

const notUp = (world: SimWorld): EnvironmentError =>
  new EnvironmentError({
    code: "nodes-not-up",
    expected: `all nodes serving and linked within ${startTimeoutMs} ms of virtual time`,
    got: [...world.nodes.values()]
      .map((node) => `${node.name} said last: ${node.lastSaid}`)
      .join("; "),
    hint: "Read the nodes' own logs.",
  });
