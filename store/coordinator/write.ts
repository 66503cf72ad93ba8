/** Coordinates a write: sends the new state to all N replicas, acknowledges once W have it durable. */
import type { Caller } from "../calls.ts";
import type { Core, Requester } from "../core.ts";
import { refuse } from "../core.ts";
import type { Expiring } from "../deadlines.ts";
import type { NodeName } from "../host.ts";
import type { WriteProgress } from "../parts.ts";
import type { ClientRequest, PeerReply } from "../protocol.ts";
import type { State, VersionVector } from "../records.ts";
import { keyProblem, quorumProblem, sizeProblem } from "../requests.ts";
import { decodeContext, dotOf, emptyContext, encodeContext } from "../siblings.ts";
import { forwardPut } from "./forward.ts";

type Put = ClientRequest & { readonly type: "put" };

/** Answers `requester` once: the version given, or an error. Nothing was sent to a replica if the error is definite. */
export function coordinateWrite(core: Core, requester: Requester, request: Put): void {
  const { settings, parts, peers } = core;
  const needed = request.w ?? settings.w;
  const problem = keyProblem(request.key) ?? quorumProblem("w", needed, settings.n);
  if (problem !== null) return refuse(requester, request.id, "bad-request", problem);
  const replicas = parts.preferenceList(settings, request.key);
  const up = peers.countUp(replicas);
  if (settings.versions === "stamps") {
    if (up < needed) return refuseQuorum(requester, request.id, needed, up);
    return putStamped(core, requester, request, replicas, needed);
  }
  const context = request.context === undefined ? emptyContext : decodeContext(request.context);
  if (context === null) return refuse(requester, request.id, "bad-request", "expected a context that an earlier reply carried, got something else");
  // Dots are minted by the key's own replicas only: contexts then name at most N actors a boot, however many nodes there are.
  if (!replicas.includes(core.host.node)) return forwardPut(core, requester, request, replicas);
  if (up < needed || !peers.isUp(core.host.node)) return refuseQuorum(requester, request.id, needed, up);
  putSiblings(core, requester, request, replicas, needed, context);
}

function putStamped(core: Core, requester: Requester, request: Put, replicas: readonly NodeName[], needed: number): void {
  const version = core.parts.stamp(core.clock);
  const state: State = { kind: "stamped", stamp: version, value: request.value };
  const problem = sizeProblem(state, core.settings);
  if (problem !== null) return refuse(requester, request.id, "bad-request", problem);
  new Write(core, requester, request, replicas, needed, version).start(state);
}

function putSiblings(core: Core, requester: Requester, request: Put, replicas: readonly NodeName[], needed: number, context: VersionVector): void {
  const entry = core.replica.entry(request.key);
  const before = entry.latest?.kind === "siblings" ? entry.latest : null;
  const version = dotOf(before, core.actor);
  const state = core.parts.mint(before, core.actor, context, request.value);
  const problem = sizeProblem(state, core.settings);
  if (problem !== null) return refuse(requester, request.id, "bad-request", problem);
  // At once, before it is durable: the next put here must build on it, or it would mint the same dot again.
  entry.latest = state;
  const onlyThis = state.siblings.length === 1;
  new Write(core, requester, request, replicas, needed, version, onlyThis ? encodeContext(state.context) : undefined).start(state);
}

function refuseQuorum(requester: Requester, id: number, needed: number, up: number): void {
  refuse(requester, id, "not-enough-replicas", `expected w = ${needed} reachable replicas, ${up} are`);
}

class Write implements Caller, Expiring, WriteProgress {
  readonly key: string;
  readonly replicas: readonly NodeName[];
  readonly needed: number;
  readonly confirmed: NodeName[] = [];
  done = false;
  readonly #core: Core;
  readonly #requester: Requester;
  readonly #id: number;
  readonly #version: string;
  readonly #context: string | undefined;
  #call = 0;

  constructor(core: Core, requester: Requester, request: Put, replicas: readonly NodeName[], needed: number, version: string, context?: string) {
    this.#core = core;
    this.#requester = requester;
    this.#id = request.id;
    this.#version = version;
    this.#context = context;
    this.key = request.key;
    this.replicas = replicas;
    this.needed = needed;
  }

  start(state: State): void {
    const { peers, calls, deadlines } = this.#core;
    const { key, replicas } = this;
    this.#call = calls.open(this);
    for (let slot = 0; slot < replicas.length; slot++) {
      peers.send(replicas[slot] ?? "", { type: "replica-put", id: this.#call + slot, trace: this.#id, key, state, cause: "write" });
    }
    deadlines.add(this);
  }

  reply(_slot: number, from: NodeName, reply: PeerReply): void {
    if (reply.type !== "replica-stored" || this.confirmed.includes(from)) return;
    this.confirmed.push(from);
    if (!this.#core.parts.isAcknowledged(this)) return;
    this.#finish();
    const stored = { type: "stored", id: this.#id, key: this.key, version: this.#version } as const;
    this.#requester.answer(this.#context === undefined ? stored : { ...stored, context: this.#context });
  }

  expire(): void {
    this.#finish();
    const { length } = this.confirmed;
    refuse(this.#requester, this.#id, this.#core.parts.timeoutCode(this), `${length} of w = ${this.needed} replicas confirmed within ${this.#core.settings.requestTimeoutMs} ms`);
  }

  #finish(): void {
    this.done = true;
    this.#core.calls.close(this.#call);
  }
}
