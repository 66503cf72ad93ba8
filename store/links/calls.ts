/** Matches the replies of peers with the requests that wait for them. */
import type { NodeName } from "../host.ts";
import type { PeerReply } from "../protocol/protocol.ts";

/** An operation that waits for replies. */
export interface Caller {
  /**
   * Called for each reply while the call is open. `slot` is the index of the request within the call (request id −
   * call). A peer may answer twice.
   */
  reply(slot: number, from: NodeName, reply: PeerReply): void;
}

/**
 * The largest number of requests in one call: a call has the ids call … call + slots − 1. Must be at least twice the
 * largest number of nodes, since a read may ask a replica twice.
 */
const slots = 32;

interface Open {
  readonly call: number;
  readonly caller: Caller;
}

/**
 * The open calls of one node. Ids are unique within a boot of the node, so a late reply never matches another call's
 * request.
 *
 * A ring buffer has the open calls, indexed by number. A Map keeps outgrown tables, so with a Map most calls survived
 * two garbage collections, and copying them took half of the collector's time.
 */
export class Calls {
  #next = slots;
  #ring: (Open | undefined)[] = Array.from({ length: 64 }, () => undefined);

  /** Opens a call and returns its number. The id of each of its requests is that number plus the request's slot. */
  open(caller: Caller): number {
    const call = this.ids();
    while (this.#ring[this.#place(call)] !== undefined) this.#grow();
    this.#ring[this.#place(call)] = { call, caller };
    return call;
  }

  /** The id of the request in slot `slot` of call `call`. */
  idOf(call: number, slot: number): number {
    return call + slot;
  }

  /** An id for a request that belongs to no open call. */
  ids(): number {
    const call = this.#next;
    this.#next += slots;
    return call;
  }

  /** Closes the call. Later replies are dropped. */
  close(call: number): void {
    if (this.#ring[this.#place(call)]?.call === call) this.#ring[this.#place(call)] = undefined;
  }

  route(from: NodeName, reply: PeerReply): void {
    const slot = reply.id % slots;
    const call = reply.id - slot;
    const open = this.#ring[this.#place(call)];
    if (open?.call === call) open.caller.reply(slot, from, reply);
  }

  #place(call: number): number {
    return (call / slots) % this.#ring.length;
  }

  /** Doubles the ring buffer, since the place of the new call is taken by an old one that is still open. */
  #grow(): void {
    const open = this.#ring.filter((each) => each !== undefined);
    this.#ring = Array.from({ length: 2 * this.#ring.length }, () => undefined);
    for (const each of open) this.#ring[this.#place(each.call)] = each;
  }
}
