/** The indices of a scenario's nodes, and faults of these nodes. */
import { type Fault, nodeName } from "../../../../generators/index.ts";
import { nodeNames, preferenceList, type StoreSettings } from "../../../../store/index.ts";

/** Returns the indices of the replicas of k0 in order of preference, and of the other nodes. */
export function preferred(settings: StoreSettings): {
  readonly replicas: readonly number[];
  readonly others: readonly number[];
} {
  const names = nodeNames(settings);
  const replicas = preferenceList(settings, "k0").map((node) => names.indexOf(node));
  return {
    replicas,
    others: names.map((_, index) => index).filter((index) => !replicas.includes(index)),
  };
}

/** Makes a fault that cuts these nodes off from the rest. Nodes on the same side still reach each other. */
export function cutOff(side: readonly number[]): Fault {
  return { kind: "partition", partition: { shape: "halves", side } };
}

/** Makes a fault that cuts node `one` off from all other nodes except node `through`, which reaches both sides. */
export function apart(one: number, through: number): Fault {
  return { kind: "partition", partition: { shape: "bridge", node: through, side: [one] } };
}

export function wiped(node: number): Fault {
  return { kind: "disk", nodes: [node], damage: "wipe", atPerMille: 0 };
}

/**
 * Makes a fault that puts an older copy of the disk back. The copy was made at `atPerMille` thousandths of the time
 * before the fault.
 */
export function restored(node: number, atPerMille: number): Fault {
  return { kind: "disk", nodes: [node], damage: "restore", atPerMille };
}

export function killed(node: number): Fault {
  return { kind: "kill", nodes: [node] };
}

/** Returns the indices of the replicas of k0 if `members` (indices) are the members. */
export function ownersAmong(
  settings: StoreSettings,
  members: readonly number[],
): readonly number[] {
  const names = members.map(nodeName);
  const on = {
    ...settings,
    nodes: members.length,
    members: names.map((node) => ({ node, points: node })),
  };
  return preferenceList(on, "k0").map((node) => members[names.indexOf(node)] ?? 0);
}

/** Returns the lowest index of a newcomer that would become a replica of k0. */
export function newOwner(settings: StoreSettings): number {
  const members = Array.from({ length: settings.nodes }, (_, index) => index);
  let newcomer = settings.nodes;
  while (!ownersAmong(settings, [...members, newcomer]).includes(newcomer)) newcomer++;
  return newcomer;
}

export function joins(newcomer: number, asked: number): Fault {
  return { kind: "membership", change: "add", newcomer, asked };
}

export function leaves(node: number, asked: number): Fault {
  return { kind: "membership", change: "remove", node, asked };
}

/** Makes a fault in which the node dies for good, and the newcomer replaces it. */
export function replaced(node: number, newcomer: number, asked: number): Fault {
  return { kind: "membership", change: "replace", node, newcomer, asked };
}
