import { chance, integer, range } from "../draw.ts";
import { keyName, valueOf } from "../plan.ts";
import type { Workload } from "./workload.ts";

export const set: Workload = {
  name: "set",
  meaning: "Additions of elements to sets, and reads of whole sets.",
  operations: {
    read: { say: ({ key }) => `reads the set ${keyName(key)}`, writes: false },
    add: {
      say: ({ key }, index) => `adds ${valueOf(index)} to the set ${keyName(key)}`,
      writes: true,
      // Elements are unique, as values are.
      argsNow: (_, op) => ({ element: valueOf(op) }),
    },
  },
  always: "add",
  carries: false,
  mix: (random, usePercent) => ({
    read: chance(random, usePercent("read", 92)) ? integer(random, 1, 4) : 0,
    add: integer(random, 3, 7),
  }),
  finalReads: ({ keys }) => range(keys).map((key) => ({ f: "read", key })),
};
