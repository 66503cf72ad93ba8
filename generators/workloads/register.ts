import { chance, integer, range } from "../draw.ts";
import { valueOf } from "../plan.ts";
import type { BuiltInWorkload } from "./workload.ts";

declare module "./workload.ts" {
  interface BuiltInWorkloads {
    readonly register: Workload;
  }
}

export const register: BuiltInWorkload<"register"> = {
  name: "register",
  meaning: "Reads, writes and deletes of keys, each of which holds one value.",
  operations: {
    read: { say: ({ keyName }) => `reads ${keyName}`, writes: false },
    write: { say: ({ keyName }, index) => `writes ${valueOf(index)} to ${keyName}`, writes: true },
    delete: { say: ({ keyName }) => `deletes ${keyName}`, writes: true },
  },
  always: "write",
  carries: false,
  mix: (random, usePercent) => ({
    read: chance(random, usePercent("read", 92)) ? integer(random, 2, 6) : 0,
    write: integer(random, 2, 6),
    // By default, more than half of the plans use deletes, so that most histories can judge whether deletes last.
    delete: chance(random, usePercent("delete", 60)) ? integer(random, 1, 3) : 0,
  }),
  finalReads: ({ keys }) => range(keys).map((key) => ({ f: "read", key })),
};
