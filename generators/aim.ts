/**
 * Chooses the node that a fault affects. About half of the choices prefer a coordinator in use or a replica of the
 * hottest key.
 */
import type { Random } from "fast-check";
import { integer, pick, weighted } from "./draw.ts";
import { keyName, type Plan, type PlannedOperation } from "./plan.ts";
import type { ClusterFacts } from "./target.ts";

/**
 * Returns a function that chooses the index of a node. About half of its choices are any node. The others are the node
 * of the last operation that begins by `atMs` (of the first operation if none does), or a replica of the most used key.
 */
export function createAim(
  facts: ClusterFacts,
  operations: readonly PlannedOperation[],
  startsMs: readonly number[],
  named: Pick<Plan, "keyNames">,
): (random: Random, atMs: number) => number {
  const replicas = facts.replicasOf(keyName(hottestKey(operations), named));
  return (random, atMs) => {
    switch (
      weighted(random, [
        ["any", 2],
        ["coordinator", 1],
        ["replica", 1],
      ])
    ) {
      case "coordinator":
        return coordinatorAt(operations, startsMs, atMs);
      case "replica":
        return pick(random, replicas);
      default:
        return integer(random, 0, facts.nodes - 1);
    }
  };
}

/**
 * Returns the node of the last operation that begins at or before `atMs`. If there is none, returns the node of the
 * first operation.
 */
function coordinatorAt(
  operations: readonly PlannedOperation[],
  startsMs: readonly number[],
  atMs: number,
): number {
  let last = -Infinity;
  let node = operations[0]?.node ?? 0;
  for (const [index, operation] of operations.entries()) {
    const startMs = startsMs[index] ?? 0;
    if (startMs <= atMs && startMs >= last) [last, node] = [startMs, operation.node];
  }
  return node;
}

function hottestKey(operations: readonly PlannedOperation[]): number {
  const counts = new Map<number, number>();
  for (const { key } of operations) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), [0, 0] as [
    number,
    number,
  ])[0];
}
