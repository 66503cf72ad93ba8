/** Pairs the replies of peers with the requests that wait for them. */
import type { NodeName } from "../host.ts";
import type { PeerReply } from "../protocol/protocol.ts";

/** Whoever waits for replies. */
export interface Caller {
  /** `slot`: which of its requests is answered (request id − call). A peer may answer twice. */
  reply(slot: number, from: NodeName, reply: PeerReply): void;
}

/**
 * Requests that one call may have under way: ids call … call + slots − 1. At least twice the largest number of nodes: a
 * read may ask a replica twice.
 */
const slots = 32;

interface Open {
  readonly call: number;
  readonly caller: Caller;
}

/**
 * Ids are unique within this boot: a late reply never meets another call's request.
 *
 * Open calls are kept in a ring buffer, indexed by their number. With a Map, half of the time of garbage collection went
 * into copying calls: a Map keeps the tables that it has outgrown, so most calls survived two collections.
 */
export class Calls {
  #next = slots;
  #ring: (Open | undefined)[] = Array.from({ length: 64 }, () => undefined);

  /** The call's number; its requests carry it plus their slot as id. */
  open(caller: Caller): number {
    const call = this.ids();
    while (this.#ring[this.#place(call)] !== undefined) this.#grow();
    this.#ring[this.#place(call)] = { call, caller };
    return call;
  }

  /** The id of the call's request in that slot. */
  idOf(call: number, slot: number): number {
    return call + slot;
  }

  /** An id for a request whose reply is ignored. */
  ids(): number {
    const call = this.#next;
    this.#next += slots;
    return call;
  }

  /** Later replies are dropped. */
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

  /** An old call is still open where a new one belongs. */
  #grow(): void {
    const open = this.#ring.filter((each) => each !== undefined);
    this.#ring = Array.from({ length: 2 * this.#ring.length }, () => undefined);
    for (const each of open) this.#ring[this.#place(each.call)] = each;
  }
}
