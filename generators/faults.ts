/**
 * Fills in a plan's faults. They may overlap in time, but leave at least `spare` of the operations a chance: a history in
 * which nothing succeeds shows nothing.
 */
import type { Random } from "fast-check";
import type { StoreSettings } from "../store/index.ts";
import type { ClockShape } from "./clock.ts";
import { chance, integer, pick, range, sample, shuffled, weighted } from "./draw.ts";
import type { Fault, FaultKind, PartitionShape, PlannedFault, PlannedOperation } from "./plan.ts";
import { nodeIndicesOf, smallestRing } from "./reach.ts";
import type { FaultLength, Swarm } from "./swarm.ts";
import { expectedSuccess, nominalStartsMs } from "./timeline.ts";

/** The forecast share of operations that must find a quorum. Above a half, for what the forecast does not see. */
const spare = 0.65;
const shortestMs = 50;
const tries = 6;

/** In the order in which they begin. */
export function drawFaults(random: Random, swarm: Swarm, operations: readonly PlannedOperation[]): PlannedFault[] {
  const starts = nominalStartsMs(operations);
  const faults: PlannedFault[] = [];
  for (let i = 0; i < swarm.faults; i++) {
    for (let attempt = 0; attempt < tries; attempt++) {
      // Each further attempt is shorter, so that a cluster without slack gets faults too.
      const durationMs = Math.max(shortestMs, drawDurationMs(random, swarm.faultLength, swarm.settings) >> attempt);
      const one = { atMs: drawStartMs(random, starts), durationMs, fault: drawFault(random, pick(random, swarm.faultKinds), swarm.settings.nodes) };
      const drawn = repeated(random, one, swarm.settings.nodes);
      const all = [...faults, ...drawn];
      if (drawn.some((fault) => faults.some((other) => collide(fault, other))) || expectedSuccess({ settings: swarm.settings, operations, faults: all }) < spare) continue;
      faults.push(...drawn);
      break;
    }
  }
  return faults.sort((a, b) => a.atMs - b.atMs);
}

/** Now and then a partition flaps, or a kill goes around as a rolling restart. In a plan these are faults one after the other. */
function repeated(random: Random, one: PlannedFault, nodes: number): readonly PlannedFault[] {
  if (!chance(random, 15)) return [one];
  switch (one.fault.kind) {
    case "partition": {
      const times = integer(random, 2, 5);
      const durationMs = Math.max(1, Math.floor(one.durationMs / (2 * times - 1)));
      return range(times).map((turn) => ({ ...one, atMs: one.atMs + 2 * turn * durationMs, durationMs }));
    }
    case "kill": {
      const durationMs = Math.min(one.durationMs, integer(random, shortestMs, 400));
      const everyMs = durationMs + integer(random, shortestMs, 500);
      return range(nodes).map((node) => ({ atMs: one.atMs + node * everyMs, durationMs, fault: { kind: "kill", nodes: [node] } }));
    }
    case "pause":
    case "clock":
    case "loss":
    case "disk":
      return [one];
  }
}

/** Killing or pausing a node that is already killed or paused says nothing, and whose heal counts would be unclear. */
function collide(a: PlannedFault, b: PlannedFault): boolean {
  if (!stops(a.fault.kind) || !stops(b.fault.kind)) return false;
  const apart = a.atMs + a.durationMs < b.atMs || b.atMs + b.durationMs < a.atMs;
  const nodes = nodeIndicesOf(b.fault);
  return !apart && nodeIndicesOf(a.fault).some((node) => nodes.includes(node));
}

const stops = (kind: FaultKind): boolean => kind === "kill" || kind === "pause" || kind === "disk";

/** Half of them just after an operation begins: operations take milliseconds in seconds, and what breaks mid-flight would else hardly be seen. */
function drawStartMs(random: Random, operationStartsMs: readonly number[]): number {
  return chance(random, 50) ? pick(random, operationStartsMs) + integer(random, 0, 8) : integer(random, 0, Math.max(...operationStartsMs));
}

