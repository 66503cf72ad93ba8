/** Matches replies of peers with the waiting requests. */
import type { NodeName } from "../host.ts";
import type { PeerReply } from "../protocol/protocol.ts";

/** Code that waits for replies. */
export interface Caller {
  /** `slot`: the index of the request within the call (request id − call). A peer may answer twice. */
  reply(slot: number, from: NodeName, reply: PeerReply): void;
}

/**
 * The largest number of requests in one call: ids call … call + slots − 1. At least twice the largest number of nodes,
 * since a read may ask a replica twice.
 */
const slots = 32;

interface Open {
  readonly call: number;
  readonly caller: Caller;
}

/**
 * The open calls of one node. Ids are unique within this boot, so a late reply never matches another call's request.
 *
 * Open calls are in a ring buffer indexed by number. With a Map, copying calls took half of the garbage collection: a
 * Map keeps outgrown tables, so most calls survived two collections.
 */
export class Calls {
  #next = slots;
  #ring: (Open | undefined)[] = Array.from({ length: 64 }, () => undefined);

  /** Opens a call. The ids of its requests are its number plus their slot. */
  open(caller: Caller): number {
    const call = this.ids();
    while (this.#ring[this.#place(call)] !== undefined) this.#grow();
    this.#ring[this.#place(call)] = { call, caller };
    return call;
  }

  /** The id of the request in that slot of the call. */
  idOf(call: number, slot: number): number {
    return call + slot;
  }

  /** An id for a request whose reply is ignored. */
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

  /** Doubles the ring buffer, since an old call is still open where a new one belongs. */
  #grow(): void {
    const open = this.#ring.filter((each) => each !== undefined);
    this.#ring = Array.from({ length: 2 * this.#ring.length }, () => undefined);
    for (const each of open) this.#ring[this.#place(each.call)] = each;
  }
}
