/**
 * Draws a plan's faults. Faults may overlap in time, but most operations must still be able to succeed (see `spare`),
 * since a history without successes shows little.
 */
import type { Random } from "fast-check";
import { createAim } from "./aim.ts";
import { chance, integer, pick, range } from "./draw.ts";
import type { Episode } from "./draw-episode.ts";
import type { FaultKind } from "./faults/fault-kind.ts";
import { type Kinds, kindOf } from "./kinds.ts";
import type { ResolvedOptions } from "./options.ts";
import type { PlannedFault, PlannedOperation } from "./plan.ts";
import type { FaultLength, Swarm } from "./swarm.ts";
import type { ClusterFacts } from "./target.ts";
import { createForecast, nominalStartsMs } from "./timeline.ts";
import { type HostEvent, ringEvents } from "./trigger.ts";

/**
 * The smallest share of operations that must find a quorum according to the forecast. The share is above a half because
 * the forecast is rough.
 */
const spare = 0.65;
/** The same for an episode alone, whose fault is there to let operations fail. */
const spareOfEpisode = 0.5;
const spareOfWrites = 0.4;
/**
 * The smallest share of writes, and of other operations, that must find a quorum among the replicas of their own keys.
 * If a plan has one key, a fault of one node may stop all operations although most other keys would be served.
 */
export const spareByKey = 0.1;
const shortestMs = 50;
const tries = 6;

/** Draws faults, sorted by `atMs`. The faults of the episode come first, if enough operations can still succeed. */
export function drawFaults(
  random: Random,
  swarm: Swarm,
  operations: readonly PlannedOperation[],
  episode: Episode | null,
  { kinds }: Pick<ResolvedOptions, "kinds">,
): PlannedFault[] {
  const { facts, workload } = swarm;
  const starts = nominalStartsMs(operations);
  const aimAt = createAim(facts, operations, starts, swarm);
  const sharesUnder = createForecast({ facts, workload, kinds, operations, named: swarm });
  const changing = swarm.faultKinds.find(({ joins }) => joins !== undefined);
  // Writes have a limit of their own, because most guarantees can be judged only if writes succeed.
  const leavesEnough = (some: readonly PlannedFault[], share = spare): boolean => {
    const { all, writes, byKey } = sharesUnder(some);
    return all >= share && writes >= spareOfWrites && byKey >= spareByKey;
  };
  const faults: PlannedFault[] = [];
  if (episode !== null) {
    const { change, companion } = episode;
    const both = companion === undefined ? [change] : [change, companion];
    const kept = [both, [change]].find((some) => leavesEnough(some, spareOfEpisode));
    faults.push(...(kept ?? []));
  }
  for (let i = faults.length; i < swarm.faults; i++) {
    for (let attempt = 0; attempt < tries; attempt++) {
      // The drawn duration is halved once more in each attempt, down to `shortestMs`, so that a fault fits even a
      // cluster that tolerates little.
      const durationMs = Math.max(
        shortestMs,
        drawDurationMs(random, swarm.faultLength, facts) >> attempt,
      );
      // If the plan may change the membership, a membership change is tried as the first fault. Many of the other
      // faults begin near that change (see `drawStartAround`).
      const joined = joinedFault(random, swarm, faults);
      const kind =
        i === 0 && changing !== undefined
          ? changing
          : pick(random, joined === null ? swarm.faultKinds : otherKinds(swarm, joined));
      const first = faults.find(({ fault }) => fault.kind === changing?.kind);
      const atMs =
        joined !== null
          ? joined.atMs + integer(random, 0, joined.durationMs)
          : changing === undefined
            ? drawStartMs(random, starts)
            : drawStartAround(random, starts, { first, isChange: kind === changing });
      const aim = joined === null ? aimAt(random, atMs) : pick(random, nodesOf(kinds, joined));
      const one = {
        atMs,
        durationMs,
        fault: kind.draw(random, { nodes: facts.nodes, aim, clients: swarm.clients, facts }),
      };
      const waiting = i === 0 && kind === changing ? null : waitingOf(random, swarm, kind, one);
      const drawn =
        waiting !== null
          ? [waiting]
          : chance(random, 20)
            ? (kind.turns?.(random, one, facts.nodes) ?? [one])
            : [one];
      if (drawn.some((fault) => faults.some((other) => collide(kinds, fault, other)))) continue;
      if (!someoneKeepsTheRing(kinds, [...faults, ...drawn], facts)) continue;
      if (
        faults.filter(({ fault }) => fault.kind === kind.kind).length >=
        (kind.mostInPlan ?? Infinity)
      )
        continue;
      if (!leavesEnough([...faults, ...drawn])) continue;
      faults.push(...drawn);
      break;
    }
  }
  return faults.sort((a, b) => a.atMs - b.atMs);
}

