/** Maelstrom's counters: like the workload `counter`, with one counter for the whole cluster. */
import { pick } from "../draw.ts";
import { counter } from "./counter.ts";
import type { BuiltInWorkload } from "./workload.ts";

declare module "./workload.ts" {
  interface BuiltInWorkloads {
    readonly "g-counter": Workload;
    readonly "pn-counter": Workload;
  }
}

export const gCounter: BuiltInWorkload<"g-counter"> = {
  ...counter,
  name: "g-counter",
  meaning: "Additions to one counter that only grows, and reads of its sum.",
  oneKey: true,
  args: (random, { f }) =>
    f === "add" ? { by: pick(random, [0, 1, 2, 4, 8, 16, 32, 64]) } : undefined,
};

export const pnCounter: BuiltInWorkload<"pn-counter"> = {
  ...counter,
  name: "pn-counter",
  meaning: "Additions of positive and negative numbers to one counter, and reads of its sum.",
  oneKey: true,
};
