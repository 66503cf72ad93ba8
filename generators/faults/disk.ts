import { chance, integer, pick } from "../draw.ts";
import type { FaultKind } from "./fault-kind.ts";
import { namesOf, type NodesFault, ofNodes, withAim } from "./nodes.ts";
import { port, process } from "./port.ts";
import { closed, nodeIndices } from "./schemas.ts";

/**
 * What each kind of damage does to a node's disk:
 * - `wipe` removes all data, but spares the files that identify the node.
 * - `tear` cuts the last record of the log short.
 * - `flip` damages the log at `atPerMille` thousandths of its length.
 * - `truncate` removes the log from `atPerMille` thousandths of its length on.
 * - `restore` puts an older copy of the disk back. The copy was made when `atPerMille` thousandths of the time from the
 *   start of the operations to the fault's `atMs` had passed.
 */
const damages = ["wipe", "tear", "flip", "truncate", "restore"] as const;
/** The kinds of damage to the data on a disk. */
export type DiskDamage = (typeof damages)[number];

/** A fault that kills nodes and damages their disks. */
export type DiskFault = NodesFault<"disk"> & {
  readonly damage: DiskDamage;
  readonly atPerMille: number;
};

/**
 * Damage to the data of a dead node. For `flip` and `truncate`, `atPerMille` is the place in the log, in thousandths of
 * its length. For `restore`, it says when the copy was made, in thousandths of the time before the fault's `atMs`.
 * `wipe` and `tear` ignore it.
 */
export interface Damage {
  readonly damage: DiskDamage;
  readonly atPerMille: number;
}

const damagePort = port("damage", "dead-disk", (a: Damage, _: Damage) => a);

/** What happens to the disks. `whose` is "its", or "their" if the fault has several nodes. */
const damageText = (damage: DiskDamage, whose: "its" | "their"): string => {
  const [disk, log] = whose === "its" ? ["its disk", "its log"] : ["their disks", "their logs"];
  switch (damage) {
    case "wipe":
      return `wipe ${disk}`;
    case "tear":
      return `cut the last record of ${log} short`;
    case "flip":
      return `damage a byte of ${log}`;
    case "truncate":
      return `cut off the end of ${log}`;
    case "restore":
      return whose === "its"
        ? "put an older copy of its disk back"
        : "put older copies of their disks back";
  }
};

export const disk = {
  ...ofNodes,
  kind: "disk",
  meaning:
    "Kills some nodes, wipes or damages their disks or puts older copies back, and starts the nodes again.",
  ports: [process, damagePort],
  triggers: {},
  schema: closed({
    kind: { const: "disk" },
    nodes: nodeIndices,
    damage: { enum: [...damages] },
    atPerMille: { type: "integer", minimum: 0, maximum: 1000 },
  }),
  example: { kind: "disk", nodes: [0], damage: "wipe", atPerMille: 0 },
  // Each further replica that loses data weakens the promises, so the fault rarely affects more than one node.
  draw: (random, { nodes, aim, facts }) => ({
    kind: "disk",
    nodes: withAim(random, nodes, aim, chance(random, 85) ? 1 : 2),
    damage: pick(
      random,
      damages.filter((damage) => facts.damages?.includes(damage) ?? true),
    ),
    atPerMille: integer(random, 0, 1000),
  }),
  say: (fault, nameOf) =>
    `kill ${namesOf(fault, nameOf)}, ${damageText(fault.damage, fault.nodes.length === 1 ? "its" : "their")},`,
  wants: ({ nodes, damage, atPerMille }, { nameOf }) =>
    nodes
      .map(nameOf)
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
