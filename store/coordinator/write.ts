/**
 * Coordinates a write: sends the new state to the key's replicas, and acknowledges the write once enough nodes have
 * confirmed it. With hints on, fallback nodes get hints in place of unreachable replicas.
 */
import type { Caller } from "../links/calls.ts";
import type { Core, Requester } from "../core.ts";
import { refuse } from "../core.ts";
import type { Expiring, Resending } from "../links/deadlines.ts";
import type { ErrorCode } from "../protocol/errors.ts";
import type { NodeName } from "../host.ts";
import type { WriteProgress } from "../parts.ts";
import type { ClientRequest, PeerReply, PeerRequest } from "../protocol/protocol.ts";
import type { State, VersionVector } from "../versions/records.ts";
import { type NeededQuorum, quorumComplaint, writeQuorum } from "../placement/quorum.ts";
import { keyProblem, sizeProblem } from "../protocol/requests.ts";
import {
  decodeContext,
  dotOf,
  emptyContext,
  encodeContext,
  largestCounter,
} from "../versions/siblings.ts";
import { stampQuorum } from "../versions/stamps.ts";
import { forwardPut } from "./forward.ts";
import { askStamps } from "./quorum-stamp.ts";
import { type Target, targetsOf } from "./targets.ts";
import { isNewer, type RingName } from "../placement/ring-state.ts";

type Put = ClientRequest & { readonly type: "put" };

/** Answers `requester` once with the version or an error. After a definite error no replica has stored the write. */
export function coordinateWrite(core: Core, requester: Requester, request: Put): void {
  const { settings, peers, rings } = core;
  const { writes, reads } = rings.view;
  const problem =
    keyProblem(request.key) ??
    writes.map((on) => quorumComplaint(request, on.n)).find((complaint) => complaint !== null) ??
    null;
  if (problem !== null) return refuse(requester, request.id, "bad-request", problem);
  const replicas = rings.owners(request.key);
  const targets = targetsOf(core, replicas, request.key);
  const up = targets.length;
  const refusal = refusalOf(core, request, targets);
  if (settings.versions === "stamps") {
    if (refusal !== null) return refuse(requester, request.id, ...refusal);
    const asked = settings.stamps === "quorum" ? stampQuorum(reads) : 0;
    if (up < asked)
      return refuse(
        requester,
        request.id,
        "not-enough-replicas",
        `expected ${asked} reachable replicas to take the stamp from, got ${up}`,
      );
    return putStamped(core, requester, request);
  }
  const context = request.context === undefined ? emptyContext : decodeContext(request.context);
  if (context === null)
    return refuse(
      requester,
      request.id,
      "bad-request",
      "expected a context that an earlier reply carried, got something else",
    );
  // Only the key's own replicas issue dots. While the ring stays the same, a context then names at most N nodes,
  // however many nodes there are. Each boot of a node is an actor of its own.
  if (!replicas.includes(core.host.node)) return forwardPut(core, requester, request);
  if (refusal !== null) return refuse(requester, request.id, ...refusal);
  if (!peers.isUp(core.host.node))
    return refuse(
      requester,
      request.id,
      "not-enough-replicas",
      "expected this node's link to itself to be up, but it is still down",
    );
  putSiblings(core, requester, request, context);
}

/** The owners of a key in one ring, and how many of them a write needs. */
interface Owners {
  readonly replicas: readonly NodeName[];
  readonly quorum: NeededQuorum;
}

/**
 * The owners of the key in each ring that writes use. That is one ring, or two in the first steps of a membership
 * change: the old and the new one. A write needs a quorum in each.
 */
function ownersOf({ parts, rings }: Core, request: Put): readonly Owners[] {
  return rings.view.writes.map((on) => ({
    replicas: parts.preferenceList(on, request.key),
    quorum: writeQuorum(on, request),
  }));
}

/**
 * Why the write cannot reach its quorums, so that nothing is sent. Null if all reachable nodes together, with hints for
 * the other replicas, could be enough.
 */
function refusalOf(
  core: Core,
  request: Put,
  targets: readonly Target[],
): readonly [ErrorCode, string] | null {
  const all = ownersOf(core, request);
  for (const owners of all) {
    const among =
      all.length === 1
        ? targets
        : targets.filter(({ node, hintFor = node }) => owners.replicas.includes(hintFor));
    const refusal = refusalAmong(core, request.key, owners, among);
    if (refusal !== null) return refusal;
  }
  return null;
}

