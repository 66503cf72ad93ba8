/** Fills in a plan's operations from its swarm. */
import type { Random } from "fast-check";
import { chance, integer, pick, range, sample, weighted } from "./draw.ts";
import { drawOwnQuorums } from "./own-quorums.ts";
import type { PlannedOperation } from "./plan.ts";
import type { Mix, Swarm } from "./swarm.ts";
import { nominalStartsMs } from "./timeline.ts";

const kinds = ["read", "write", "delete"] as const;

/** In the order in which they would begin if none took long; each client's own are in the order in which it does them. */
export function drawOperations(random: Random, swarm: Swarm): PlannedOperation[] {
  const all = range(swarm.settings.nodes);
  const shared = sample(random, all, Math.min(2, all.length));
  const longestBurst = integer(random, 3, 8);
  const perClient = range(swarm.clients).map((client) => {
    const count =
      Math.floor(swarm.operations / swarm.clients) +
      (client < swarm.operations % swarm.clients ? 1 : 0);
    const mix = swarm.roles ? drawRole(random, swarm.mix) : swarm.mix;
    const home = pick(random, all);
    return range(count).map((index) => ({
      client,
      afterMs: drawWaitMs(random, swarm, index, count, longestBurst),
      node: drawNode(random, swarm, home, shared),
      key: chance(random, swarm.hotKeyPercent) ? 0 : integer(random, 0, swarm.keys - 1),
      f: weighted(
        random,
        kinds.map((kind) => [kind, mix[kind]] as const),
      ),
    }));
  });
  const operations = inOrderOfStart(perClient.flat());
  return withDetails(random, swarm, withAWrite(operations));
}

/** What a client prefers; it never does what the plan leaves out. */
function drawRole(random: Random, mix: Mix): Mix {
  const role = { read: 0, write: 0, delete: 0 };
  for (const kind of kinds) role[kind] = mix[kind] * integer(random, 0, 3);
  return role.read + role.write + role.delete > 0 ? role : mix;
}

function drawNode(random: Random, swarm: Swarm, home: number, shared: readonly number[]): number {
  switch (swarm.routing) {
    case "stick":
      return home;
    case "mostly":
      return chance(random, 80) ? home : integer(random, 0, swarm.settings.nodes - 1);
    case "roam":
      return integer(random, 0, swarm.settings.nodes - 1);
    case "two":
      return pick(random, shared);
  }
}

/** The waits of one client's `count` operations add up to about the phase, whatever the pace. */
function drawWaitMs(
  random: Random,
  swarm: Swarm,
  index: number,
  count: number,
  longestBurst: number,
): number {
  const withinBurstMs = integer(random, 0, 2);
  switch (swarm.pace) {
    case "steady": {
      const meanMs = swarm.phaseMs / count;
      return integer(random, meanMs / 2, meanMs * 1.5);
    }
    case "bursts": {
      const pauseMs = swarm.phaseMs / Math.ceil(count / longestBurst);
      return index % longestBurst === 0
        ? integer(random, pauseMs / 2, pauseMs * 1.5)
        : withinBurstMs;
    }
    // The pauses are the same for all clients, so that they meet again after each.
    case "rounds": {
      const perClient = Math.max(1, Math.floor(swarm.operations / swarm.clients));
      const round = Math.max(1, Math.min(longestBurst, Math.floor(perClient / 2)));
      return index > 0 && index % round === 0
        ? Math.round((swarm.phaseMs * round) / perClient)
        : withinBurstMs;
    }
  }
}

/** By when they would begin if none took any time; each client keeps its own order. */
export function inOrderOfStart(operations: readonly PlannedOperation[]): PlannedOperation[] {
  const starts = nominalStartsMs(operations);
  return operations
    .map((operation, index) => ({ operation, startMs: starts[index] ?? 0 }))
    .sort((a, b) => a.startMs - b.startMs)
    .map(({ operation }) => operation);
}

/** Roles can leave a plan without any write by chance. */
function withAWrite(operations: readonly PlannedOperation[]): PlannedOperation[] {
  const some = operations.some((operation) => operation.f === "write");
  return operations.map((operation, index) =>
    some || index > 0 ? operation : { ...operation, f: "write" },
  );
}

/** Quorums and contexts of the requests' own. */
function withDetails(
  random: Random,
  swarm: Swarm,
  operations: readonly PlannedOperation[],
): PlannedOperation[] {
  const met = new Set<string>();
  return operations.map((operation) => {
    const own = chance(random, swarm.ownQuorumPercent);
    const place = `${operation.client}/${operation.key}`;
    const carry = operation.f !== "read" && met.has(place) && chance(random, swarm.carryPercent);
    met.add(place);
    return {
      ...operation,
      ...(own && drawOwnQuorums(random, swarm, operation.f)),
      ...(carry && { carry }),
    };
  });
}
