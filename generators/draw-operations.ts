/** Draws a plan's operations according to its swarm. */
import type { Random } from "fast-check";
import { chance, integer, pick, range, sample, weighted } from "./draw.ts";
import { type Episode, withEpisode } from "./draw-episode.ts";
import type { PlannedOperation } from "./plan.ts";
import type { Swarm } from "./swarm.ts";
import type { PlanTarget } from "./target.ts";
import { nominalStartsMs } from "./timeline.ts";
import { heardOperation } from "./workloads/over-register.ts";
import type { Mix, Workload } from "./workloads/workload.ts";

/**
 * Draws the operations of a plan. Operations are sorted by the time at which they would begin if no operation took any
 * time. The operations of one client keep the order in which the client does them.
 */
export function drawOperations(
  random: Random,
  usual: Swarm,
  target: PlanTarget,
  episode: Episode | null,
): PlannedOperation[] {
  // With pauses in which no client does anything, an episode would often contain no operation.
  const swarm: Swarm =
    episode === null ? usual : { ...usual, phaseMs: episode.phaseMs, pace: "steady" };
  const all = range(swarm.facts.nodes);
  const shared = sample(random, all, Math.min(2, all.length));
  const longestBurst = integer(random, 3, 8);
  const perClient = range(swarm.clients).map((client) => {
    const count =
      Math.floor(swarm.operations / swarm.clients) +
      (client < swarm.operations % swarm.clients ? 1 : 0);
    const mix = swarm.roles ? drawRole(random, swarm.mix) : swarm.mix;
    const home = pick(random, all);
    const own = range(count).map((index) => ({
      client,
      afterMs: drawWaitMs(random, swarm, index, count, longestBurst),
      node: drawNode(random, swarm, home, shared),
      key: chance(random, swarm.hotKeyPercent) ? 0 : integer(random, 0, swarm.keys - 1),
      f: weighted(random, Object.entries(mix)),
    }));
    return readOwnWrites(random, swarm, own);
  });
  const plain = inOrderOfStart(perClient.flat());
  const operations = episode === null ? plain : withEpisode(random, swarm, episode, plain);
  return withDetails(
    random,
    swarm,
    target,
    withWhatIsNeeded(swarm.workload, readBeforeDeletes(swarm, operations)),
  );
}

/** Redirects some of a client's reads to the key that the client wrote last. */
function readOwnWrites(
  random: Random,
  { ownReadsPercent, workload }: Swarm,
  operations: readonly PlannedOperation[],
): readonly PlannedOperation[] {
  if (ownReadsPercent === 0) return operations;
  let written: number | undefined;
  return operations.map((operation) => {
    if (workload.operations[operation.f]?.writes === true) written = operation.key;
    return operation.f === "read" && written !== undefined && chance(random, ownReadsPercent)
      ? { ...operation, key: written }
      : operation;
  });
}

/** Draws how often a client uses each operation of the mix. Operations with weight 0 in the mix keep the weight 0. */
function drawRole(random: Random, mix: Mix): Mix {
  const role = Object.entries(mix).map(
    ([f, weight]) => [f, weight * integer(random, 0, 3)] as const,
  );
  return role.some(([, weight]) => weight > 0) ? Object.fromEntries(role) : mix;
}

function drawNode(random: Random, swarm: Swarm, home: number, shared: readonly number[]): number {
  switch (swarm.routing) {
    case "stick":
      return home;
    case "mostly":
      return chance(random, 80) ? home : integer(random, 0, swarm.facts.nodes - 1);
    case "roam":
      return integer(random, 0, swarm.facts.nodes - 1);
    case "two":
      return pick(random, shared);
  }
}

/**
 * Draws the wait before operation `index` of a client, in ms. The waits of the client's `count` operations add up to
 * about `swarm.phaseMs` on average, or to less at the pace `rounds`.
 */
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
    // All clients pause at about the same times, so that their bursts mostly coincide.
    case "rounds": {
      const perClient = Math.max(1, Math.floor(swarm.operations / swarm.clients));
      const round = Math.max(1, Math.min(longestBurst, Math.floor(perClient / 2)));
      return index > 0 && index % round === 0
        ? Math.round((swarm.phaseMs * round) / perClient)
        : withinBurstMs;
    }
  }
}

/**
 * Sorts operations by the time at which they would begin if no operation took any time. The operations of one client
 * keep their order.
 */
export function inOrderOfStart(operations: readonly PlannedOperation[]): PlannedOperation[] {
  const starts = nominalStartsMs(operations);
  return operations
    .map((operation, index) => ({ operation, startMs: starts[index] ?? 0 }))
    .sort((a, b) => a.startMs - b.startMs)
    .map(({ operation }) => operation);
}

/**
 * If deletes must carry a context, replaces each delete of a key that its client has not read yet by a read, since the
 * store would refuse the delete.
 */
function readBeforeDeletes(
  { facts, workload }: Swarm,
  operations: readonly PlannedOperation[],
): readonly PlannedOperation[] {
  if (facts.deletesCarry !== true || workload.operations["delete"] === undefined) return operations;
  const read = new Set<string>();
  return operations.map((operation) => {
    const place = `${operation.client}/${operation.key}`;
    const f = operation.f === "delete" && !read.has(place) ? "read" : operation.f;
    if (f === "read") read.add(place);
    return { ...operation, f };
  });
}

/**
 * Every drawn plan must contain the operation `always` of its workload. If the plan has none, for example because the
 * clients' roles exclude it by chance, the first operation becomes one.
 */
function withWhatIsNeeded(
  { always }: Workload,
  operations: readonly PlannedOperation[],
): PlannedOperation[] {
  const some = operations.some(({ f }) => f === always);
  return operations.map((operation, index) =>
    some || index > 0 ? operation : { ...operation, f: always },
  );
}

/** Draws each operation's arguments, its own levels, and whether it carries a context. */
function withDetails(
  random: Random,
  swarm: Swarm,
  target: PlanTarget,
  operations: readonly PlannedOperation[],
): PlannedOperation[] {
  const { workload, settings } = swarm;
  const met = new Set<string>();
  return operations.map((operation, index) => {
    const own = chance(random, swarm.ownLevelsPercent);
    const place = `${operation.client}/${operation.key}`;
    const carry =
      workload.operations[operation.f]?.writes === true &&
      met.has(place) &&
      chance(random, swarm.carryPercent);
    met.add(place);
    const heard = heardOperation(target, workload, operation.f);
    const levels = own && target.levels?.draw(random, settings, heard, swarm.levelsStyle);
    const args = workload.args?.(random, operation, index, settings);
    return {
      ...operation,
      ...(args === undefined ? {} : { args }),
      ...(levels === undefined || levels === false ? {} : { levels }),
      ...(carry && { carry }),
    };
  });
}