/**
 * Chooses an earlier fault that the next fault joins: the next fault begins while the earlier fault lasts (unless one
 * of them waits for a trigger), and is aimed at one of its nodes. For example, a disk is wiped while its node is cut
 * off. With few faults in a plan, two rarely overlap by chance. Returns null if the next fault is to be drawn on its
 * own.
 */
function joinedFault(
  random: Random,
  { joinedFaultsPercent, faultKinds }: Swarm,
  faults: readonly PlannedFault[],
): PlannedFault | null {
  if (joinedFaultsPercent === 0) return null;
  const hosts = faults.filter(({ fault }) =>
    faultKinds.some((kind) => kind.kind === fault.kind && kind.nodesOf(fault).length > 0),
  );
  return hosts.length > 0 && chance(random, joinedFaultsPercent) ? pick(random, hosts) : null;
}

/**
 * Returns the kinds of fault that the plan may use, without the kind of this fault. If there is no other kind, returns
 * all.
 */
function otherKinds({ faultKinds }: Swarm, { fault }: PlannedFault): readonly FaultKind[] {
  const others = faultKinds.filter(({ kind }) => kind !== fault.kind);
  return others.length > 0 ? others : faultKinds;
}

const nodesOf = (kinds: Kinds, { fault }: PlannedFault): readonly number[] =>
  kindOf(kinds, fault).nodesOf(fault);

/** Adds a trigger to the fault in some draws. Returns null if the fault is to wait for no trigger. */
function waitingOf(
  random: Random,
  { triggeredPercent, facts, faultKinds }: Swarm,
  kind: FaultKind,
  one: PlannedFault,
): PlannedFault | null {
  if (triggeredPercent === 0 || kind.triggers === undefined || !chance(random, triggeredPercent))
    return null;
  // Most events of a membership change occur only a few times, so `count` is small for them.
  const ofChange = faultKinds.some(({ joins }) => joins !== undefined) && chance(random, 50);
  return {
    ...one,
    when: {
      event: ofChange ? pick(random, ringEvents) : drawEvent(random, kind, facts.triggers),
      node: pick(random, kind.nodesOf(one.fault)),
      count: ofChange ? integer(random, 1, 2) : chance(random, 50) ? 1 : integer(random, 2, 6),
    },
  };
}

function drawEvent(
  random: Random,
  { triggers }: FaultKind,
  events: readonly HostEvent[],
): HostEvent {
  const favourite = triggers?.favourite;
  return favourite !== undefined && chance(random, 50) ? favourite : pick(random, events);
}

/**
 * Whether a plan may have these faults together: no two clash, such as two that stop the same node at the same time,
 * and not all nodes lose the ring.
 */
export const compatible = (
  kinds: Kinds,
  faults: readonly PlannedFault[],
  facts: ClusterFacts,
): boolean =>
  !faults.some((fault, index) =>
    faults.slice(0, index).some((other) => collide(kinds, fault, other)),
  ) && someoneKeepsTheRing(kinds, faults, facts);

/**
 * Whether no node leaves, or some node neither leaves nor loses synced data. A node whose disk has lost the ring asks
 * the others for it. If nobody is left who knows that a node has left, all wait for that node for ever.
 */
