/**
 * Fills in a plan's faults. They may overlap in time, but leave at least `spare` of the operations a chance: a history in
 * which nothing succeeds shows nothing.
 */
import type { Random } from "fast-check";
import type { StoreSettings } from "../store/index.ts";
import { createAim } from "./aim.ts";
import { chance, integer, pick, range, shuffled } from "./draw.ts";
import { drawFault } from "./fault-shapes.ts";
import type { HostEvent } from "./moment.ts";
import type { FaultKind, PlannedFault, PlannedOperation } from "./plan.ts";
import { nodeIndicesOf } from "./reach.ts";
import type { FaultLength, Swarm } from "./swarm.ts";
import { expectedShares, nominalStartsMs } from "./timeline.ts";

/** The forecast share of operations that must find a quorum. Above a half, for what the forecast does not see. */
const spare = 0.65;
const spareOfPuts = 0.4;
const shortestMs = 50;
const tries = 6;

/** In the order in which they begin. */
export function drawFaults(
  random: Random,
  swarm: Swarm,
  operations: readonly PlannedOperation[],
): PlannedFault[] {
  const starts = nominalStartsMs(operations);
  const aimAt = createAim(swarm.settings, operations, starts);
  const faults: PlannedFault[] = [];
  for (let i = 0; i < swarm.faults; i++) {
    for (let attempt = 0; attempt < tries; attempt++) {
      // Each further attempt is shorter, so that a cluster without slack gets faults too.
      const durationMs = Math.max(
        shortestMs,
        drawDurationMs(random, swarm.faultLength, swarm.settings) >> attempt,
      );
      const atMs = drawStartMs(random, starts);
      const one = {
        atMs,
        durationMs,
        fault: drawFault(
          random,
          pick(random, swarm.faultKinds),
          swarm.settings,
          aimAt(random, atMs),
        ),
      };
      const aimed = aimedAt(random, swarm, one);
      const drawn =
        aimed !== one
          ? [aimed]
          : chance(random, 20)
            ? inTurns(random, one, swarm.settings.nodes)
            : [one];
      const all = [...faults, ...drawn];
      if (
        drawn.some((fault) => faults.some((other) => collide(fault, other))) ||
        leavesTooFew(swarm.settings, operations, all)
      )
        continue;
      faults.push(...drawn);
      break;
    }
  }
  return faults.sort((a, b) => a.atMs - b.atMs);
}

/** Puts count by themselves too: a history in which hardly one succeeds has nothing for most guarantees to judge. */
function leavesTooFew(
  settings: StoreSettings,
  operations: readonly PlannedOperation[],
  faults: readonly PlannedFault[],
): boolean {
  const { all, puts } = expectedShares({ settings, operations, faults });
  return all < spare || puts < spareOfPuts;
}

/** Now and then what stops a node, or parts it from others, waits for a moment inside it. */
function aimedAt(random: Random, swarm: Swarm, one: PlannedFault): PlannedFault {
  if (
    swarm.aimedPercent === 0 ||
    !(stops(one.fault.kind) || one.fault.kind === "partition") ||
    !chance(random, swarm.aimedPercent)
  )
    return one;
  return {
    ...one,
    when: {
      event: drawEvent(random, one.fault.kind, swarm.settings),
      node: pick(random, nodeIndicesOf(one.fault)),
      count: chance(random, 50) ? 1 : integer(random, 2, 6),
    },
  };
}

/** One that these settings let happen. */
function drawEvent(random: Random, kind: FaultKind, settings: StoreSettings): HostEvent {
  // What a power loss takes beyond a kill is what is not synced yet: where each record is synced at once, that is nothing at nearly all other times.
  if (kind === "power" && chance(random, 50)) return "syncing";
  return pick(random, [
    ...(["replica-ack", "client-ack", "replica-write", "syncing", "synced"] as const),
    ...(settings.readRepair === "off" ? [] : (["read-repair"] as const)),
    ...(settings.antiEntropy ? (["exchange"] as const) : []),
    ...(settings.hints ? (["hint-synced", "handoff"] as const) : []),
  ]);
}

