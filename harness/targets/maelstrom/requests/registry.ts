/** The workloads of the target maelstrom. A new workload needs its messages and a line here. */
import type { ClientMessages } from "./client-messages.ts";
import { counter } from "./counters.ts";
import { kafka } from "./kafka.ts";
import { echo, uniqueIds } from "./plain.ts";
import { register, siblings } from "./registers.ts";
import { broadcast, gSet } from "./sets.ts";
import { transactions } from "./transactions.ts";

export const clientMessages = {
  "lin-kv": register,
  echo,
  "unique-ids": uniqueIds,
  broadcast,
  "g-set": gSet,
  "g-counter": counter,
  "pn-counter": counter,
  "txn-list-append": transactions,
  "txn-rw-register": transactions,
  kafka,
  register,
  siblings,
} as const satisfies Readonly<Record<string, ClientMessages>>;

export type MaelstromWorkload = keyof typeof clientMessages;

export const isMaelstromWorkload = (name: string): name is MaelstromWorkload =>
  Object.hasOwn(clientMessages, name);

/** Returns the messages for a workload. For an unknown workload, returns those of `register`. */
export const messagesOf = (workload: string): ClientMessages =>
  isMaelstromWorkload(workload) ? clientMessages[workload] : register;
