/** Where a scenario's operations and faults are: indices of nodes. */
import { type Fault, nodeName } from "../../../../generators/index.ts";
import { nodeNames, preferenceList, type StoreSettings } from "../../../../store/index.ts";

/** Who replicates the first key, in order of preference, and who does not. */
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

/** These nodes reach each other only, and the rest each other. */
export function cutOff(side: readonly number[]): Fault {
  return { kind: "partition", partition: { shape: "halves", side } };
}

/** One and other do not reach each other; a third node reaches both. */
export function apart(one: number, through: number): Fault {
  return { kind: "partition", partition: { shape: "bridge", node: through, side: [one] } };
}

export function wiped(node: number): Fault {
  return { kind: "disk", nodes: [node], damage: "wipe", atPerMille: 0 };
}

/** With what its disk held at that share of the time until the fault. */
export function restored(node: number, atPerMille: number): Fault {
  return { kind: "disk", nodes: [node], damage: "restore", atPerMille };
}

export function killed(node: number): Fault {
  return { kind: "kill", nodes: [node] };
}

/** Who replicates the first key where these nodes, by index, are the members. */
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

/** The first node that is not there yet and would own the first key: its index. */
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

/** The node dies for good, and the newcomer takes its place. */
export function replaced(node: number, newcomer: number, asked: number): Fault {
  return { kind: "membership", change: "replace", node, newcomer, asked };
}
