/** The models of other tools' histories, and the guarantees by which each can be judged. */
import type { ForeignFunction } from "./foreign-operations.ts";

/** A guarantee by which histories of other tools can be judged. */
export type ForeignGuarantee =
  | "linearizable"
  | "sequential"
  | "regular"
  | "regular-stamped"
  | "durable"
  | "no-thin-air"
  | "counter-bounds"
  | "unique-ids"
  | "constant-total"
  | "no-long-fork"
  | "no-causal-reverse"
  | "log"
  | TransactionGuarantee;

/** The isolation levels that `checkers/transactions` judges. */
export const transactionGuarantees = [
  "strict-serializable",
  "strong-session-serializable",
  "serializable",
  "strong-snapshot-isolation",
  "strong-session-snapshot-isolation",
  "snapshot-isolation",
  "strong-read-atomic",
  "strong-session-read-atomic",
  "read-atomic",
  "strong-read-committed",
  "strong-session-read-committed",
  "read-committed",
] as const;

/** The name of an isolation level by which transactions can be judged. */
export type TransactionGuarantee = (typeof transactionGuarantees)[number];

export interface ModelOf {
  readonly functions: readonly ForeignFunction[];
  /** The guarantees by which a history of this model can be judged. The first one is the default. */
  readonly guarantees: readonly [ForeignGuarantee, ...ForeignGuarantee[]];
  readonly meaning: string;
}

/** The models: what the operations of a history can mean. */
export const foreignModels = {
  register: {
    functions: ["read", "write"],
    guarantees: ["linearizable", "sequential", "regular", "regular-stamped"],
    meaning: "each key holds one value",
  },
  "cas-register": {
    functions: ["read", "write", "cas"],
    guarantees: ["linearizable", "sequential"],
    meaning: "a register with compare-and-set",
  },
  kv: {
    functions: ["read", "write", "append"],
    guarantees: ["linearizable", "sequential"],
    meaning: "each key holds a text, and an append adds to the end of the text",
  },
  "versioned-register": {
    functions: ["read", "write", "cas"],
    guarantees: ["linearizable"],
    meaning: "a register whose answers are [version value]",
  },
  set: {
    functions: ["add", "read"],
    guarantees: ["durable", "linearizable"],
    meaning: "Jepsen's set: the last read shows every acknowledged add",
  },
  "set-full": {
    functions: ["add", "remove", "read"],
    guarantees: ["durable", "linearizable"],
    meaning: "Jepsen's set-full: no element that was known to be in the set is lost",
  },
  membership: {
    functions: ["add", "remove", "contains", "read"],
    guarantees: ["linearizable"],
    meaning: "a set whose reads ask whether one element is in the set",
  },
  counter: {
    functions: ["add", "remove", "read"],
    guarantees: ["counter-bounds", "linearizable"],
    meaning:
      "Jepsen's counter: a read lies between the sum of acknowledged adds and the sum of all possible adds",
  },
  queue: {
    functions: ["enqueue", "dequeue", "drain"],
    guarantees: ["no-thin-air", "linearizable"],
    meaning: "Jepsen's queue: every element that comes out was put in",
  },
  "total-queue": {
    functions: ["enqueue", "dequeue", "drain"],
    guarantees: ["durable"],
    meaning:
      "Jepsen's total-queue: every element whose enqueue was acknowledged comes out, since the queue is drained at the end",
  },
  mutex: {
    functions: ["acquire", "release"],
    guarantees: ["linearizable"],
    meaning: "a lock with one holder at a time, which any process may release",
  },
  lock: {
    functions: ["acquire", "release"],
    guarantees: ["linearizable"],
    meaning: "a lock with one holder at a time, which only its holder may release",
  },
  "unique-ids": {
    functions: ["generate"],
    guarantees: ["unique-ids"],
    meaning: "no id is given twice",
  },
  "list-append": {
    functions: ["txn", "read", "append"],
    guarantees: transactionGuarantees,
    meaning: "transactions that append to lists and read them",
  },
  "rw-register": {
    functions: ["txn", "read", "write"],
    guarantees: transactionGuarantees,
    meaning: "transactions that write and read registers",
  },
  "multi-register": {
    functions: ["txn"],
    guarantees: ["linearizable"],
    meaning: "transactions over registers, in which a value may be written more than once",
  },
  bank: {
    functions: ["read", "transfer"],
    guarantees: ["constant-total"],
    meaning: "money is moved between accounts, and every read shows the same total",
  },
  "long-fork": {
    functions: ["read", "write", "txn"],
    guarantees: ["no-long-fork"],
    meaning: "no two reads see two writes in opposite orders",
  },
  "causal-reverse": {
    functions: ["read", "write"],
    guarantees: ["no-causal-reverse"],
    meaning:
      "a read that sees a write also sees all writes that were acknowledged before that write began",
  },
  log: {
    functions: ["send", "poll", "txn", "log"],
    guarantees: ["log"],
    meaning:
      "messages at offsets, as in Jepsen's kafka: no message is lost, and offsets agree and grow",
  },
  etcd: {
    functions: ["etcd"],
    guarantees: ["linearizable"],
    meaning: "etcd's keys, where each answer names its revision",
  },
} as const satisfies Record<string, ModelOf>;

/** The name of a model, which says what the operations of a history mean. */
export type ForeignModel = keyof typeof foreignModels;

/** The names of all models. */
export const foreignModelNames = Object.keys(foreignModels) as readonly ForeignModel[];

/** Every guarantee by which a history of some model can be judged. */
export const foreignGuarantees: readonly ForeignGuarantee[] = [
  ...new Set(Object.values(foreignModels).flatMap(({ guarantees }) => [...guarantees])),
];

/** The default guarantee of the model. */
export const guaranteeFor = (model: ForeignModel): ForeignGuarantee =>
  foreignModels[model].guarantees[0];
