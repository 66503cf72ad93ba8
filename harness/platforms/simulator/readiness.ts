/** When a simulated cluster is up: every node answers a client, and every node has its stream to every node, itself included. */
import { notAnOperation } from "../cluster.ts";
import { EnvironmentError } from "../../errors.ts";
import type { SimNode } from "./node.ts";
import type { SimWorld } from "./world.ts";

/** How much virtual time nodes have to come up. */
const startTimeoutMs = 30_000;
const retryMs = 10;

/** Lets time pass until the world is up. Throws `nodes-not-up` with what each node said last. */
export function bringUp(world: SimWorld): void {
  world.startAll();
  const answered = new Set<string>();
  for (const node of world.nodes.keys()) ask(world, node, () => answered.add(node));
  const isUp = (): boolean =>
    answered.size === world.nodes.size &&
    [...world.nodes.values()].every((node) => isLinked(node, world.nodes.size));
  if (!world.loop.run(isUp, world.loop.nowUs + startTimeoutMs * 1000)) throw notUp(world);
}

function ask(world: SimWorld, node: string, answered: () => void): void {
  let over = false;
  const again = (): void => {
    if (!over) world.setTimer(retryMs, () => ask(world, node, answered));
    over = true;
  };
  const stream = world.connect("readiness", node, {
    open: () => stream.send({ type: "inspect", id: notAnOperation }),
    message: (reply) => {
      if (reply.type === "inspected") {
        over = true;
        answered();
      } else again();
      stream.close("asked");
    },
    close: again,
  });
}

/** Its own loopback counts: the node takes part in quorums over it, and can be later than all others (a hiccup of some ms). */
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
