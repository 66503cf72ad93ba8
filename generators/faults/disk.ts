import { chance, integer, pick } from "../draw.ts";
import { nodeName } from "../plan.ts";
import type { FaultKind } from "./fault-kind.ts";
import { namesOf, type NodesFault, ofNodes, withAim } from "./nodes.ts";
import { port, process } from "./port.ts";
import { closed, nodeIndices } from "./schemas.ts";

/**
 * - `wipe` removes all data; `tear` cuts the last record short.
 * - `flip` changes one byte, and `truncate` removes the rest of the log, at `atPerMille` thousandths of its length.
 * - `restore` puts an older copy back: the one at `atPerMille` thousandths of the time before the fault.
 */
const damages = ["wipe", "tear", "flip", "truncate", "restore"] as const;
/** The kinds of damage to the data on a disk. */
export type DiskDamage = (typeof damages)[number];

/** Nodes are killed, and their disks damaged. */
export type DiskFault = NodesFault<"disk"> & {
  readonly damage: DiskDamage;
  readonly atPerMille: number;
};

/** Damage to the logs of a dead node. `atPerMille`: see {@link DiskDamage}. `wipe` and `tear` ignore it. */
export interface Damage {
  readonly damage: DiskDamage;
  readonly atPerMille: number;
}

const damagePort = port("damage", "dead-disk", (a: Damage, _: Damage) => a);

const words: Readonly<Record<DiskDamage, string>> = {
  wipe: "wipe its disk",
  tear: "tear the last record of its log",
  flip: "flip a byte of its log",
  truncate: "cut off the end of its log",
  restore: "put an older copy of its disk back",
};

export const disk = {
  ...ofNodes,
  kind: "disk",
  meaning:
    "Kills some nodes, wipes, damages or sets back what their disks hold, and starts them again on what is left.",
  ports: [process, damagePort],
  triggers: {},
  schema: closed({
    kind: { const: "disk" },
    nodes: nodeIndices,
    damage: { enum: [...damages] },
    atPerMille: { type: "integer", minimum: 0, maximum: 1000 },
  }),
  example: { kind: "disk", nodes: [0], damage: "wipe", atPerMille: 0 },
  // Each further replica that loses data weakens the promises, so the fault rarely affects more than one.
  draw: (random, { nodes, aim, facts }) => ({
    kind: "disk",
    nodes: withAim(random, nodes, aim, chance(random, 85) ? 1 : 2),
    damage: pick(
      random,
      damages.filter((damage) => facts.damages?.includes(damage) ?? true),
    ),
    atPerMille: integer(random, 0, 1000),
  }),
  say: (fault) => `kill ${namesOf(fault)}, ${words[fault.damage]},`,
  wants: ({ nodes, damage, atPerMille }) =>
    nodes
      .map(nodeName)
      .flatMap((node) => [
        process.want(node, "killed"),
        damagePort.want(node, { damage, atPerMille }),
      ]),
  prepareAtMs: ({ damage, atPerMille }, atMs) =>
    damage === "restore" ? Math.floor((atMs * atPerMille) / 1000) : null,
  effects: ({ nodes }) =>
    nodes.flatMap((node) => [
      { effect: "node-down", node },
      { effect: "data-lost", node, synced: true },
    ]),
} satisfies FaultKind<DiskFault>;
