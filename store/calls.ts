/** Pairs the replies of peers with the requests that wait for them. */
import type { NodeName } from "./host.ts";
import type { PeerReply } from "./protocol.ts";

/** Whoever waits for replies. */
export interface Caller {
  /** `slot`: which of its requests is answered (request id − call). A peer may answer twice. */
  reply(slot: number, from: NodeName, reply: PeerReply): void;
}

/** Requests that one call may have under way: ids call … call + slots − 1. At least twice the largest number of nodes: a read may ask a replica twice. */
const slots = 32;

/** Ids are unique within this boot: a late reply never meets another call's request. */
export class Calls {
  #next = slots;
  readonly #callers = new Map<number, Caller>();

  /** The call's number; its requests carry it plus their slot as id. */
  open(caller: Caller): number {
    const call = this.ids();
    this.#callers.set(call, caller);
    return call;
  }

  /** Ids for requests to whose replies nobody listens. */
  ids(): number {
    const call = this.#next;
    this.#next += slots;
    return call;
  }

  /** Later replies are dropped. */
  close(call: number): void {
    this.#callers.delete(call);
  }

  route(from: NodeName, reply: PeerReply): void {
    const slot = reply.id % slots;
    this.#callers.get(reply.id - slot)?.reply(slot, from, reply);
  }
}
