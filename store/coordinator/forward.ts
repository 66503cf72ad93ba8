/** Passes a put on to a replica of its key, which mints its dot and coordinates it (siblings). */
import type { Caller } from "../calls.ts";
import type { Core, Requester } from "../core.ts";
import { refuse } from "../core.ts";
import type { Expiring } from "../deadlines.ts";
import type { NodeName } from "../host.ts";
import type { ClientReply, ClientRequest, PeerReply } from "../protocol.ts";

type Put = ClientRequest & { readonly type: "put" };

/** Once it is sent nobody here knows what became of it: no reply in time is `forward-lost`, never definite, and it is not sent again. */
export function forwardPut(core: Core, requester: Requester, request: Put, replicas: readonly NodeName[]): void {
  const to = replicas.find((node) => core.peers.isUp(node));
  if (to === undefined) return refuse(requester, request.id, "not-enough-replicas", "expected one reachable replica of the key to pass the put on to, none is");
  new Forward(core, requester, request, to).start(request);
}

class Forward implements Caller, Expiring {
  done = false;
  readonly #core: Core;
  readonly #requester: Requester;
  readonly #id: number;
  readonly #to: NodeName;
  #call = 0;

  constructor(core: Core, requester: Requester, request: Put, to: NodeName) {
    this.#core = core;
    this.#requester = requester;
    this.#id = request.id;
    this.#to = to;
  }

  start(request: Put): void {
    const { type: _, id: trace, ...put } = request;
    this.#call = this.#core.calls.open(this);
    this.#core.peers.send(this.#to, { type: "forward-put", id: this.#call, trace, ...put });
    this.#core.deadlines.add(this);
  }

  reply(_slot: number, _from: NodeName, reply: PeerReply): void {
    if (reply.type === "forwarded") this.#finish({ ...reply.reply, id: this.#id });
  }

  expire(): void {
    this.#finish({ type: "error", id: this.#id, code: "forward-lost", message: `${this.#to} did not answer within ${this.#core.settings.requestTimeoutMs} ms` });
  }

  #finish(reply: ClientReply): void {
    this.done = true;
    this.#core.calls.close(this.#call);
    this.#requester.answer(reply);
  }
}
