/** Draws one fault: whom it touches and how badly. When and for how long is in faults.ts. */
import type { Random } from "fast-check";
import type { StoreSettings } from "../store/index.ts";
import type { ClockShape } from "./clock.ts";
import { chance, integer, pick, range, sample, shuffled, weighted } from "./draw.ts";
import type { Direction, Fault, FaultKind, PartitionShape } from "./plan.ts";
import { smallestRing } from "./reach.ts";

/** The longest that a plan may have. */
export const mostDelayMs = 60_000;

/** A fault of this kind that touches node `aim`. */
export function drawFault(
  random: Random,
  kind: FaultKind,
  settings: StoreSettings,
  aim: number,
): Fault {
  const { nodes } = settings;
  switch (kind) {
    case "partition":
      return { kind, partition: drawPartition(random, nodes, aim) };
    case "kill":
    case "pause":
    case "power":
    case "disk-full":
    case "slow-disk":
      return { kind, nodes: drawNodes(random, nodes, aim) };
    case "clock":
      return { kind, nodes: drawNodes(random, nodes, aim), clock: drawClock(random) };
    case "disk":
      // Each further replica that loses data takes a promise away, so there is seldom more than one.
      return {
        kind,
        nodes: withAim(random, nodes, aim, chance(random, 85) ? 1 : 2),
        damage: pick(random, ["wipe", "tear", "flip", "truncate", "restore"] as const),
        atPerMille: integer(random, 0, 1000),
      };
    case "loss":
    case "duplicate":
      return {
        kind,
        nodes: drawNodes(random, nodes, aim),
        direction: drawDirection(random),
        percent: drawPercent(random),
      };
    case "reorder":
      return {
        kind,
        nodes: drawNodes(random, nodes, aim),
        direction: drawDirection(random),
        percent: drawPercent(random),
        lateMs: integer(random, 1, 100),
      };
    case "delay": {
      // From what is hardly felt, over what races with timeouts, to what no request survives. Less than the silence that drops a link.
      const timeoutMs = Math.min(settings.requestTimeoutMs, mostDelayMs / 1.5);
      const delayMs = pick(random, [
        integer(random, 1, 50),
        integer(random, 50, timeoutMs),
        integer(random, timeoutMs, 1.5 * timeoutMs),
      ]);
      return {
        kind,
        nodes: drawNodes(random, nodes, aim),
        direction: drawDirection(random),
        delayMs,
        jitterMs: chance(random, 50) ? 0 : integer(random, 1, Math.min(delayMs, 500)),
      };
    }
    case "rate":
      return {
        kind,
        nodes: drawNodes(random, nodes, aim),
        direction: drawDirection(random),
        bytesPerS: pick(random, [integer(random, 2000, 20_000), integer(random, 20_000, 200_000)]),
      };
    case "limit":
      // What a node at rest hardly feels, down to what makes each request late. Memory enough to live on: a node that the kernel kills is a fault of another kind.
      return {
        kind,
        nodes: drawNodes(random, nodes, aim),
        processorPercent: pick(random, [integer(random, 5, 15), integer(random, 15, 60)]),
        memoryMiB: integer(random, 128, 256),
      };
    case "clients":
      return { kind, nodes: drawNodes(random, nodes, aim), direction: drawDirection(random) };
  }
}

const drawDirection = (random: Random): Direction => pick(random, ["in", "out", "both"] as const);
const drawPercent = (random: Random): number =>
  pick(random, [integer(random, 1, 10), integer(random, 10, 60)]);

function drawClock(random: Random): ClockShape {
  switch (pick(random, ["jump", "drift", "strobe"] as const)) {
    case "jump":
      return { shape: "jump", byMs: drawOffsetMs(random) };
    case "drift":
      return {
        shape: "drift",
        msPerS: chance(random, 50) ? integer(random, 1, 1000) : -integer(random, 1, 500),
      };
    case "strobe":
      return { shape: "strobe", byMs: drawOffsetMs(random), everyMs: integer(random, 50, 400) };
  }
}

/** From what a bad time server does to what a wrong time zone does, both ways. */
function drawOffsetMs(random: Random): number {
  const offsetMs = pick(random, [
    integer(random, 1, 50),
    integer(random, 50, 2000),
    integer(random, 2000, 60_000),
    3_600_000,
  ]);
  return chance(random, 50) ? offsetMs : -offsetMs;
}

/** Mostly one node; a minority; any number, all of them included (what only was in memory anywhere is then lost). */
function drawNodes(random: Random, nodes: number, aim: number): number[] {
  const minority = Math.max(1, Math.floor((nodes - 1) / 2));
  const most = weighted(random, [
    [1, 5],
    [minority, 3],
    [nodes, 2],
  ]);
  return withAim(random, nodes, aim, integer(random, 1, most));
}

/** `count` nodes, this one among them. */
function withAim(random: Random, nodes: number, aim: number, count: number): number[] {
  const others = range(nodes).filter((node) => node !== aim);
  return [aim, ...sample(random, others, Math.min(count - 1, others.length))].sort((a, b) => a - b);
}

/** Needs at least two nodes. */
function drawPartition(random: Random, nodes: number, aim: number): PartitionShape {
  const possible = [
    "halves",
    "isolate",
    "one-way",
    "links",
    ...(nodes >= smallestRing ? (["ring"] as const) : []),
    ...(nodes >= 3 ? (["bridge"] as const) : []),
  ] as const;
  switch (pick(random, possible)) {
    case "halves":
      return {
        shape: "halves",
        side: withAim(random, nodes, aim, integer(random, 1, Math.floor(nodes / 2))),
      };
    case "isolate":
      return { shape: "isolate", node: aim };
    case "one-way": {
      const other = pick(
        random,
        range(nodes).filter((node) => node !== aim),
      );
      return chance(random, 50)
        ? { shape: "one-way", from: aim, to: other }
        : { shape: "one-way", from: other, to: aim };
    }
    case "links": {
      const links = range(nodes).flatMap((from) =>
        range(nodes)
          .filter((to) => to !== from)
          .map((to) => [from, to] as const),
      );
      return { shape: "links", cuts: sample(random, links, integer(random, 1, links.length / 2)) };
    }
    case "ring":
      return { shape: "ring", order: shuffled(random, range(nodes)) };
    case "bridge": {
      const others = range(nodes).filter((other) => other !== aim);
      return {
        shape: "bridge",
        node: aim,
        side: sample(
          random,
          others,
          integer(random, 1, Math.max(1, Math.floor(others.length / 2))),
        ),
      };
    }
  }
}
