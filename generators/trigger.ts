/** Triggers: events inside a node, as its Host sees them, for which a fault can wait. */
import { nodeName } from "./plan.ts";

/**
 * Frames, just before they leave: a replica's acknowledgement of a write, the answer that a write succeeded, a write on
 * its way to a replica, the same for a repair or a hint handed off, and each step of an exchange. The begin of a sync
 * of something, when all of that is at stake. And just after a sync: of anything, of a hint. Of a log's files: one got
 * its first record; a compacted one is whole, and what it replaces is still there; an old one is gone; one was read by
 * a node that starts and does not serve yet. And just before a hint is dropped undelivered. And while membership changes: before a
 * page of a stream leaves, before a further page of a stream leaves, before a key that another node owns by now is
 * handed over, before such a key is dropped, just after the sync of another version of the ring, and just after reads
 * at one node went over to the new owners while another node's have not yet.
 */
export const hostEvents = [
  "replica-ack",
  "client-ack",
  "replica-write",
  "read-repair",
  "handoff",
  "exchange",
  "syncing",
  "synced",
  "hint-synced",
  "log-begun",
  "compacted",
  "log-removed",
  "recovering",
  "hint-dropped",
  "stream",
  "ring-synced",
  "handing-over",
  "half-streamed",
  "switched",
  "dropping",
] as const;
/** An event inside a node for which a fault can wait. */
export type HostEvent = (typeof hostEvents)[number];

/** Those that only a change of membership brings. */
export const ringEvents: readonly HostEvent[] = [
  "stream",
  "ring-synced",
  "handing-over",
  "half-streamed",
  "switched",
  "dropping",
];

/** The `count`-th such event (from 1) at the node, counted from when the fault is due. */
export interface Trigger {
  readonly event: HostEvent;
  /** An index, as everywhere in a plan. */
  readonly node: number;
  readonly count: number;
}

export function triggerText({ event, node, count }: Trigger): string {
  const times =
    count === 1 ? "" : `, for the ${count}${count === 2 ? "nd" : count === 3 ? "rd" : "th"} time`;
  return `${words[event](nodeName(node))}${times}`;
}

const words: Readonly<Record<HostEvent, (node: string) => string>> = {
  "replica-ack": (node) => `just before ${node} acknowledges a write to its coordinator`,
  "client-ack": (node) => `just before ${node} tells a client that its write succeeded`,
  "replica-write": (node) => `just before ${node} sends a write to a replica`,
  "read-repair": (node) => `just before ${node} repairs a replica`,
  handoff: (node) => `just before ${node} hands a hint off`,
  exchange: (node) => `just before ${node} sends a step of an exchange`,
  syncing: (node) => `while ${node} syncs what it wrote`,
  synced: (node) => `just after a sync of ${node}`,
  "hint-synced": (node) => `just after ${node} synced a hint`,
  "log-begun": (node) => `just after the first record of a new log file of ${node}`,
  compacted: (node) => `just after ${node} compacted its log, before it removes the old files`,
  "log-removed": (node) => `just after ${node} removed an old log file`,
  recovering: (node) => `just after ${node} read one of its log files back`,
  "hint-dropped": (node) => `just before ${node} drops a hint`,
  stream: (node) => `just before ${node} sends a page of a stream`,
  "ring-synced": (node) => `just after ${node} synced another version of the ring`,
  "handing-over": (node) => `just before ${node} hands over a key that it owns no more`,
  "half-streamed": (node) =>
    `just before ${node} sends the rest of a range of which it sent a part`,
  switched: (node) =>
    `just after reads at ${node} went over to the new owners, before all others did`,
  dropping: (node) => `just before ${node} drops a key that it owns no more`,
};
