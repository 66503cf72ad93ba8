/**
 * The first half of a write with a quorum stamp: asks replicas for their stamps of the key, and continues once enough
 * have replied. Both halves share one timeout.
 */
import type { Caller } from "../links/calls.ts";
import type { Core, Requester } from "../core.ts";
import { refuse } from "../core.ts";
import type { Expiring } from "../links/deadlines.ts";
import type { NodeName } from "../host.ts";
import type { PeerReply, PeerRequest } from "../protocol/protocol.ts";
import { firstRingName, isNewer, type RingName } from "../placement/ring-state.ts";

/**
 * Calls `write` with the newest stamp in the replies of the replicas, or with undefined if they have none. Answers the
 * requester with `timeout` if too few replicas reply.
 */
export function askStamps(
  core: Core,
  requester: Requester,
  id: number,
  key: string,
  write: (seen: string | undefined) => Expiring,
): void {
  new StampRead(core, requester, id, write).start(key);
}

/**
 * A replica's reply with its newest stamp for the key: that of the key's durable state, or else the newest of the keys
 * that it has forgotten. Stamps of writes that are not durable yet do not count: those writes may vanish, so later
 * writes need not follow them.
 */
export function tellStamp(
  core: Core,
  { id, trace, key }: PeerRequest & { readonly type: "stamp-get" },
): PeerReply {
  return { type: "stamp-got", id, trace, key, stamp: core.replica.stamp(key) };
}

class StampRead implements Caller, Expiring {
  readonly #core: Core;
  readonly #requester: Requester;
  readonly #id: number;
  readonly #begin: (seen: string | undefined) => Expiring;
  #from: readonly NodeName[] = [];
  #told: readonly (string | null)[] = [];
  #key = "";
  #ring: RingName = firstRingName;
  #needed = 0;
  #write: Expiring | null = null;
  #expired = false;
  #call = 0;

  constructor(
    core: Core,
    requester: Requester,
    id: number,
    begin: (seen: string | undefined) => Expiring,
  ) {
    this.#core = core;
    this.#requester = requester;
    this.#id = id;
    this.#begin = begin;
  }

  get done(): boolean {
    return this.#expired || this.#write?.done === true;
  }

  start(key: string): void {
    this.#key = key;
    this.#ask();
    this.#core.deadlines.add(this);
  }

  #ask(): void {
    const { peers, calls, rings } = this.#core;
    const replicas = rings.readers(this.#key);
    this.#call = calls.open(this);
    this.#ring = rings.view.name;
    this.#needed = this.#core.parts.stampReplicas(rings.view.reads);
    this.#from = [];
    this.#told = [];
    for (let slot = 0; slot < replicas.length; slot++) {
      peers.send(
        replicas[slot] ?? "",
        { type: "stamp-get", id: this.#call + slot, trace: this.#id, key: this.#key },
        this.#ring,
      );
    }
  }

  /**
   * After a refusal for an older ring: asks the replicas that reads use in the newer ring, which this node knows by
   * now.
   */
  #goByNewerRing(): void {
    const { calls, rings } = this.#core;
    if (this.#write !== null || this.#expired || !isNewer(rings.view.name, this.#ring)) return;
    calls.close(this.#call);
    this.#ask();
  }

  reply(_slot: number, from: NodeName, reply: PeerReply): void {
    if (reply.type === "ring-refused") return this.#goByNewerRing();
    if (reply.type !== "stamp-got" || this.#from.includes(from)) return;
    this.#from = [...this.#from, from];
    this.#told = [...this.#told, reply.stamp];
    if (this.#from.length < this.#needed) return;
    const { parts, calls } = this.#core;
    calls.close(this.#call);
    this.#write = this.#begin(parts.newestStamp(this.#told));
  }

  expire(): void {
    if (this.#write !== null) return this.#write.expire();
    this.#expired = true;
    this.#core.calls.close(this.#call);
    const { settings } = this.#core;
    refuse(
      this.#requester,
      this.#id,
      "timeout",
      `${this.#from.length} of ${this.#needed} replicas reported their stamp within ${settings.requestTimeoutMs} ms`,
    );
  }
}