function refusalAmong(
  { parts, settings, peers }: Core,
  key: string,
  { replicas, quorum }: Owners,
  targets: readonly Target[],
): readonly [ErrorCode, string] | null {
  const confirmed = targets.map(({ node }) => node);
  const hinted = settings.hints
    ? replicas.filter(
        (replica) => !peers.isUp(replica) && !targets.some(({ hintFor }) => hintFor === replica),
      )
    : [];
  const progress = {
    key,
    replicas,
    needed: confirmationsOf(quorum),
    neededPrimaries: quorum.primaries,
    hintCounts: quorum.hintCounts,
    confirmed,
    hinted,
  };
  if (parts.isAcknowledged(progress)) return null;
  return parts.isAcknowledged({ ...progress, neededPrimaries: 0 })
    ? [
        "primaries-unreachable",
        `expected pw = ${quorum.primaries} reachable replicas of the key's own, got ${peers.countUp(replicas)}`,
      ]
    : [
        "not-enough-replicas",
        `expected ${nameOf(quorum)} = ${progress.needed} reachable replicas, got ${targets.length}`,
      ];
}

const confirmationsOf = ({ needed, durable }: NeededQuorum): number => Math.max(needed, durable);

/** The name of the quorum that demands this number of confirmations. */
const nameOf = ({ needed, durable }: NeededQuorum): "w" | "dw" => (durable > needed ? "dw" : "w");

function putStamped(core: Core, requester: Requester, request: Put): void {
  const problem = sizeProblem({ kind: "stamped", stamp: "", value: request.value }, core.settings);
  if (problem !== null) return refuse(requester, request.id, "bad-request", problem);
  const write = (seen?: string): Write => {
    const version = core.parts.stamp(core.clock, seen);
    return new Write(core, requester, request, { version }).start({
      kind: "stamped",
      stamp: version,
      value: request.value,
    });
  };
  if (core.settings.stamps === "quorum") askStamps(core, requester, request.id, request.key, write);
  else core.deadlines.add(write());
}

function putSiblings(core: Core, requester: Requester, request: Put, context: VersionVector): void {
  const before = core.replica.base(request.key);
  const actor = core.parts.membership.mintsAs(core.rings.view.state, core.host.node, core.actor);
  const version = dotOf(before, actor);
  if ((before?.context[actor] ?? 0) >= largestCounter)
    return refuse(
      requester,
      request.id,
      "bad-request",
      `expected a key whose counter at this node is below ${largestCounter}, but the counter is used up`,
    );
  const state = core.parts.mint(before, actor, context, request.value);
  const problem = sizeProblem(state, core.settings);
  if (problem !== null) return refuse(requester, request.id, "bad-request", problem);
  // The state becomes the newest one before it is durable. Otherwise the next put at this node would issue the same dot
  // again.
  core.replica.entry(request.key).latest = state;
  const onlyThis = state.siblings.length === 1;
  const write = new Write(
    core,
    requester,
    request,
    onlyThis ? { version, context: encodeContext(state.context) } : { version },
  );
  core.deadlines.add(write.start(state));
}

class Write implements Caller, Expiring, Resending, WriteProgress {
  readonly key: string;
  /** The key's owners. While writes use two rings, these are the owners in either ring. */
  replicas: readonly NodeName[];
  readonly needed: number;
  readonly #neededName: "w" | "dw";
  readonly neededPrimaries: number;
  readonly hintCounts: boolean;
  /**
   * The version of the ring that the write uses. `#owners` has the owners in each ring; the write needs a quorum of
   * each.
   */
  #ring: RingName;
  #owners: readonly Owners[];
  readonly #request: Put;
  confirmed: readonly NodeName[] = [];
  readonly hinted: NodeName[] = [];
  done = false;
  readonly #core: Core;
  readonly #requester: Requester;
  readonly #id: number;
  readonly #version: string;
  #isAnswered = false;
  /** The state that is written. */
  #state: State | null = null;
  /**
   * Hinted handoff: the replicas for which neither the write nor a hint has been confirmed, and for which this node
   * keeps no hint.
   */
  readonly #unhinted = new Set<NodeName>();
  /** Maps each fallback node to the replica that it replaces. */
  readonly #standsInFor = new Map<NodeName, NodeName>();
  #sentAgain = false;
  /** The nodes that refused the write because their disks are full. */
  readonly #refused = new Set<NodeName>();
  readonly #context: string | undefined;
  /**
   * If the write has a DW, each request says `synced`: all replicas then sync before they confirm, so every
   * confirmation counts for DW.
   */
  readonly #synced: { readonly synced?: true };
  /**
   * The requests of this write. If the write is not acknowledged after half its timeout, each goes a second time to
   * nodes that have not confirmed, in case a link lost it. Replicas merge states, so duplicates are harmless.
   */
  readonly #sent: { readonly node: NodeName; readonly request: PeerRequest }[] = [];
  #call = 0;

