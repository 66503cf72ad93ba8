/** Where a scenario's operations and faults are: indices of nodes. */
import type { Fault } from "../../../../generators/index.ts";
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
