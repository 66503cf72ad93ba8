/** Triggers: events inside a node, as its Host sees them, for which a fault can wait. */
import { nodeName } from "./plan.ts";

/** Those that only a change of membership brings. */
export const ringEvents = [
  // Just before a page of a stream leaves.
  "stream",
  // Just after the sync of another version of the ring.
  "ring-synced",
  // Just before a key is handed to the node that owns it by now.
  "handing-over",
  // Just before a further page of a stream leaves.
  "half-streamed",
  // Just after reads at this node went over to the new owners, while those at another have not yet.
  "switched",
  // Just before a key is dropped that others own.
  "dropping",
] as const;

export const hostEvents = [
  // Frames, just before they leave: a replica's acknowledgement, the answer that a write succeeded, a write on its way to
  // a replica, the same for a repair and for a hint handed off, a step of an exchange.
  "replica-ack",
  "client-ack",
  "replica-write",
  "read-repair",
  "handoff",
  "exchange",
  // When a sync begins, so that all that it would keep is at stake.
  "syncing",
  // Just after a sync: of anything, of a hint.
  "synced",
  "hint-synced",
  // A log's file got its first record; a compacted one is whole, and those that it replaces are still there; an old one
  // is gone; a node that starts has read one, and does not serve yet.
  "log-begun",
  "compacted",
  "log-removed",
  "recovering",
  // Just before a hint is dropped undelivered.
  "hint-dropped",
  ...ringEvents,
] as const;
/** An event inside a node for which a fault can wait. */
export type HostEvent = (typeof hostEvents)[number];

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