  constructor(
    core: Core,
    requester: Requester,
    request: Put,
    { version, context }: { readonly version: string; readonly context?: string },
  ) {
    const quorum = writeQuorum(core.rings.view.writes[0], request);
    this.#core = core;
    this.#request = request;
    this.#ring = core.rings.view.name;
    this.#owners = ownersOf(core, request);
    this.#requester = requester;
    this.#id = request.id;
    this.#version = version;
    this.#context = context;
    this.key = request.key;
    this.replicas = core.rings.owners(request.key);
    this.needed = confirmationsOf(quorum);
    this.#neededName = nameOf(quorum);
    this.neededPrimaries = quorum.primaries;
    this.hintCounts = quorum.hintCounts;
    this.#synced = quorum.durable > 0 ? { synced: true } : {};
  }

  start(state: State): this {
    this.#sendAll(state);
    this.#core.resends.add(this);
    return this;
  }

  #sendAll(state: State): void {
    const { calls } = this.#core;
    const { key, replicas } = this;
    this.#state = state;
    this.#call = calls.open(this);
    if (this.#core.settings.hints) this.#startHinted(state);
    else {
      for (let slot = 0; slot < replicas.length; slot++) {
        this.#send(replicas[slot] ?? "", {
          type: "replica-put",
          id: this.#call + slot,
          trace: this.#id,
          key,
          state,
          cause: "write",
          ...this.#synced,
        });
      }
    }
  }

  #send(node: NodeName, request: PeerRequest): void {
    this.#sent.push({ node, request });
    this.#core.peers.send(node, request, this.#ring);
  }

  /**
   * After a refusal for an older ring: writes the state with the newer ring, which this node knows by now.
   * Confirmations of that ring's owners still count, others do not.
   */
  #goByNewerRing(): void {
    const { calls, rings } = this.#core;
    if (
      this.done ||
      this.#isAnswered ||
      this.#state === null ||
      !isNewer(rings.view.name, this.#ring)
    )
      return;
    calls.close(this.#call);
    this.#ring = rings.view.name;
    this.#owners = ownersOf(this.#core, this.#request);
    this.replicas = rings.owners(this.key);
    this.confirmed = this.#core.parts.membership.stillCount(this.confirmed, this.replicas);
    this.#sent.length = 0;
    this.#unhinted.clear();
    this.#standsInFor.clear();
    this.#sentAgain = true;
    this.#sendAll(this.#state);
    this.#look();
  }

  /** Sends unconfirmed requests again, since a request may be stuck in a link that will soon be dropped. */
  atHalfTime(): void {
    if (this.#isAnswered) return;
    this.#sentAgain = true;
    const again = this.#core.parts.resends(
      this.#sent.map(({ node }) => node),
      this.confirmed,
    );
    for (const { node, request } of this.#sent)
      if (again.includes(node)) this.#core.peers.send(node, request, this.#ring);
  }

  /**
   * Sends the write to the reachable replicas. For each other replica, a fallback node gets a hint, which counts as a
   * confirmation, but not for PW. If no fallback node is left, this node keeps the hint, which counts only for W = ANY.
   */
  #startHinted(state: State): void {
    const { peers } = this.#core;
    const { key, replicas } = this;
    for (const replica of replicas)
      if (!this.confirmed.includes(replica)) this.#unhinted.add(replica);
    let id = this.#call;
    for (const { node, hintFor } of targetsOf(this.#core, replicas, key)) {
      if (hintFor === undefined)
        this.#send(node, {
          type: "replica-put",
          id: id++,
          trace: this.#id,
          key,
          state,
          cause: "write",
          ...this.#synced,
        });
      else {
        this.#send(node, {
          type: "hint-put",
          id: id++,
          trace: this.#id,
          key,
          state,
          target: hintFor,
          ...this.#synced,
        });
        this.#standsInFor.set(node, hintFor);
      }
    }
    const covered = [...this.#standsInFor.values()];
    for (const replica of replicas)
      if (!peers.isUp(replica) && !covered.includes(replica)) this.#hint(replica, state);
  }

  #hint(replica: NodeName, state: State): void {
    this.#unhinted.delete(replica);
    this.#core.hints.keep(replica, this.key, state, () => {
      this.hinted.push(replica);
      this.#look();
    });
  }

  reply(_slot: number, from: NodeName, reply: PeerReply): void {
    if (reply.type === "replica-refused") return this.#refusedBy(from);
    if (reply.type === "ring-refused") return this.#goByNewerRing();
    if (reply.type !== "replica-stored" && reply.type !== "hint-stored") return;
    this.confirmed = this.#core.parts.confirmedBy(this.confirmed, from);
    if (this.#core.settings.hints) this.#unhinted.delete(this.#standsInFor.get(from) ?? from);
    this.#look();
  }

  #look(): void {
    if (this.done) return;
    if (!this.#isAnswered && this.#isAcknowledged()) this.#acknowledge();
    this.#giveUpIfRefused();
    // With hints, the write waits, up to its timeout, until every replica has the write or a hint for it.
    if (this.#isAnswered && this.#unhinted.size === 0) this.#finish();
  }

  /** Whether the quorum of each ring is reached. */
  #isAcknowledged(): boolean {
    const { parts } = this.#core;
    if (this.#owners.length === 1) return parts.isAcknowledged(this);
    return this.#owners.every(({ replicas, quorum }) => {
      const counts = (node: NodeName): boolean =>
        replicas.includes(this.#standsInFor.get(node) ?? node);
      return parts.isAcknowledged({
        key: this.key,
        replicas,
        needed: confirmationsOf(quorum),
        neededPrimaries: quorum.primaries,
        hintCounts: quorum.hintCounts,
        confirmed: this.confirmed.filter(counts),
        hinted: this.hinted.filter((node) => replicas.includes(node)),
      });
    });
  }

  #refusedBy(from: NodeName): void {
    this.#refused.add(from);
    this.#giveUpIfRefused();
  }

  /**
   * Fails the write once each replica has either stored it or refused it for a full disk, and too few have stored it.
   * With hints the write continues, and a replica with a full disk gets a hint at the timeout.
   */
  #giveUpIfRefused(): void {
    const { settings } = this.#core;
    if (
      this.#refused.size === 0 ||
      this.#isAnswered ||
      settings.hints ||
      this.confirmed.length + this.#refused.size < this.replicas.length
    )
      return;
    this.#isAnswered = true;
    this.#finish();
    // The failure is definite only if no state of the write can remain anywhere. A dot cannot be taken back: its state
    // stays on this node and enters the log with the next put. And a copy that was sent again may still be under way.
    const definite =
      this.confirmed.length === 0 && settings.versions === "stamps" && !this.#sentAgain;
    refuse(
      this.#requester,
      this.#id,
      definite ? "disk-full" : "disk-full-on-some",
      `${this.confirmed.length} of ${this.#neededName} = ${this.needed} replicas stored the write, and the disks of ${[...this.#refused].join(", ")} are full`,
    );
  }

  #acknowledge(): void {
    this.#isAnswered = true;
    const stored = { type: "stored", id: this.#id, key: this.key, version: this.#version } as const;
    this.#requester.answer(
      this.#context === undefined ? stored : { ...stored, context: this.#context },
    );
  }

  expire(): void {
    this.#finish();
    if (this.#core.settings.hints && this.#state !== null)
      for (const replica of [...this.#unhinted]) this.#hint(replica, this.#state);
    if (this.#isAnswered) return;
    const { length } = this.confirmed;
    refuse(
      this.#requester,
      this.#id,
      this.#core.parts.timeoutCode(this),
      `${length} of ${this.#neededName} = ${this.needed} replicas confirmed within ${this.#core.settings.requestTimeoutMs} ms`,
    );
  }

  #finish(): void {
    this.done = true;
    this.#core.calls.close(this.#call);
  }
}
