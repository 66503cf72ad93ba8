import { chance, integer, pick, range } from "../draw.ts";
import type { PlannedOperation } from "../plan.ts";
import type { BuiltInWorkload } from "./workload.ts";

declare module "./workload.ts" {
  interface BuiltInWorkloads {
    readonly counter: Workload;
  }
}

const amountOf = ({ args }: PlannedOperation): number => Number(args?.["by"] ?? 1);

export const counter: BuiltInWorkload<"counter"> = {
  name: "counter",
  meaning: "Additions to counters, and reads of their sums.",
  operations: {
    read: { say: ({ keyName }) => `reads counter ${keyName}`, writes: false },
    add: {
      args: {
        type: "object",
        properties: { by: { type: "integer", minimum: -1000, maximum: 1000 } },
        required: ["by"],
        additionalProperties: false,
      },
      say: (operation) => `adds ${amountOf(operation)} to counter ${operation.keyName}`,
      writes: true,
    },
  },
  always: "add",
  carries: false,
  mix: (random, usePercent) => ({
    read: chance(random, usePercent("read", 92)) ? integer(random, 2, 5) : 0,
    add: integer(random, 3, 7),
  }),
  // The sums of these amounts mostly differ, so a wrong sum hints at the addition that is missing.
  args: (random, { f }) =>
    f === "add" ? { by: pick(random, [1, 2, 4, 8, 16, 32, 64, -1, -3]) } : undefined,
  finalReads: ({ keys }) => range(keys).map((key) => ({ f: "read", key })),
};
