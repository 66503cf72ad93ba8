import { chance, integer, range } from "../draw.ts";
import { valueOf } from "../plan.ts";
import type { BuiltInWorkload } from "./workload.ts";

declare module "./workload.ts" {
  interface BuiltInWorkloads {
    readonly batch: Workload;
  }
}

export const batch: BuiltInWorkload<"batch"> = {
  name: "batch",
  meaning: "Writes that set two parts of a key together, and reads of both parts.",
  operations: {
    read: { say: ({ keyName }) => `reads both parts of ${keyName}`, writes: false },
    write: {
      say: ({ keyName }, index) => `writes ${valueOf(index)} to both parts of ${keyName}`,
      writes: true,
    },
  },
  always: "write",
  carries: false,
  mix: (random, usePercent) => ({
    read: chance(random, usePercent("read", 95)) ? integer(random, 3, 7) : 0,
    write: integer(random, 3, 6),
  }),
  finalReads: ({ keys }) => range(keys).map((key) => ({ f: "read", key })),
};
