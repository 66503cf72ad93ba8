/** Maelstrom's sets of numbers: like the workload `set`, with one set for the whole cluster. */
import { chance, integer } from "../draw.ts";
import type { BuiltInWorkload } from "./workload.ts";

declare module "./workload.ts" {
  interface BuiltInWorkloads {
    readonly broadcast: Workload;
    readonly "g-set": Workload;
  }
}

const sharedSet = <Name extends "broadcast" | "g-set">(
  name: Name,
  meaning: string,
  say: (element: string) => string,
): BuiltInWorkload<Name> => ({
  name,
  meaning,
  operations: {
    read: { say: () => "reads the whole set", writes: false },
    add: {
      args: {
        type: "object",
        properties: { element: { type: "integer", minimum: 0 } },
        required: ["element"],
        additionalProperties: false,
      },
      say: ({ args }) => say(String(args?.["element"])),
      writes: true,
    },
  },
  always: "add",
  carries: false,
  oneKey: true,
  mix: (random, usePercent) => ({
    read: chance(random, usePercent("read", 90)) ? integer(random, 1, 4) : 0,
    add: integer(random, 3, 6),
  }),
  args: (_, { f }, index) => (f === "add" ? { element: index } : undefined),
  finalReads: () => [{ f: "read", key: 0 }],
});

export const broadcast = sharedSet(
  "broadcast",
  "Broadcasts of unique numbers, and reads of all numbers that a node has heard.",
  (element) => `broadcasts ${element}`,
);

export const gSet = sharedSet(
  "g-set",
  "Adds of unique numbers to one set that only grows, and reads of the set.",
  (element) => `adds ${element} to the set`,
);
