/**
 * Runs a put that the client coordinates. The first reachable replica of the preference list gives the put its version
 * and stores it. The client then sends the put to the other replicas in parallel. With hints on, the client asks a
 * fallback node, if there is one, to keep a hint for a replica that misses the put. Hints do not count as
 * confirmations.
 */
import type { NodeName } from "../host.ts";
import type { ClientReply, ClientRequest } from "../protocol/protocol.ts";
import { quorumComplaint, writeQuorum } from "../placement/quorum.ts";
import type { State } from "../versions/records.ts";
import { fallbacks } from "../placement/ring.ts";
import { encodeContext } from "../versions/siblings.ts";
import type { Routing } from "./router.ts";

type Put = ClientRequest & { readonly type: "put" };

export function startWrite(
  routing: Routing,
  request: Put,
  replicas: readonly NodeName[],
  answer: (reply: ClientReply) => void,
): void {
  const problem = quorumComplaint(request, routing.settings.n);
  if (problem !== null)
    return answer({ type: "error", id: request.id, code: "bad-request", message: problem });
  const { needed, primaries, durable } = writeQuorum(routing.settings, request);
  new RoutedWrite(
    routing,
    request,
    replicas,
    neededOf({ w: needed, pw: primaries, dw: durable }),
    durable > 0,
    answer,
  ).start();
}

/** The number of confirmations that a put needs, and the name of the quorum that demands so many. */
interface Needed {
  readonly count: number;
  readonly name: string;
}

function neededOf(quorums: Readonly<Record<"w" | "pw" | "dw", number>>): Needed {
  const count = Math.max(...Object.values(quorums));
  const name = Object.entries(quorums).find(([, number]) => number === count)?.[0] ?? "w";
  return { count, name };
}

class RoutedWrite {
  readonly #routing: Routing;
  readonly #request: Put;
  readonly #replicas: readonly NodeName[];
  readonly #needed: Needed;
  readonly #answer: (reply: ClientReply) => void;
  /**
   * If the put has a DW, each request to a replica says `synced`: all replicas then sync before they confirm, so every
   * confirmation counts for DW.
   */
  readonly #synced: { readonly synced?: true };
  #confirmed = 0;
  #isAnswered = false;
  #timer: { cancel(): void } | null = null;
  #waitsFor: NodeName | null = null;

  constructor(
    routing: Routing,
    request: Put,
    replicas: readonly NodeName[],
    needed: Needed,
    synced: boolean,
    answer: (reply: ClientReply) => void,
  ) {
    this.#routing = routing;
    this.#request = request;
    this.#replicas = replicas;
    this.#needed = needed;
    this.#synced = synced ? { synced } : {};
    this.#answer = answer;
  }

  start(): void {
    const { settings, setTimer, links } = this.#routing;
    this.#timer = setTimer(settings.requestTimeoutMs, () => {
      if (this.#waitsFor !== null) links.forget(this.#waitsFor, this.#request.id);
      this.#reply({
        type: "error",
        id: this.#request.id,
        code: "timeout",
        message: `${this.#confirmed} of ${this.#needed.name} = ${this.#needed.count} replicas confirmed within ${settings.requestTimeoutMs} ms`,
      });
    });
    this.#version(0);
  }

  /**
   * Asks the replica at `index` to give the put its version. Asks the next replica only if this one certainly did
   * nothing.
   */
  #version(index: number): void {
    const { id, key, value, context } = this.#request;
    const node = this.#replicas[index];
    if (node === undefined)
      return this.#reply({
        type: "error",
        id,
        code: "not-enough-replicas",
        message: "expected one reachable replica of the key to issue the put's version, got none",
      });
    this.#waitsFor = node;
    this.#routing.links.call(
      node,
      {
        type: "version-put",
        id,
        key,
        value,
        ...(context === undefined ? {} : { context }),
        ...this.#synced,
      },
      (end) => {
        this.#waitsFor = null;
        if (this.#isAnswered) return;
        if (end.reply?.type === "versioned")
          return this.#spread(node, end.reply.version, end.reply.state);
        if (
          end.reply === null
            ? !end.sent
            : end.reply.type === "error" && end.reply.code === "not-ready"
        )
          return this.#version(index + 1);
        if (end.reply?.type === "error") return this.#reply(end.reply);
        this.#reply({
          type: "error",
          id,
          code: "timeout",
          message: `the connection to ${node} was lost before ${node} confirmed`,
        });
      },
    );
  }

  #spread(master: NodeName, version: string, state: State): void {
    const { id, key } = this.#request;
    const done = (): void => {
      this.#confirmed++;
      if (this.#confirmed < this.#needed.count) return;
      const onlyThis = state.kind === "siblings" && state.siblings.length === 1;
      this.#reply({
        type: "stored",
        id,
        key,
        version,
        ...(onlyThis ? { context: encodeContext(state.context) } : {}),
      });
    };
    for (const node of this.#replicas) {
      if (node !== master)
        this.#keepTrying(
          node,
          { type: "replica-put", id, trace: id, key, state, cause: "write", ...this.#synced },
          done,
          () => this.#hint(node, state),
        );
    }
    done();
  }

  #hint(target: NodeName, state: State): void {
    const { settings } = this.#routing;
    if (!settings.hints) return;
    const { id, key } = this.#request;
    const standIns = [...fallbacks(settings, key)];
    const next = (): void => {
      const node = standIns.shift();
      if (node !== undefined)
        this.#keepTrying(
          node,
          { type: "hint-put", id, trace: id, key, state, target },
          () => {},
          next,
        );
    };
    next();
  }

  /**
   * Sends a request with a timeout of its own, so that the request can continue after the client has its answer. Calls
   * `confirmed` or `missed`.
   */
  #keepTrying(
    node: NodeName,
    message: Parameters<Routing["links"]["call"]>[1],
    confirmed: () => void,
    missed: () => void,
  ): void {
    const { links, setTimer, settings } = this.#routing;
    const timer = setTimer(settings.requestTimeoutMs, () => {
      missed();
      links.forget(node, message.id);
    });
    links.call(node, message, ({ reply }) => {
      timer.cancel();
      if (reply?.type === "replica-stored" || reply?.type === "hint-stored") confirmed();
      else missed();
    });
  }

  #reply(reply: ClientReply): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    this.#timer?.cancel();
    this.#answer(reply);
  }
}