function drawDurationMs(random: Random, length: FaultLength, settings: StoreSettings): number {
  switch (length) {
    case "short":
      return integer(random, shortestMs, 400);
    case "medium":
      return integer(random, 400, 1.5 * settings.requestTimeoutMs);
    case "long":
      return integer(random, 1.05 * settings.silenceMs, 2.2 * settings.silenceMs);
    case "mixed":
      return drawDurationMs(random, pick(random, ["short", "medium", "long"]), settings);
  }
}

function drawFault(random: Random, kind: FaultKind, nodes: number): Fault {
  switch (kind) {
    case "partition":
      return { kind, partition: drawPartition(random, nodes) };
    case "kill":
    case "pause":
      return { kind, nodes: drawNodes(random, nodes) };
    case "clock":
      return { kind, nodes: drawNodes(random, nodes), clock: drawClock(random) };
    case "loss":
      return { kind, nodes: drawNodes(random, nodes), percent: pick(random, [integer(random, 1, 10), integer(random, 10, 60)]) };
    case "disk":
      // Each further replica that loses data takes a promise away, so there is seldom more than one.
      return { kind, nodes: sample(random, range(nodes), chance(random, 85) ? 1 : 2), damage: pick(random, ["wipe", "tear", "flip", "truncate"] as const), atPerMille: integer(random, 0, 1000) };
  }
}

function drawClock(random: Random): ClockShape {
  switch (pick(random, ["jump", "drift", "strobe"] as const)) {
    case "jump":
      return { shape: "jump", byMs: drawOffsetMs(random) };
    case "drift":
      return { shape: "drift", msPerS: chance(random, 50) ? integer(random, 1, 1000) : -integer(random, 1, 500) };
    case "strobe":
      return { shape: "strobe", byMs: drawOffsetMs(random), everyMs: integer(random, 50, 400) };
  }
}

/** From what a bad time server does to what a wrong time zone does, both ways. */
function drawOffsetMs(random: Random): number {
  const offsetMs = pick(random, [integer(random, 1, 50), integer(random, 50, 2000), integer(random, 2000, 60_000), 3_600_000]);
  return chance(random, 50) ? offsetMs : -offsetMs;
}

/** Mostly one node; a minority; any number, all of them included (what only was in memory anywhere is then lost). */
function drawNodes(random: Random, nodes: number): number[] {
  const minority = Math.max(1, Math.floor((nodes - 1) / 2));
  const most = weighted(random, [[1, 5], [minority, 3], [nodes, 2]]);
  return sample(random, range(nodes), integer(random, 1, most));
}

/** Needs at least two nodes. */
function drawPartition(random: Random, nodes: number): PartitionShape {
  const possible = ["halves", "isolate", "one-way", ...(nodes >= smallestRing ? (["ring"] as const) : []), ...(nodes >= 3 ? (["bridge"] as const) : [])] as const;
  switch (pick(random, possible)) {
    case "halves":
      return { shape: "halves", side: sample(random, range(nodes), integer(random, 1, Math.floor(nodes / 2))) };
    case "isolate":
      return { shape: "isolate", node: integer(random, 0, nodes - 1) };
    case "one-way": {
      const [from, to] = sample(random, range(nodes), 2) as [number, number]; // two of at least two
      return chance(random, 50) ? { shape: "one-way", from, to } : { shape: "one-way", from: to, to: from };
    }
    case "ring":
      return { shape: "ring", order: shuffled(random, range(nodes)) };
    case "bridge": {
      const node = integer(random, 0, nodes - 1);
      const others = range(nodes).filter((other) => other !== node);
      return { shape: "bridge", node, side: sample(random, others, integer(random, 1, Math.max(1, Math.floor(others.length / 2)))) };
    }
  }
}
