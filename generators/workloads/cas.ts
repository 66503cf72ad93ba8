import { chance, integer, range, weighted } from "../draw.ts";
import { type PlannedOperation, valueOf } from "../plan.ts";
import type { BuiltInWorkload } from "./workload.ts";

declare module "./workload.ts" {
  interface BuiltInWorkloads {
    readonly cas: Workload;
  }
}

/**
 * What a compare-and-set expects: the value that its client saw last (`seen`), nothing (`absent`), or the value of
 * operation 0 (`first`).
 */
const expectations = ["seen", "absent", "first"] as const;
type Expects = (typeof expectations)[number];

const expectsOf = ({ args }: PlannedOperation): Expects => (args?.["expects"] ?? "seen") as Expects;

/**
 * The value of operation 0 of the plan, if that writes. It is rarely current, so a compare-and-set that expects it
 * mostly fails.
 */
const first = valueOf(0);

const words: Readonly<Record<Expects, string>> = {
  seen: "the value that the client saw last",
  absent: "nothing",
  first,
};

export const cas: BuiltInWorkload<"cas"> = {
  name: "cas",
  meaning: "Reads, writes and compare-and-set of keys, each of which holds one value.",
  operations: {
    read: { say: ({ keyName }) => `reads ${keyName}`, writes: false },
    write: {
      say: ({ keyName }, index) => `writes ${valueOf(index)} to ${keyName}`,
      writes: true,
    },
    cas: {
      args: {
        type: "object",
        properties: { expects: { enum: expectations } },
        required: ["expects"],
        additionalProperties: false,
      },
      say: (operation, index) =>
        `changes ${operation.keyName} from ${words[expectsOf(operation)]} to ${valueOf(index)}`,
      writes: true,
      argsNow: (operation, op, seen) => {
        const expects = expectsOf(operation);
        const old = expects === "seen" ? (seen ?? null) : expects === "absent" ? null : first;
        return { old, new: valueOf(op) };
      },
    },
  },
  always: "cas",
  carries: false,
  mix: (random, usePercent) => ({
    read: chance(random, usePercent("read", 92)) ? integer(random, 2, 6) : 0,
    write: chance(random, usePercent("write", 60)) ? integer(random, 1, 3) : 0,
    cas: integer(random, 3, 7),
  }),
  args: (random, { f }) =>
    f === "cas"
      ? {
          expects: weighted(random, [
            ["seen", 8],
            ["absent", 2],
            ["first", 1],
          ] as const),
        }
      : undefined,
  finalReads: ({ keys }) => range(keys).map((key) => ({ f: "read", key })),
};