function someoneKeepsTheRing(
  kinds: Kinds,
  faults: readonly PlannedFault[],
  facts: ClusterFacts,
): boolean {
  const leaving = new Set(
    faults.flatMap(({ fault }) => kindOf(kinds, fault).leaves?.(fault) ?? []),
  );
  if (leaving.size === 0) return true;
  const forgetting = new Set(
    faults.flatMap(({ fault }) =>
      kindOf(kinds, fault)
        .effects(fault, facts)
        .flatMap((effect) => (effect.effect === "data-lost" && effect.synced ? [effect.node] : [])),
    ),
  );
  return range(facts.nodes).some((node) => !leaving.has(node) && !forgetting.has(node));
}

/**
 * Whether a plan must not have both faults: their kind excludes the pair, or both may stop the same node at the same
 * time. Stopping a stopped node shows nothing, and it would be unclear which heal starts the node again.
 */
function collide(kinds: Kinds, a: PlannedFault, b: PlannedFault): boolean {
  const [one, other] = [kindOf(kinds, a.fault), kindOf(kinds, b.fault)];
  if (one === other && one.clashes?.(a.fault, b.fault) === true) return true;
  const apart = latestEndMs(a) < b.atMs || latestEndMs(b) < a.atMs;
  const nodes = stoppedBy(other, b);
  return !apart && stoppedBy(one, a).some((node) => nodes.includes(node));
}

/**
 * The latest time at which the fault ends. It is infinite for a fault with a trigger, which may begin at any time after
 * `atMs`.
 */
const latestEndMs = ({ atMs, durationMs, when }: PlannedFault): number =>
  when === undefined ? atMs + durationMs : Infinity;

/** The indices of the nodes that the fault may stop. */
const stoppedBy = (kind: FaultKind, { fault }: PlannedFault): readonly number[] =>
  kind.stops?.(fault) ??
  (kind.ports.some(({ stage }) => stage === "process") ? kind.nodesOf(fault) : []);

/**
 * Draws the start of a fault, in half of all draws at most 8 ms after an operation begins. A history takes seconds and
 * an operation takes milliseconds, so otherwise few faults would begin in the middle of an operation.
 */
function drawStartMs(random: Random, operationStartsMs: readonly number[]): number {
  return chance(random, 50)
    ? pick(random, operationStartsMs) + integer(random, 0, 8)
    : integer(random, 0, Math.max(...operationStartsMs));
}

/** Roughly how long an undisturbed membership change takes, in ms. */
const changeMs = 300;

/**
 * Two changes that begin within this time, in ms, mostly begin at nodes that do not know of each other's change yet.
 */
const atOnceMs = 6;

/**
 * Draws the start of a fault in a plan that may change the membership. The first change begins in about the first
 * quarter of the operations' time, and further changes begin at most `atOnceMs` after it or in about the first half, so
 * that operations run during and after the changes. If there is such a change, about half of the faults of other kinds
 * are drawn to begin at most `changeMs` before or after the first change begins.
 */
function drawStartAround(
  random: Random,
  operationStartsMs: readonly number[],
  { first, isChange }: { readonly first: PlannedFault | undefined; readonly isChange: boolean },
): number {
  if (isChange && first !== undefined && chance(random, 40))
    return first.atMs + integer(random, 0, atOnceMs);
  if (!isChange && first !== undefined && chance(random, 50))
    return Math.max(0, first.atMs + integer(random, -changeMs, changeMs));
  const share = !isChange ? 1 : first === undefined ? 0.25 : 0.5;
  const lastMs = Math.max(...operationStartsMs) * share;
  return drawStartMs(
    random,
    operationStartsMs.filter(
      (startMs) => startMs <= Math.max(lastMs, ...operationStartsMs.slice(0, 1)),
    ),
  );
}

/** Draws how long a fault lasts, in ms. */
export function drawDurationMs(random: Random, length: FaultLength, facts: ClusterFacts): number {
  switch (length) {
    case "short":
      return integer(random, shortestMs, 400);
    case "medium":
      return integer(random, 400, 1.5 * facts.requestTimeoutMs);
    case "long":
      return integer(random, 1.05 * facts.silenceMs, 2.2 * facts.silenceMs);
    case "mixed":
      return drawDurationMs(random, pick(random, ["short", "medium", "long"]), facts);
  }
}
