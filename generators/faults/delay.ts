import { chance, integer, pick } from "../draw.ts";
import { type DirectedFault, drawDirected, impairing } from "./links.ts";

/** Each affected packet takes `delayMs` longer, and up to `jitterMs` more at random. */
export type DelayFault = DirectedFault<"delay"> & {
  readonly delayMs: number;
  readonly jitterMs: number;
};

const mostMs = 60_000;

export const delay = impairing<DelayFault>({
  kind: "delay",
  meaning: "Delays the packets between some nodes and their peers.",
  numbers: {
    delayMs: { minimum: 0, maximum: mostMs },
    jitterMs: { minimum: 0, maximum: mostMs },
  },
  example: { kind: "delay", nodes: [0], direction: "both", delayMs: 20, jitterMs: 0 },
  draw: (random, draw) => {
    // Delays range from hardly noticeable ones, over those up to the request timeout, to longer ones.
    const timeoutMs = Math.min(draw.facts.requestTimeoutMs, mostMs / 1.5);
    const delayMs = pick(random, [
      integer(random, 1, 50),
      integer(random, 50, timeoutMs),
      integer(random, timeoutMs, 1.5 * timeoutMs),
    ]);
    return {
      ...drawDirected("delay", random, draw),
      delayMs,
      jitterMs: chance(random, 50) ? 0 : integer(random, 1, Math.min(delayMs, 500)),
    };
  },
  impairment: ({ delayMs, jitterMs }) => ({ delayMs, jitterMs }),
  say: ({ delayMs, jitterMs }, which) =>
    `delay ${which} by ${delayMs} ms${jitterMs === 0 ? "" : ` and up to ${jitterMs} ms more`}`,
  silences: ({ direction, delayMs, jitterMs }, { requestTimeoutMs }) =>
    (direction === "both" ? 2 : 1) * (delayMs + jitterMs) >= requestTimeoutMs,
});
