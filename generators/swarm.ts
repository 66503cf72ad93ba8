/**
 * Swarm testing (Groce, Zhang, Eide, Chen, Regehr: Swarm Testing, ISSTA 2012): each plan first draws which features it
 * uses, and then fills them in. A feature that is excluded cannot hide the effect of another: with deletes in every
 * plan, no value gets old; with all faults in every plan, none lasts long.
 */
import type { Random } from "fast-check";
import { chance, integer, pick, someOf, weighted } from "./draw.ts";
import type { FaultKind } from "./faults/fault-kind.ts";
import { kindOf, workloadOf } from "./kinds.ts";
import type { PlanOptions, ResolvedOptions } from "./options.ts";
import type { Settings } from "./plan.ts";
import type { ClusterFacts } from "./target.ts";
import { isNative } from "./workloads/over-register.ts";
import type { Mix, Workload } from "./workloads/workload.ts";

/** The distribution of the waits between a client's operations. */
export type Pace = "steady" | "bursts" | "rounds";
/** Which nodes a client asks: always its own, mostly its own, any, or one of two that all clients share. */
export type Routing = "stick" | "mostly" | "roam" | "two";
/**
 * How long faults last: at most 0.4 s, from 0.4 s to 1.5 request timeouts, longer than the silence after which links
 * are dropped, or any of these.
 */
export type FaultLength = "short" | "medium" | "long" | "mixed";

/** The features that one plan uses. */
export interface Swarm {
  readonly settings: Settings;
  readonly facts: ClusterFacts;
  readonly workload: Workload;
  readonly operations: number;
  readonly clients: number;
  readonly keys: number;
  /** The names of the keys. If absent, they are k0, k1, … */
  readonly keyNames?: readonly string[];
  /** How long the operations would take without faults, in ms. */
  readonly phaseMs: number;
  readonly pace: Pace;
  readonly routing: Routing;
  /**
   * The percentage of operations that are drawn for key 0. The others are drawn for any key with equal probability.
   * Then some reads change their key (see `ownReadsPercent`).
   */
  readonly hotKeyPercent: number;
  readonly mix: Mix;
  /** Whether clients differ in how often they do which operation. */
  readonly roles: boolean;
  /**
   * The percentage of a client's reads that go to the key that the client wrote last. Without such reads, with many
   * keys and few operations, hardly any session would read its own write.
   */
  readonly ownReadsPercent: number;
  /** The percentage of operations that name levels of their own. */
  readonly ownLevelsPercent: number;
  /** The target's own choice of how to draw levels. */
  readonly levelsStyle: unknown;
  /** The percentage of a client's writes that carry a context, among its writes to keys that it has used before. */
  readonly carryPercent: number;
  readonly faultKinds: readonly FaultKind[];
  readonly faults: number;
  readonly faultLength: FaultLength;
  /** The percentage of faults that are drawn to begin while another one lasts, aimed at one of its nodes. */
  readonly joinedFaultsPercent: number;
  /**
   * Of the faults that can wait for a trigger, the percentage that are drawn to do so. A membership change never waits
   * if it is the first fault to be drawn.
   */
  readonly triggeredPercent: number;
}

/**
 * Plans with membership changes take this share of the usual time, so that operations come closer together and some
 * overlap a step of the change.
 */
const joiningPhase = 0.5;
/** Up to about this many operations, a plan takes the usual time. More operations take proportionally longer. */
const operationsAPhase = 400;

/**
 * The smallest percentage of quick plans and of plans with membership changes that contain reads, unless the target
 * sets another. A history without reads shows little.
 */
const readsPercent = 98;
/**
 * The smallest percentage of plans with membership changes that contain deletes, unless the target sets another. A
 * change may bring back what was deleted.
 */
const deletesWhenJoiningPercent = 80;

/** The smallest percentage of plans that contain the operation. */
function leastPercent(
  f: string,
  { quick, joining }: { readonly quick: boolean; readonly joining: boolean },
): number {
  if (f === "read" && (quick || joining)) return readsPercent;
  return f === "delete" && joining ? deletesWhenJoiningPercent : 0;
}
/**
 * The `ownReadsPercent` of quick plans. With a smaller percentage, one history in ten had no session that read its own
 * write.
 */
const ownReadsWhenQuickPercent = 40;

/** The `joinedFaultsPercent` of quick plans. Quick plans have few faults, which rarely overlap by chance. */
const joinedFaultsWhenQuickPercent = 75;

/**
 * If large plans are allowed, one plan in this many is large. Small plans rarely reach the limits of a page, a batch or
 * an exchange, but large plans take long.
 */
const oneLargeIn = 150;
const large = { operations: { min: 200, max: 800 }, keys: { min: 30, max: 300 } } as const;

