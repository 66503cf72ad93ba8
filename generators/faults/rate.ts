import { integer, pick } from "../draw.ts";
import { type DirectedFault, drawDirected, impairing } from "./links.ts";

/** Caps the bandwidth of each affected link at `bytesPerS`. */
export type RateFault = DirectedFault<"rate"> & { readonly bytesPerS: number };

/** The bandwidth, in bytes per second, below which background messages between peers fill a link. */
const enoughBytesPerS = 5000;

export const rate = impairing<RateFault>({
  kind: "rate",
  meaning: "Caps the bandwidth of each link between some nodes and their peers.",
  numbers: { bytesPerS: { minimum: 1, maximum: 1_000_000_000 } },
  example: { kind: "rate", nodes: [0], direction: "both", bytesPerS: 20_000 },
  draw: (random, draw) => ({
    ...drawDirected("rate", random, draw),
    bytesPerS: pick(random, [integer(random, 2000, 20_000), integer(random, 20_000, 200_000)]),
  }),
  impairment: ({ bytesPerS }) => ({ bytesPerS }),
  say: ({ bytesPerS }, which) =>
    `let each link carry at most ${bytesPerS} bytes a second of ${which}`,
  silences: ({ bytesPerS }) => bytesPerS < enoughBytesPerS,
});
