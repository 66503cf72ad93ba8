/** Maelstrom's transactions: appends to lists, and writes of registers. Each value is written to a key once. */
import type { Random } from "fast-check";
import { chance, integer, pick, range } from "../draw.ts";
import type { Json, Plan, PlannedOperation, Settings } from "../plan.ts";
import type { BuiltInWorkload } from "./workload.ts";

declare module "./workload.ts" {
  interface BuiltInWorkloads {
    readonly "txn-list-append": Workload;
    readonly "txn-rw-register": Workload;
  }
}

/**
 * One step of a transaction: its kind, its key, and the value that it writes or has read. The value of a read is null
 * before the read.
 */
export type TransactionStep = readonly [f: "r" | "append" | "w", key: number, value: Json];

/** The steps of an operation, in the form that the plan's schema allows. */
export const stepsOf = ({ args }: Pick<PlannedOperation, "args">): readonly TransactionStep[] =>
  (args?.["txn"] ?? []) as unknown as readonly TransactionStep[];

const usualLength = 4;
const usualKeys = 5;
/** No drawn transaction has more steps than this, so different transactions write different values. */
const elementsEach = 100;

const transactions = <Name extends "txn-list-append" | "txn-rw-register">(
  name: Name,
  meaning: string,
  write: "append" | "w",
): BuiltInWorkload<Name> => ({
  name,
  meaning,
  operations: {
    txn: {
      args: {
        type: "object",
        properties: {
          txn: {
            type: "array",
            minItems: 1,
            items: {
              type: "array",
              minItems: 3,
              maxItems: 3,
              items: [{ enum: ["r", write] }, { type: "integer", minimum: 0 }, {}],
            },
          },
        },
        required: ["txn"],
        additionalProperties: false,
      },
      say: (operation) => `runs the transaction ${stepsOf(operation).map(stepText).join(", ")}`,
      writes: true,
      partsOf: (operation) => {
        const { length } = stepsOf(operation);
        return length > 1 ? length : 0;
      },
      narrow: (operation, part) => ({
        ...operation,
        args: { txn: stepsOf(operation).toSpliced(part, 1) },
      }),
    },
  },
  always: "txn",
  carries: false,
  mix: () => ({ txn: 1 }),
  args: (random, { key }, index, settings) => ({
    txn: drawSteps(random, write, { key, index, settings }) as unknown as Json,
  }),
  finalReads: (plan) => [
    { f: "txn", key: 0, args: { txn: keysOf(plan).map((key) => ["r", key, null]) } },
  ],
});

function drawSteps(
  random: Random,
  write: "append" | "w",
  {
    key,
    index,
    settings,
  }: { readonly key: number; readonly index: number; readonly settings: Settings },
): readonly TransactionStep[] {
  const most = numberOf(settings["maxTxnLength"], usualLength);
  const keys = numberOf(settings["keyCount"], usualKeys);
  return range(integer(random, 1, Math.min(most, elementsEach))).map((step) => {
    // Half of the steps use the operation's own key, since only transactions with common keys can conflict.
    const at = chance(random, 50) ? key % keys : pick(random, range(keys));
    return chance(random, 50) ? ["r", at, null] : [write, at, index * elementsEach + step];
  });
}

const numberOf = (value: Json | undefined, usual: number): number =>
  typeof value === "number" ? value : usual;

function keysOf({ operations }: Plan): readonly number[] {
  const keys = operations.flatMap((operation) => stepsOf(operation).map(([, key]) => key));
  return [...new Set(keys)].sort((a, b) => a - b);
}

const stepText = ([f, key, value]: TransactionStep): string =>
  f === "r"
    ? `read ${key}`
    : `${f === "w" ? "write" : "append"} ${JSON.stringify(value)} to ${key}`;

export const txnListAppend = transactions(
  "txn-list-append",
  "Transactions that read lists and append unique elements to them.",
  "append",
);

export const txnRwRegister = transactions(
  "txn-rw-register",
  "Transactions that read registers and write unique values to them.",
  "w",
);
