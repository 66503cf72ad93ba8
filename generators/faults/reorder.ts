import { integer } from "../draw.ts";
import { type DirectedFault, drawDirected, drawPercent, impairing, percent } from "./links.ts";

/**
 * With probability `percent` / 100, an affected packet is held back by up to `lateMs`, so that later packets can
 * overtake it.
 */
export type ReorderFault = DirectedFault<"reorder"> & {
  readonly percent: number;
  readonly lateMs: number;
};

export const reorder = impairing<ReorderFault>({
  kind: "reorder",
  meaning: "Lets packets between some nodes and their peers overtake each other.",
  numbers: { percent, lateMs: { minimum: 1, maximum: 60_000 } },
  example: { kind: "reorder", nodes: [0], direction: "both", percent: 10, lateMs: 20 },
  draw: (random, draw) => ({
    ...drawDirected("reorder", random, draw),
    percent: drawPercent(random),
    lateMs: integer(random, 1, 100),
  }),
  impairment: ({ percent, lateMs }) => ({ reorderPercent: percent, lateMs }),
  say: (fault, which) =>
    `delay ${fault.percent} % of ${which} by up to ${fault.lateMs} ms, so that later packets can overtake them,`,
});
