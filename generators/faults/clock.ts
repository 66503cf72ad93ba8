import type { Random } from "fast-check";
import { chance, integer, pick } from "../draw.ts";
import type { FaultKind } from "./fault-kind.ts";
import { drawNodes, namesOf, type NodesFault, ofNodes } from "./nodes.ts";
import { port } from "./port.ts";
import { closed, dayMs, nodeIndices } from "./schemas.ts";

/**
 * How the clock is wrong. `jump`: the clock is `byMs` ahead while the fault lasts. `drift`: the clock gains `msPerS` ms
 * each second. `strobe`: every `everyMs`, the clock changes between `byMs` ahead and the true time. Negative numbers
 * put the clock behind.
 */
export type ClockShape =
  | { readonly shape: "jump"; readonly byMs: number }
  | { readonly shape: "drift"; readonly msPerS: number }
  | { readonly shape: "strobe"; readonly byMs: number; readonly everyMs: number };

/** A fault that makes the wall clocks of some nodes jump, drift or strobe. */
export type ClockFault = NodesFault<"clock"> & { readonly clock: ClockShape };

/**
 * The port that sets the wall clocks of nodes. The value is how many whole ms the clock is ahead, and negative if the
 * clock is behind.
 */
const clockPort = port("clock", "machine", (a: number, b: number) => a + b);

/** The schema of an offset in ms: at most a day ahead or behind. */
const offsetMs = { type: "integer", minimum: -86_400_000, maximum: 86_400_000 };

export const clock = {
  ...ofNodes,
  kind: "clock",
  meaning:
    "Makes the wall clocks of some nodes jump, drift or strobe; their monotonic clocks stay correct.",
  ports: [clockPort],
  schema: closed({
    kind: { const: "clock" },
    nodes: nodeIndices,
    clock: {
      type: "object",
      discriminator: { propertyName: "shape" },
      oneOf: [
        closed({ shape: { const: "jump" }, byMs: offsetMs }),
        closed({
          shape: { const: "drift" },
          msPerS: { type: "integer", minimum: -900, maximum: 10_000 },
        }),
        closed({ shape: { const: "strobe" }, byMs: offsetMs, everyMs: { ...dayMs, minimum: 1 } }),
      ],
    },
  }),
  example: { kind: "clock", nodes: [0], clock: { shape: "jump", byMs: 1000 } },
  draw: (random, draw) => ({
    kind: "clock",
    nodes: drawNodes(random, draw),
    clock: drawShape(random),
  }),
  say: (fault, nameOf) => `the clock of ${namesOf(fault, nameOf)} ${shapeText(fault.clock)},`,
  wants: ({ nodes, clock }, { elapsedMs, nameOf }) =>
    nodes.map((node) => clockPort.want(nameOf(node), aheadMs(clock, elapsedMs))),
  everyMs: ({ clock }) => stepMs(clock),
  effects: ({ nodes }) => nodes.map((node) => ({ effect: "clock-off", node })),
} satisfies FaultKind<ClockFault>;

/**
 * Returns how many ms the clock is ahead `elapsedMs` after the fault began. The result is negative if the clock is
 * behind.
 */
export function aheadMs(clock: ClockShape, elapsedMs: number): number {
  switch (clock.shape) {
    case "jump":
      return clock.byMs;
    case "drift":
      return Math.round((elapsedMs * clock.msPerS) / 1000);
    case "strobe":
      return Math.floor(elapsedMs / clock.everyMs) % 2 === 0 ? clock.byMs : 0;
  }
}

/**
 * Returns how many ms pass between two settings of the clock while the fault lasts. Returns null if the clock is set
 * only once.
 */
function stepMs(clock: ClockShape): number | null {
  switch (clock.shape) {
    case "jump":
      return null;
    case "drift":
      return 100;
    case "strobe":
      return clock.everyMs;
  }
}

function shapeText(clock: ClockShape): string {
  switch (clock.shape) {
    case "jump":
      return `jumps by ${clock.byMs} ms`;
    case "drift":
      return `drifts by ${clock.msPerS} ms per second`;
    case "strobe":
      return `strobes by ${clock.byMs} ms, every ${clock.everyMs} ms`;
  }
}

function drawShape(random: Random): ClockShape {
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

/**
 * Draws an offset in ms, ahead or behind. Offsets range from those of a bad time server to an hour, as from a wrong
 * time zone.
 */
function drawOffsetMs(random: Random): number {
  const offsetMs = pick(random, [
    integer(random, 1, 50),
    integer(random, 50, 2000),
    integer(random, 2000, 60_000),
    3_600_000,
  ]);
  return chance(random, 50) ? offsetMs : -offsetMs;
}
