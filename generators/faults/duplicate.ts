import { type DirectedFault, drawDirected, drawPercent, impairing, percent } from "./links.ts";

/** Each affected packet is duplicated with probability `percent` / 100. */
export type DuplicateFault = DirectedFault<"duplicate"> & { readonly percent: number };

export const duplicate = impairing<DuplicateFault>({
  kind: "duplicate",
  meaning: "Sends a share of the packets between some nodes and their peers twice.",
  numbers: { percent },
  example: { kind: "duplicate", nodes: [0], direction: "both", percent: 10 },
  draw: (random, draw) => ({
    ...drawDirected("duplicate", random, draw),
    percent: drawPercent(random),
  }),
  impairment: ({ percent }) => ({ duplicatePercent: percent }),
  say: (fault, which) => `send ${fault.percent} % of ${which} twice`,
});
