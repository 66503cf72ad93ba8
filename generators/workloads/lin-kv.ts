import { chance, pick } from "../draw.ts";
import { valueOf } from "../plan.ts";
import { cas } from "./cas.ts";
import type { BuiltInWorkload } from "./workload.ts";

declare module "./workload.ts" {
  interface BuiltInWorkloads {
    readonly "lin-kv": Workload;
  }
}

/** Like the workload `cas`, but no compare-and-set expects a missing key. In Maelstrom, that always fails. */
export const linKv: BuiltInWorkload<"lin-kv"> = {
  ...cas,
  name: "lin-kv",
  meaning:
    "Reads, writes and compare-and-set of keys; a compare-and-set never expects a missing key.",
  operations: {
    ...cas.operations,
    cas: {
      args: {
        type: "object",
        properties: { expects: { enum: ["seen", "first"] } },
        required: ["expects"],
        additionalProperties: false,
      },
      say: ({ keyName, args }, index) =>
        `changes ${keyName} from ${args?.["expects"] === "first" ? valueOf(0) : "the value that the client saw last"} to ${valueOf(index)}`,
      writes: true,
      argsNow: ({ args }, op, seen) => ({
        old: args?.["expects"] === "seen" ? (seen ?? valueOf(0)) : valueOf(0),
        new: valueOf(op),
      }),
    },
  },
  always: "write",
  mix: (random, usePercent) => ({
    read: chance(random, usePercent("read", 95)) ? pick(random, [2, 3, 4, 5]) : 0,
    write: pick(random, [2, 3, 4]),
    cas: chance(random, usePercent("cas", 70)) ? pick(random, [1, 2, 3]) : 0,
  }),
  args: (random, { f }) =>
    f === "cas" ? { expects: chance(random, 90) ? "seen" : "first" } : undefined,
};
