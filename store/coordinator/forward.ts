/** Forwards a put to a replica of its key, which gives the put its dot and coordinates it (siblings). */
import type { Caller } from "../links/calls.ts";
import type { Core, Requester } from "../core.ts";
import { refuse } from "../core.ts";
import type { Expiring } from "../links/deadlines.ts";
import type { NodeName } from "../host.ts";
import type { ClientReply, ClientRequest, PeerReply } from "../protocol/protocol.ts";
import { firstRingName, isNewer, type RingName } from "../placement/ring-state.ts";

type Put = ClientRequest & { readonly type: "put" };

/**
 * Forwards the put to the first reachable owner of its key. If no reply comes, the outcome is unknown: the error is
 * `forward-lost`, which is never definite, and the put is not sent again.
 */
export function forwardPut(core: Core, requester: Requester, request: Put): void {
  const replicas = core.rings.owners(request.key);
  const to = replicas.find((node) => core.peers.isUp(node));
  if (to === undefined)
    return refuse(
      requester,
      request.id,
      "not-enough-replicas",
      "expected one reachable replica of the key to pass the put on to, got none",
    );
  new Forward(core, requester, request, replicas).send(to);
}

class Forward implements Caller, Expiring {
  done = false;
  readonly #core: Core;
  readonly #requester: Requester;
  readonly #request: Put;
  readonly #replicas: readonly NodeName[];
  readonly #tried: NodeName[] = [];
  #call = 0;
  #ring: RingName = firstRingName;

  constructor(core: Core, requester: Requester, request: Put, replicas: readonly NodeName[]) {
    this.#core = core;
    this.#requester = requester;
    this.#request = request;
    this.#replicas = replicas;
  }

  send(to: NodeName): void {
    this.#tried.push(to);
    this.#sendTo(to);
    this.#core.deadlines.add(this);
  }

  #sendTo(to: NodeName): void {
    const { type: _, id: trace, ...put } = this.#request;
    const { calls, peers, rings } = this.#core;
    this.#call = calls.open(this);
    this.#ring = rings.view.name;
    peers.send(to, { type: "forward-put", id: this.#call, trace, ...put });
  }

  /**
   * After a refusal for an older ring: forwards the put to a reachable node, other than this one, that owns the key in
   * the newer ring. The node that refused did nothing.
   */
  #goByNewerRing(): void {
    const { calls, peers, rings, host } = this.#core;
    if (this.done || !isNewer(rings.view.name, this.#ring)) return;
    calls.close(this.#call);
    const owners = rings.owners(this.#request.key);
    const to = owners.find((node) => node !== host.node && peers.isUp(node));
    if (to !== undefined) return this.#sendTo(to);
    this.#finish({
      type: "error",
      id: this.#request.id,
      code: "not-enough-replicas",
      message: "expected one reachable replica of the key to pass the put on to, got none",
    });
  }

  reply(_slot: number, _from: NodeName, reply: PeerReply): void {
    if (reply.type === "ring-refused") return this.#goByNewerRing();
    if (reply.type === "forwarded") this.#finish({ ...reply.reply, id: this.#request.id });
  }

  expire(): void {
    const next = this.#core.parts.forwardAgain(this.#replicas, this.#tried);
    if (next !== null) {
      this.#core.calls.close(this.#call);
      return this.send(next);
    }
    const waited = `${this.#tried.join(", ")} did not answer within ${this.#core.settings.requestTimeoutMs} ms`;
    this.#finish({ type: "error", id: this.#request.id, code: "forward-lost", message: waited });
  }

  #finish(reply: ClientReply): void {
    this.done = true;
    this.#core.calls.close(this.#call);
    this.#requester.answer(reply);
  }
}
