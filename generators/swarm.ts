/**
 * Swarm testing (Groce, Zhang, Eide, Chen, Regehr: Swarm Testing, ISSTA 2012): each plan first draws which features it uses
 * at all, and only then fills them in. A feature that is left out cannot hide what another one would show: with
 * deletes in every plan, no value ever gets old; with all faults in every plan, no single one lasts.
 */
import type { Random } from "fast-check";
import type { StoreSettings } from "../store/index.ts";
import { chance, integer, pick, someOf, weighted } from "./draw.ts";
import { drawSettings } from "./draw-settings.ts";
import type { ResolvedOptions } from "./options.ts";
import type { FaultKind, PlannedOperation } from "./plan.ts";

/** How the waits between a client's operations are spread. All have the same mean. */
export type Pace = "steady" | "bursts" | "rounds";
/** Which nodes a client asks: always its own; its own in most cases; any; any of the two that all clients share. */
export type Routing = "stick" | "mostly" | "roam" | "two";
/** How long faults last: a blink, about a request timeout, longer than the silence after which links drop, or any of these. */
export type FaultLength = "short" | "medium" | "long" | "mixed";

/** How often each kind of operation is drawn; 0 leaves it out. */
export type Mix = Readonly<Record<PlannedOperation["f"], number>>;

/** The features that one plan uses. */
export interface Swarm {
  readonly settings: StoreSettings;
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
  /** This share of requests names an R or W of its own. */
  readonly ownQuorumPercent: number;
  /** Some of the writes that name one say ANY, which weakens what the whole plan promises. */
  readonly anyPercent: number;
  /** This share of puts carries a context. */
  readonly carryPercent: number;
  readonly faultKinds: readonly FaultKind[];
  readonly faults: number;
  readonly faultLength: FaultLength;
  /** This share of the faults that can be is aimed at a moment inside a node. */
  readonly aimedPercent: number;
}

export function drawSwarm(random: Random, options: ResolvedOptions): Swarm {
  const settings = drawSettings(random, options.settings, options.swarmSettings);
  const carries =
    settings.versions === "siblings" &&
    (options.workload === "siblings" || options.swarmSettings.includes("versions"));
  // Links need two ends.
  const possibleFaults = options.faults.filter(
    (kind) => !needsPeers.has(kind) || settings.nodes > 1,
  );
  const faultKinds = chance(random, 92) ? someOf(random, possibleFaults) : [];
  return {
    settings,
    operations: integer(random, options.operations.min, options.operations.max),
    clients: integer(random, 2, 6),
    keys: weighted(random, [
      [1, 4],
      [2, 3],
      [3, 2],
      [4, 1],
      [integer(random, 5, 12), 2],
    ]),
    phaseMs: options.quick ? integer(random, 600, 2000) : integer(random, 1000, 5000),
    pace: pick(random, ["steady", "bursts", "rounds"]),
    routing: pick(random, ["stick", "mostly", "roam", "two"]),
    hotKeyPercent: chance(random, 50) ? integer(random, 50, 95) : 0,
    mix: drawMix(random, options.settings),
    roles: chance(random, 30),
    ownQuorumPercent: chance(random, 25) ? integer(random, 10, 50) : 0,
    anyPercent: chance(random, 10) ? integer(random, 10, 50) : 0,
    carryPercent: carries && chance(random, 80) ? integer(random, 30, 100) : 0,
    faultKinds,
    faults:
      faultKinds.length === 0 ? 0 : options.quick ? integer(random, 1, 3) : integer(random, 1, 5),
    faultLength: pick(random, ["short", "medium", "long", "mixed"]),
    aimedPercent: options.aimed && chance(random, 40) ? integer(random, 20, 90) : 0,
  };
}

const needsPeers: ReadonlySet<FaultKind> = new Set([
  "partition",
  "loss",
  "delay",
  "rate",
  "duplicate",
  "reorder",
]);

/** Writes are in every plan: without one there is nothing to judge, and the history would be `unknown`. */
function drawMix(random: Random, { deletes }: StoreSettings): Mix {
  return {
    read: chance(random, 92) ? integer(random, 2, 6) : 0,
    write: integer(random, 2, 6),
    // Whoever says when tombstones go wants to see them go; of all others more than half, so that most histories judge whether what was deleted stays so.
    delete: chance(random, deletes === "keep" ? 60 : 75) ? integer(random, 1, 3) : 0,
  };
}
