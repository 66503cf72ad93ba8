import { type DirectedFault, drawDirected, drawPercent, impairing, percent } from "./links.ts";

/** Each affected packet is lost with probability `percent` / 100. */
export type LossFault = DirectedFault<"loss"> & { readonly percent: number };

export const loss = impairing<LossFault>({
  kind: "loss",
  meaning: "Loses a share of the packets between some nodes and their peers.",
  numbers: { percent },
  example: { kind: "loss", nodes: [0], direction: "both", percent: 10 },
  draw: (random, draw) => ({
    ...drawDirected("loss", random, draw),
    percent: drawPercent(random),
  }),
  impairment: ({ percent }) => ({ lossPercent: percent }),
  say: (fault, which) => `lose ${fault.percent} % of ${which}`,
});
