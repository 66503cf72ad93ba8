/** Triggers: events inside a node that a fault can wait for. */
import type { NodeNamer } from "./plan.ts";

/** Events that occur only during a membership change. */
export const ringEvents = [
  // Just before a message of a stream is sent: the request for keys, a page of them, or the answer that it is too
  // early.
  "stream",
  // Just after another version of the ring was synced.
  "ring-synced",
  // Just before a key is handed to its new owner.
  "handing-over",
  // Just before a further page of a stream is sent.
  "half-streamed",
  // Just after reads at this node switched to the new owners, while another node still uses the old ones.
  "switched",
  // Just before a key is dropped that others own.
  "dropping",
] as const;

export const hostEvents = [
  // These events occur just before a frame is sent: a replica's acknowledgement (`replica-ack`), the answer that a
  // write succeeded (`client-ack`), a write to a replica, a repair, a hint that is handed off, or a step of an
  // exchange.
  "replica-ack",
  "client-ack",
  "replica-write",
  "read-repair",
  "handoff",
  "exchange",
  // A sync begins, so that everything that it would make durable can still be lost.
  "syncing",
  // `synced`: a sync of anything has just ended. `hint-synced`: the sync of a hint has just ended.
  "synced",
  "hint-synced",
  // `log-begun`: a log's file got its first record. `compacted`: a compacted file is complete, while the files that it
  // replaces still exist. `log-removed`: an old file was deleted. `recovering`: a starting node has read a file but is
  // not ready yet.
  "log-begun",
  "compacted",
  "log-removed",
  "recovering",
  // Just before a hint is dropped without delivery.
  "hint-dropped",
  ...ringEvents,
] as const;
/** An event inside a node that a fault can wait for. */
export type HostEvent = (typeof hostEvents)[number];

/** The fault waits for the `count`-th event of this kind (counted from 1) at the node, after the fault's `atMs`. */
export interface Trigger {
  readonly event: HostEvent;
  /** The node's index. */
  readonly node: number;
  readonly count: number;
}

export function triggerText({ event, node, count }: Trigger, nameOf: NodeNamer): string {
  const times = count === 1 ? "" : `, for the ${ordinal(count)} time`;
  return `${words[event](nameOf(node))}${times}`;
}

/** The ordinal of a number: "2nd", "11th", "21st". */
function ordinal(count: number): string {
  const isTeen = count % 100 >= 11 && count % 100 <= 13;
  const ending = isTeen ? undefined : ["th", "st", "nd", "rd"][count % 10];
  return `${count}${ending ?? "th"}`;
}

const words: Readonly<Record<HostEvent, (node: string) => string>> = {
  "replica-ack": (node) => `just before ${node} acknowledges a write to its coordinator`,
  "client-ack": (node) => `just before ${node} tells a client that its write succeeded`,
  "replica-write": (node) => `just before ${node} sends a write to a replica`,
  "read-repair": (node) => `just before ${node} sends a read repair`,
  handoff: (node) => `just before ${node} hands a hint off`,
  exchange: (node) => `just before ${node} sends a step of an exchange`,
  syncing: (node) => `just as ${node} begins a sync`,
  synced: (node) => `just after a sync of ${node}`,
  "hint-synced": (node) => `just after ${node} synced a hint`,
  "log-begun": (node) => `just after ${node} wrote the first record of a new log file`,
  compacted: (node) => `just after ${node} compacted its log, before it removes the old files`,
  "log-removed": (node) => `just after ${node} removed an old log file`,
  recovering: (node) => `just after ${node} read one of its log files back`,
  "hint-dropped": (node) => `just before ${node} drops a hint`,
  stream: (node) => `just before ${node} sends a message of a stream of keys`,
  "ring-synced": (node) => `just after ${node} synced another version of the ring`,
  "handing-over": (node) => `just before ${node} hands over a key that it no longer owns`,
  "half-streamed": (node) => `just before ${node} sends a further page of keys to a new owner`,
  switched: (node) =>
    `just after ${node} began to read from the new owners, while another node may still read from the former ones`,
  dropping: (node) => `just before ${node} drops a key that it no longer owns`,
};