/** One fault as several, one after the other: in a plan these are faults of their own, which shrink to what matters. */
function inTurns(random: Random, one: PlannedFault, nodes: number): readonly PlannedFault[] {
  if (one.fault.kind === "kill")
    return one.fault.nodes.length > 1
      ? staggeredRestart(random, one, one.fault.nodes)
      : rollingRestart(random, one, nodes);
  if (one.fault.kind !== "partition") return [one];
  return chance(random, 50) ? flapping(random, one) : clogging(random, one, nodes);
}

function flapping(random: Random, one: PlannedFault): readonly PlannedFault[] {
  const times = integer(random, 2, 5);
  const durationMs = Math.max(1, Math.floor(one.durationMs / (2 * times - 1)));
  return range(times).map((turn) => ({
    ...one,
    atMs: one.atMs + 2 * turn * durationMs,
    durationMs,
  }));
}

/** Links are cut one by one, each in one direction, and come back in another order. */
function clogging(random: Random, one: PlannedFault, nodes: number): readonly PlannedFault[] {
  const links = range(nodes).flatMap((from) =>
    range(nodes)
      .filter((to) => to !== from)
      .map((to) => ({ from, to })),
  );
  const clogged = shuffled(random, links).slice(0, integer(random, 2, 6));
  const backAt = shuffled(random, range(clogged.length));
  const everyMs = Math.max(1, Math.floor(one.durationMs / (2 * clogged.length)));
  const lastCutMs = clogged.length * everyMs;
  return clogged.map(({ from, to }, turn) => ({
    atMs: one.atMs + turn * everyMs,
    durationMs: lastCutMs + ((backAt[turn] ?? 0) + 1 - turn) * everyMs,
    fault: { kind: "partition", partition: { shape: "one-way", from, to } },
  }));
}

function rollingRestart(random: Random, one: PlannedFault, nodes: number): readonly PlannedFault[] {
  const durationMs = Math.min(one.durationMs, integer(random, shortestMs, 400));
  const everyMs = durationMs + integer(random, shortestMs, 500);
  return range(nodes).map((node) => ({
    atMs: one.atMs + node * everyMs,
    durationMs,
    fault: { kind: "kill", nodes: [node] },
  }));
}

/** Killed together, they start again one by one. */
function staggeredRestart(
  random: Random,
  one: PlannedFault,
  killed: readonly number[],
): readonly PlannedFault[] {
  const everyMs = integer(random, shortestMs, 500);
  return shuffled(random, killed).map((node, turn) => ({
    ...one,
    durationMs: one.durationMs + turn * everyMs,
    fault: { kind: "kill", nodes: [node] },
  }));
}

/** Whether no two of them stop the same node at a time. */
export const compatible = (faults: readonly PlannedFault[]): boolean =>
  !faults.some((fault, index) => faults.slice(0, index).some((other) => collide(fault, other)));

/** Killing or pausing a node that is already killed or paused says nothing, and whose heal counts would be unclear. */
function collide(a: PlannedFault, b: PlannedFault): boolean {
  if (!stops(a.fault.kind) || !stops(b.fault.kind)) return false;
  const apart = latestEndMs(a) < b.atMs || latestEndMs(b) < a.atMs;
  const nodes = nodeIndicesOf(b.fault);
  return !apart && nodeIndicesOf(a.fault).some((node) => nodes.includes(node));
}

/** An aimed one may begin at any time. */
const latestEndMs = ({ atMs, durationMs, when }: PlannedFault): number =>
  when === undefined ? atMs + durationMs : Infinity;

const stops = (kind: FaultKind): boolean =>
  kind === "kill" || kind === "pause" || kind === "disk" || kind === "power";

/** Half of them just after an operation begins: operations take milliseconds in seconds, and what breaks mid-flight would else hardly be seen. */
function drawStartMs(random: Random, operationStartsMs: readonly number[]): number {
  return chance(random, 50)
    ? pick(random, operationStartsMs) + integer(random, 0, 8)
    : integer(random, 0, Math.max(...operationStartsMs));
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