export function drawSwarm(random: Random, options: ResolvedOptions): Swarm {
  const { target, kinds } = options;
  const settings = target.drawSettings(random, options.settings, options.swarmSettings);
  const facts = target.facts(settings);
  const workload = workloadOf(kinds, options.workload);
  const usePercent = (f: string, usual: number): number =>
    target.usePercent?.(options.settings, f) ??
    Math.max(usual, leastPercent(f, { quick: options.quick, joining }));
  // A cluster of one node has no links between nodes.
  const possibleFaults = options.faults
    .map((kind) => kindOf(kinds, { kind }))
    .filter(({ needsPeers = false }) => !needsPeers || facts.nodes > 1)
    .filter((kind) => kind.isPossible?.(facts) ?? true);
  const faultKinds = chance(random, 92) ? withNamed(random, possibleFaults) : [];
  const joining = faultKinds.some(({ joins }) => joins !== undefined);
  const isLarge = options.large && integer(random, 1, oneLargeIn) === 1;
  const sizes = isLarge ? large : options;
  const operations = integer(random, sizes.operations.min, sizes.operations.max);
  const { clients = { min: 2, max: 6 } } = options;
  const keys = workload.oneKey === true ? 1 : drawKeyCount(random, sizes.keys, joining);
  const keyNames =
    target.drawsKeyNames === true && isNative(target, workload)
      ? drawKeyNames(random, keys, facts)
      : undefined;
  return {
    settings,
    facts,
    workload,
    operations,
    clients: integer(random, clients.min, clients.max),
    keys,
    ...(keyNames !== undefined && { keyNames }),
    phaseMs: drawPhaseMs(random, options, operations) * (joining ? joiningPhase : 1),
    pace: pick(random, ["steady", "bursts", "rounds"]),
    routing: pick(random, ["stick", "mostly", "roam", "two"]),
    hotKeyPercent: chance(random, 50) ? integer(random, 50, 95) : 0,
    mix: workload.mix(random, usePercent),
    roles: chance(random, 30),
    ownReadsPercent: options.quick ? ownReadsWhenQuickPercent : 0,
    ownLevelsPercent: chance(random, 25) ? integer(random, 10, 50) : 0,
    levelsStyle: target.levels?.drawStyle(random),
    carryPercent:
      workload.carries && facts.carriesContexts && chance(random, 80)
        ? integer(random, 30, 100)
        : 0,
    faultKinds,
    faults: faultKinds.length === 0 ? 0 : drawFaultCount(random, options),
    faultLength: pick(random, ["short", "medium", "long", "mixed"]),
    joinedFaultsPercent: options.quick ? joinedFaultsWhenQuickPercent : 0,
    triggeredPercent:
      options.triggered && facts.triggers.length > 0 && chance(random, joining ? 70 : 40)
        ? integer(random, 20, 90)
        : 0,
  };
}

/**
 * Draws a subset of the kinds. Kinds with `namedOnly` are in most subsets, since the user has named them, and mostly
 * together with others, since a membership change alone loses little.
 */
function withNamed(random: Random, kinds: readonly FaultKind[]): readonly FaultKind[] {
  const named = kinds.filter(({ namedOnly }) => namedOnly === true);
  if (named.length === 0) return someOf(random, kinds);
  const others = kinds.filter((kind) => !named.includes(kind));
  return [
    ...(chance(random, 90) ? someOf(random, others) : []),
    ...named.filter(() => chance(random, 85)),
  ];
}

/** Draws the number of keys. If no range of keys is given, most plans have few keys. */
const drawKeys = (random: Random, keys: PlanOptions["keys"]): number =>
  keys === undefined
    ? weighted(random, [
        [1, 8],
        [2, 6],
        [3, 4],
        [4, 2],
        [integer(random, 5, 12), 4],
        [integer(random, 13, 60), 2],
      ])
    : integer(random, keys.min, keys.max);

/** Draws the number of keys. A membership change moves only some ranges, so plans with changes have more keys. */
function drawKeyCount(random: Random, keys: PlanOptions["keys"], joining: boolean): number {
  const count = drawKeys(random, keys);
  return joining ? Math.max(count, drawKeys(random, keys)) : count;
}

/** A key name is `k` and a number below `keyNumbers`. */
const keyNumbers = 100_000;
const tries = 20;

/**
 * Draws names of keys. Random names spread over the ring in proportion to the lengths of its ranges. In half of all
 * plans, about half of the new names are drawn until they have the same replicas as an earlier key (at most 20 more
 * times), so that some ranges contain two keys.
 */
function drawKeyNames(random: Random, keys: number, facts: ClusterFacts): readonly string[] {
  const names = new Set<string>();
  const fresh = (): string => {
    for (;;) {
      const name = `k${integer(random, 0, keyNumbers - 1)}`;
      if (!names.has(name)) return name;
    }
  };
  const placeOf = (name: string): string =>
    [...facts.replicasOf(name)].sort((a, b) => a - b).join();
  const together = chance(random, 50);
  while (names.size < keys) {
    let name = fresh();
    if (together && names.size > 0 && chance(random, 50)) {
      const place = placeOf(pick(random, [...names]));
      for (let left = tries; left > 0 && placeOf(name) !== place; left--) name = fresh();
    }
    names.add(name);
  }
  return [...names];
}

function drawFaultCount(random: Random, { quick, target }: ResolvedOptions): number {
  const { min, max } = quick ? (target.faultsInPlan ?? { min: 1, max: 3 }) : { min: 1, max: 5 };
  return integer(random, min, max);
}

/**
 * Draws how long the operations take, in ms. If no range is given, many operations take longer, so that each request
 * gets the time that it needs.
 */
function drawPhaseMs(
  random: Random,
  { phaseMs, quick, target }: ResolvedOptions,
  operations: number,
): number {
  if (phaseMs !== undefined) return integer(random, phaseMs.min, phaseMs.max);
  const { min, max } = quick
    ? (target.phaseMs ?? { min: 600, max: 2000 })
    : { min: 1000, max: 5000 };
  return integer(random, min, max) * Math.max(1, Math.round(operations / operationsAPhase));
}
