/**
 * Swarm testing (Groce, Zhang, Eide, Chen, Regehr: Swarm Testing, ISSTA 2012): each plan first draws which features it
 * uses at all, and only then fills them in. A feature that is left out cannot hide what another one would show: with
 * deletes in every plan, no value ever gets old; with all faults in every plan, no single one lasts.
 */
import type { Random } from "fast-check";
import { chance, integer, pick, someOf, weighted } from "./draw.ts";
import type { FaultKind } from "./faults/fault-kind.ts";
import { kindOf, workloadOf } from "./kinds.ts";
import type { PlanOptions, ResolvedOptions } from "./options.ts";
import type { Settings } from "./plan.ts";
import type { ClusterFacts } from "./target.ts";
import type { Mix, Workload } from "./workloads/workload.ts";

/** How the waits between a client's operations are spread. All have the same mean. */
export type Pace = "steady" | "bursts" | "rounds";
/** Which nodes a client asks: always its own; its own in most cases; any; any of the two that all clients share. */
export type Routing = "stick" | "mostly" | "roam" | "two";
/**
 * How long faults last: a blink, about a request timeout, longer than the silence after which links drop, or any of
 * these.
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
  /** How long the operations would take without faults. */
  readonly phaseMs: number;
  readonly pace: Pace;
  readonly routing: Routing;
  /** This share of the operations goes to key 0; 0: all keys are equal. */
  readonly hotKeyPercent: number;
  readonly mix: Mix;
  /** Clients differ in how often they do what. */
  readonly roles: boolean;
  /** This share of operations names levels of its own. */
  readonly ownLevelsPercent: number;
  /** How levels are drawn: the target's own business. */
  readonly levelsStyle: unknown;
  /** This share of puts carries a context. */
  readonly carryPercent: number;
  readonly faultKinds: readonly FaultKind[];
  readonly faults: number;
  readonly faultLength: FaultLength;
  /** Of the faults that can, this share waits for a trigger. */
  readonly triggeredPercent: number;
}

/** Plans of more operations last as many times longer. */
const operationsAPhase = 400;

export function drawSwarm(random: Random, options: ResolvedOptions): Swarm {
  const { target, kinds } = options;
  const settings = target.drawSettings(random, options.settings, options.swarmSettings);
  const facts = target.facts(settings);
  const workload = workloadOf(kinds, options.workload);
  const usePercent = (f: string, usual: number): number =>
    target.usePercent?.(options.settings, f) ?? usual;
  // Links need two ends.
  const possibleFaults = options.faults
    .map((kind) => kindOf(kinds, { kind }))
    .filter(({ needsPeers = false }) => !needsPeers || facts.nodes > 1)
    .filter((kind) => kind.isPossible?.(facts) ?? true);
  const faultKinds = chance(random, 92) ? someOf(random, possibleFaults) : [];
  const operations = integer(random, options.operations.min, options.operations.max);
  const { clients = { min: 2, max: 6 }, keys } = options;
  return {
    settings,
    facts,
    workload,
    operations,
    clients: integer(random, clients.min, clients.max),
    keys: workload.oneKey === true ? 1 : drawKeys(random, keys),
    phaseMs: drawPhaseMs(random, options, operations),
    pace: pick(random, ["steady", "bursts", "rounds"]),
    routing: pick(random, ["stick", "mostly", "roam", "two"]),
    hotKeyPercent: chance(random, 50) ? integer(random, 50, 95) : 0,
    mix: workload.mix(random, usePercent),
    roles: chance(random, 30),
    ownLevelsPercent: chance(random, 25) ? integer(random, 10, 50) : 0,
    levelsStyle: target.levels?.drawStyle(random),
    carryPercent:
      workload.carries && facts.carriesContexts && chance(random, 80)
        ? integer(random, 30, 100)
        : 0,
    faultKinds,
    faults:
      faultKinds.length === 0 ? 0 : options.quick ? integer(random, 1, 3) : integer(random, 1, 5),
    faultLength: pick(random, ["short", "medium", "long", "mixed"]),
    triggeredPercent:
      options.triggered && facts.triggers.length > 0 && chance(random, 40)
        ? integer(random, 20, 90)
        : 0,
  };
}

/** Few keys in most plans. */
const drawKeys = (random: Random, keys: PlanOptions["keys"]): number =>
  keys === undefined
    ? weighted(random, [
        [1, 4],
        [2, 3],
        [3, 2],
        [4, 1],
        [integer(random, 5, 12), 2],
      ])
    : integer(random, keys.min, keys.max);

/** Many operations take longer, so that requests still find the time that they need. */
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
