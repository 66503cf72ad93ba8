/** A read that the client itself carries out: asks all N replicas, answers from the first R that reply, then repairs those that were behind. */
import type { NodeName } from "../host.ts";
import type { ClientReply, ClientRequest } from "../protocol/protocol.ts";
import { quorumComplaint, readQuorum } from "../placement/quorum.ts";
import type { State } from "../versions/records.ts";
import { encodeContext } from "../versions/siblings.ts";
import { merge, mergeAll } from "../versions/states.ts";
import type { Routing } from "./router.ts";

type Get = ClientRequest & { readonly type: "get" };

export function startRead(
  routing: Routing,
  request: Get,
  replicas: readonly NodeName[],
  answer: (reply: ClientReply) => void,
): void {
  const { settings } = routing;
  const problem = quorumComplaint(request, settings.n);
  if (problem !== null)
    return answer({ type: "error", id: request.id, code: "bad-request", message: problem });
  const { needed, primaries } = readQuorum(settings, request);
  new RoutedRead(routing, request, replicas, Math.max(needed, primaries), answer).start();
}

class RoutedRead {
  readonly #routing: Routing;
  readonly #request: Get;
  readonly #replicas: readonly NodeName[];
  readonly #needed: number;
  readonly #answer: (reply: ClientReply) => void;
  readonly #replies = new Map<NodeName, State | null>();
  readonly #lost = new Set<NodeName>();
  #anySent = false;
  #isAnswered = false;
  #done = false;
  #timer: { cancel(): void } | null = null;

  constructor(
    routing: Routing,
    request: Get,
    replicas: readonly NodeName[],
    needed: number,
    answer: (reply: ClientReply) => void,
  ) {
    this.#routing = routing;
    this.#request = request;
    this.#replicas = replicas;
    this.#needed = needed;
    this.#answer = answer;
  }

  start(): void {
    const { links, setTimer, settings } = this.#routing;
    const { id, key } = this.#request;
    this.#timer = setTimer(settings.requestTimeoutMs, () => this.#expire());
    for (const node of this.#replicas) {
      links.call(node, { type: "replica-get", id, trace: id, key }, (end) => {
        if (end.reply?.type === "replica-got") this.#replies.set(node, end.reply.state);
        else {
          this.#lost.add(node);
          if (end.reply === null && end.sent) this.#anySent = true;
        }
        this.#look();
      });
    }
  }

  #look(): void {
    if (this.#done) return;
    if (!this.#isAnswered && this.#replies.size >= this.#needed) this.#reply();
    const open = this.#replicas.length - this.#replies.size - this.#lost.size;
    if (!this.#isAnswered && this.#replies.size + open < this.#needed) this.#refuse();
    if (open === 0) this.#finish();
  }

  #reply(): void {
    this.#isAnswered = true;
    const state = mergeAll(merge, [...this.#replies.values()]);
    const got = { type: "got", id: this.#request.id, key: this.#request.key, state } as const;
    this.#answer(
      state?.kind === "siblings" ? { ...got, context: encodeContext(state.context) } : got,
    );
  }

  #refuse(): void {
    this.#isAnswered = true;
    const message = `${this.#replies.size} of r = ${this.#needed} replicas replied, and no more can be reached`;
    // A read that returned nothing changed nothing: who was asked and who was not makes no difference but to the name of the error.
    this.#answer({
      type: "error",
      id: this.#request.id,
      code: this.#anySent || this.#replies.size > 0 ? "timeout" : "not-enough-replicas",
      message,
    });
  }

  #expire(): void {
    if (!this.#isAnswered) {
      this.#isAnswered = true;
      const message = `${this.#replies.size} of r = ${this.#needed} replicas replied within ${this.#routing.settings.requestTimeoutMs} ms`;
      this.#answer({ type: "error", id: this.#request.id, code: "timeout", message });
    }
    this.#finish();
  }

  #finish(): void {
    if (this.#done) return;
    this.#done = true;
    this.#timer?.cancel();
    const { settings, links } = this.#routing;
    if (settings.readRepair !== "off") this.#repair();
    for (const node of this.#replicas)
      if (!this.#replies.has(node) && !this.#lost.has(node)) links.forget(node, this.#request.id);
  }

  /** Nobody waits for it, but the connections are kept until it is through. */
  #repair(): void {
    const { links, setTimer, settings } = this.#routing;
    const target = mergeAll(merge, [...this.#replies.values()]);
    if (target === null) return;
    const { id: trace, key } = this.#request;
    for (const [node, state] of this.#replies) {
      if (state !== null && merge(state, target) === state) continue;
      const timer = setTimer(settings.requestTimeoutMs, () => links.forget(node, trace));
      links.call(
        node,
        { type: "replica-put", id: trace, trace, key, state: target, cause: "read-repair" },
        () => timer.cancel(),
      );
    }
  }
}
