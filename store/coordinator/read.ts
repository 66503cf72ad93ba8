/**
 * Coordinates a read: asks the key's replicas (under sloppy quorums, fallback nodes in place of unreachable ones),
 * answers once enough have replied, and repairs stale replicas unless read repair is off. Runs on a node for its
 * clients, or under client routing in the client library.
 */
import type { Caller } from "../links/calls.ts";
import type { Core, Requester } from "../core.ts";
import { refuse } from "../core.ts";
import type { Expiring, Resending } from "../links/deadlines.ts";
import type { NodeName } from "../host.ts";
import type { ReadProgress, ReadReply } from "../parts.ts";
import type { ClientRequest, PeerReply } from "../protocol/protocol.ts";
import type { StoreSettings } from "../settings.ts";
import type { State } from "../versions/records.ts";
import { type NeededQuorum, quorumComplaint, readQuorum } from "../placement/quorum.ts";
import { keyProblem } from "../protocol/requests.ts";
import { encodeContext } from "../versions/siblings.ts";
import { mergeAll } from "../versions/states.ts";
import { Digests } from "./digests.ts";
import { askedOf } from "./targets.ts";
import { isNewer, type RingName } from "../placement/ring-state.ts";

type Get = ClientRequest & { readonly type: "get" };

/** Answers `requester` once with the state or an error. After a definite error nothing was sent to a replica. */
export function coordinateRead(core: Core, requester: Requester, request: Get): void {
  const { reads } = core.rings.view;
  const problem = keyProblem(request.key) ?? quorumComplaint(request, reads.n);
  if (problem !== null) return refuse(requester, request.id, "bad-request", problem);
  const replicas = core.rings.readers(request.key);
  const quorum = readQuorum(reads, request);
  const primariesUp = quorum.primaries === 0 ? 0 : core.peers.countUp(replicas);
  if (primariesUp < quorum.primaries)
    return refuse(
      requester,
      request.id,
      "primaries-unreachable",
      `expected pr = ${quorum.primaries} reachable replicas of the key's own, got ${primariesUp}`,
    );
  const asked = askedOf(core, replicas, request.key);
  const up = core.peers.countUp(asked);
  if (up < quorum.needed)
    return refuse(
      requester,
      request.id,
      "not-enough-replicas",
      `expected r = ${quorum.needed} reachable replicas, got ${up}`,
    );
  new Read(core, requester, request, { asked, primaries: replicas, quorum }).start();
}

/** The parts of a node or of the client library that a read uses. */
export interface ReadPlace extends Pick<Core, "settings" | "parts" | "clock" | "counted"> {
  readonly rings: Pick<Core["rings"], "view" | "readers">;
  readonly host: Pick<Core["host"], "node" | "explain">;
  readonly peers: Pick<Core["peers"], "isUp" | "countUp" | "send">;
  readonly calls: Pick<Core["calls"], "idOf" | "ids" | "close"> & { open(read: Read): number };
  readonly deadlines: Pick<Core["deadlines"], "add">;
  readonly resends: Pick<Core["resends"], "add">;
}

interface Asked {
  /**
   * The nodes to ask: the key's own replicas. Under sloppy quorums, reachable fallback nodes may replace unreachable
   * replicas.
   */
  readonly asked: readonly NodeName[];
  readonly primaries: readonly NodeName[];
  readonly quorum: NeededQuorum;
}

/** Blocking read repair: the result, the nodes that have it durable, and the nodes to which it was sent. */
interface WrittenBack {
  readonly state: State;
  readonly durableOn: Set<NodeName>;
  readonly told: Set<NodeName>;
}

export class Read implements Caller, Expiring, Resending, ReadProgress {
  readonly key: string;
  replicas: readonly NodeName[];
  primaries: readonly NodeName[];
  needed: number;
  neededPrimaries: number;
  readonly from: NodeName[] = [];
  readonly replies: (State | null)[] = [];
  done = false;
  readonly #core: ReadPlace;
  readonly #requester: Requester;
  readonly #id: number;
  #call = 0;
  #asked = 0;
  #isAnswered = false;
  /** Whether a replica was lost that may have received its request. */
  #isLost = false;
  /** Compares digests with full states. Null if every replica is asked for its full state. */
  #digests: Digests | null;
  readonly #request: Get;
  /** The version of the ring that the read uses. `#writes` has the rings that a write-back must reach. */
  #ring: RingName;
  #writes: readonly StoreSettings[];
  /** Blocking read repair: the result, while the read waits for its write-back. */
  #pending: State | null = null;
  #writtenBack: WrittenBack | null = null;

  constructor(
    core: ReadPlace,
    requester: Requester,
    request: Get,
    { asked, primaries, quorum }: Asked,
  ) {
    this.#core = core;
    this.#requester = requester;
    this.#request = request;
    this.#ring = core.rings.view.name;
    this.#writes = core.rings.view.writes;
    this.#id = request.id;
    this.key = request.key;
    this.replicas = asked;
    this.primaries = primaries;
    this.needed = quorum.needed;
    this.neededPrimaries = quorum.primaries;
    this.#digests = this.#freshDigests();
  }

  #freshDigests(): Digests | null {
    return this.#core.settings.reads === "full"
      ? null
      : new Digests(this.needed, (from) => this.#readAgain(from));
  }

  start(): void {
    this.#ask();
    if (this.done) return;
    this.#core.deadlines.add(this);
    if (this.#digests !== null) this.#core.resends.add(this);
  }

  /**
   * After a refusal for an older ring: asks the replicas that reads use in the newer ring, which this node knows by
   * now.
   */
  #goByNewerRing(): void {
    const { calls, rings } = this.#core;
    if (this.done || this.#isAnswered || !isNewer(rings.view.name, this.#ring)) return;
    calls.close(this.#call);
    const quorum = readQuorum(rings.view.reads, this.#request);
    this.#ring = rings.view.name;
    this.#writes = rings.view.writes;
    this.primaries = rings.readers(this.key);
    this.replicas = askedOf(this.#core, this.primaries, this.key);
    this.needed = quorum.needed;
    this.neededPrimaries = quorum.primaries;
    this.from.length = 0;
    this.replies.length = 0;
    this.#asked = 0;
    this.#pending = null;
    this.#writtenBack = null;
    this.#digests = this.#freshDigests();
    this.#ask();
  }

  #ask(): void {
    const { peers, calls } = this.#core;
    this.#call = calls.open(this);
    this.#count(null);
    if (this.done) return;
    const inFull = this.#digests === null ? null : this.#readInFull();
    for (let slot = 0; slot < this.replicas.length; slot++) {
      const node = this.replicas[slot] ?? "";
      const type = inFull === null || inFull === node ? "replica-get" : "replica-digest";
      const request = {
        type,
        id: this.#core.calls.idOf(this.#call, slot),
        trace: this.#id,
        key: this.key,
      } as const;
      if (peers.send(node, request, this.#ring)) this.#asked++;
    }
  }

  /** Digest reads: stops waiting for replicas that were asked for their full state and have not sent it. */
  atHalfTime(): void {
    this.#digests?.waitNoLonger();
    if (this.#pending === null) this.#decideIfAnswered();
  }

  reply(_slot: number, from: NodeName, reply: PeerReply): void {
    if (reply.type === "ring-refused") this.#goByNewerRing();
    else if (reply.type === "replica-stored") this.#stored(from);
    else if (this.#digests === null) this.#arrived(from, reply);
    else this.#compare(this.#digests, from, reply);
  }

  #arrived(from: NodeName, reply: PeerReply): void {
    if (reply.type === "replica-got") this.#count({ from, state: reply.state });
  }

  #compare(digests: Digests, from: NodeName, reply: PeerReply): void {
    if (reply.type === "replica-got")
      for (const counted of digests.arrivedInFull(from, reply.state)) this.#count(counted);
    else if (reply.type === "replica-digested")
      for (const counted of digests.arrived(from, reply)) this.#count(counted);
  }

  #stored(from: NodeName): void {
    if (this.#pending !== null && this.#writtenBack?.told.has(from) === true)
      this.#durable(this.#writtenBack, from);
  }

  /**
   * Digest reads: the replica that is asked for its full state first. It is this node if the read asks it and its link
   * to itself is up, or else the first reachable node that the read asks, or null if none is reachable.
   */
  #readInFull(): NodeName | null {
    const { peers, host } = this.#core;
    return this.replicas.includes(host.node) && peers.isUp(host.node)
      ? host.node
      : (this.replicas.find((node) => peers.isUp(node)) ?? null);
  }

  /**
   * Asks a replica for its full state. The request has another id than the first one, so that evidence distinguishes
   * the two replies.
   */
  #readAgain(from: NodeName): void {
    const slot = this.replicas.length + this.replicas.indexOf(from);
    this.#core.peers.send(
      from,
      {
        type: "replica-get",
        id: this.#core.calls.idOf(this.#call, slot),
        trace: this.#id,
        key: this.key,
      },
      this.#ring,
    );
  }

  #count(arrived: ReadReply | null): void {
    for (const { from, state } of this.#core.counted(this, arrived)) this.#got(from, state);
  }

  /**
   * Notes that one of the asked replicas will not send its state. Called only under client routing. `wasSent`: whether
   * the replica may have received the request.
   */
  lost(wasSent: boolean): void {
    this.#asked--;
    this.#isLost ||= wasSent;
    if (!this.#isAnswered && this.#asked < this.needed) {
      this.#isAnswered = true;
      // A failed read changed nothing, whichever error the client gets. The error only tells whether a replica may have
      // been asked.
      refuse(
        this.#requester,
        this.#id,
        this.#isLost || this.replies.length > 0 ? "timeout" : "not-enough-replicas",
        `${this.replies.length} of r = ${this.needed} replicas replied, and no more can be reached`,
      );
    }
    if (this.replies.length === this.#asked && this.#isAnswered) this.#finish();
  }

  expire(): void {
    if (!this.#isAnswered) {
      if (this.#pending === null && this.#core.parts.isAnsweredLate(this))
        this.#answer(this.#core.parts.answer(this.replies));
      else this.#refuseLate();
    }
    this.#finish();
  }

  #refuseLate(): void {
    const waited =
      this.#pending === null
        ? `${this.replies.length} of r = ${this.needed} replicas replied`
        : "the value to return could not be made durable on enough replicas";
    refuse(
      this.#requester,
      this.#id,
      "timeout",
      `${waited} within ${this.#core.settings.requestTimeoutMs} ms`,
    );
  }

  #got(from: NodeName, state: State | null): void {
    this.from.push(from);
    this.replies.push(state);
    if (state?.kind === "stamped") this.#core.clock.observe(state.stamp);
    if (this.#pending !== null && this.#writtenBack !== null)
      this.#writeBack(this.#writtenBack, from, state);
    else this.#decideIfAnswered();
    // If a write-back is under way, the read ends with its confirmations or at the deadline.
    if (this.replies.length === this.#asked && this.#isAnswered) this.#finish();
  }

  #decideIfAnswered(): void {
    if (
      !this.#isAnswered &&
      this.#digests?.awaitsState !== true &&
      this.#core.parts.isAnswered(this)
    )
      this.#decide(this.#core.parts.answer(this.replies));
  }

  #decide(state: State | null): void {
    if (this.#core.settings.readRepair !== "blocking" || state === null) return this.#answer(state);
    this.#pending = state;
    const writtenBack: WrittenBack = { state, durableOn: new Set(), told: new Set() };
    this.#writtenBack = writtenBack;
    // Handles the replies that came before the decision. While the read waits, each later reply is handled when it
    // arrives.
    for (let i = 0; i < this.from.length && this.#pending !== null; i++)
      this.#writeBack(writtenBack, this.from[i] ?? "", this.replies[i] ?? null);
    if (this.#pending !== null) this.#writeBackToOthers(writtenBack);
  }

  /**
   * While writes use two rings: writes back also to the owners in either ring that this read did not ask, since other
   * reads may ask them.
   */
  #writeBackToOthers(writtenBack: WrittenBack): void {
    const { parts, peers } = this.#core;
    if (this.#writes.length === 1) return;
    const owners = this.#writes.flatMap((on) => parts.preferenceList(on, this.key));
    const others = [...new Set(owners)].filter((node) => !this.replicas.includes(node));
    others.forEach((node, index) => {
      writtenBack.told.add(node);
      peers.send(
        node,
        {
          type: "replica-put",
          // Each replica may be asked twice, so the ids for other nodes come after twice the number of replicas.
          id: this.#call + 2 * this.replicas.length + index,
          trace: this.#id,
          key: this.key,
          state: writtenBack.state,
          cause: "read-repair",
        },
        this.#ring,
      );
    });
  }

  /** Blocking read repair: counts the replica if it has the result durable, and otherwise sends the result to it. */
  #writeBack(writtenBack: WrittenBack, from: NodeName, state: State | null): void {
    const [repair] = this.#core.parts.repairs(writtenBack.state, [from], [state], this.#core.clock);
    if (repair === undefined) return this.#durable(writtenBack, from);
    writtenBack.told.add(from);
    this.#core.host.explain({
      what: "read-repair",
      key: this.key,
      detail: `${repair.node} is behind; the read sends its result there`,
    });
    const slot = this.replicas.indexOf(from);
    this.#core.peers.send(
      repair.node,
      {
        type: "replica-put",
        id: this.#core.calls.idOf(this.#call, slot),
        trace: this.#id,
        key: this.key,
        state: repair.state,
        cause: "read-repair",
      },
      this.#ring,
    );
    this.#returnIfWrittenBack(writtenBack);
  }

  #durable(writtenBack: WrittenBack, on: NodeName): void {
    writtenBack.durableOn.add(on);
    this.#returnIfWrittenBack(writtenBack);
  }

  #returnIfWrittenBack({ state, durableOn }: WrittenBack): void {
    if (this.#pending === null || !this.#isWrittenBack(durableOn)) return;
    this.#pending = null;
    this.#answer(state);
    if (this.replies.length === this.#asked) this.#finish();
  }

  /**
   * Whether enough replicas of each ring have the result durable, so that later reads with the same R meet one of them.
   */
  #isWrittenBack(durableOn: ReadonlySet<NodeName>): boolean {
    const { parts } = this.#core;
    const { key, replicas, needed } = this;
    if (this.#writes.length === 1) return parts.isWrittenBack({ key, replicas, needed, durableOn });
    return this.#writes.every((on) => {
      const owners = parts.preferenceList(on, key);
      return parts.isWrittenBack({
        key,
        replicas: owners,
        needed: readQuorum(on, this.#request).needed,
        durableOn: new Set(owners.filter((node) => durableOn.has(node))),
      });
    });
  }

  #answer(state: State | null): void {
    this.#isAnswered = true;
    const { key } = this;
    const id = this.#id;
    if (state?.kind === "siblings")
      this.#requester.answer({
        type: "got",
        id,
        key,
        state,
        context: encodeContext(state.context),
      });
    else this.#requester.answer({ type: "got", id, key, state });
    if (this.#core.settings.readRepair === "off") this.#finish();
  }

  #finish(): void {
    if (this.done) return;
    this.done = true;
    if (this.#core.settings.readRepair !== "off") this.#repair();
    this.#core.calls.close(this.#call);
  }

  /**
   * At the end of the read: sends the merge of all replies to those of the key's own replicas whose replies were stale.
   * No request waits for the repair.
   */
  #repair(): void {
    const { parts, peers, calls, host, settings } = this.#core;
    const target = mergeAll(parts.merge, this.replies);
    if (target === null) return;
    const isAbsent = parts.tombstones.equalsAbsent(settings, target, false);
    for (const { node, state } of parts.repairs(
      target,
      this.from,
      this.replies,
      this.#core.clock,
    )) {
      const reply = this.replies[this.from.indexOf(node)] ?? null;
      // Unless tombstones are kept for ever, a deleted key equals an absent one. Without this check, tombstones would
      // be sent for ever to replicas that removed them.
      if (isAbsent && (reply === null || parts.tombstones.equalsAbsent(settings, reply, false)))
        continue;
      if (
        this.#writtenBack !== null &&
        state === this.#writtenBack.state &&
        this.#writtenBack.told.has(node)
      )
        continue;
      // Fallback nodes hold the key only as hints, so they get no repair.
      if (!this.primaries.includes(node)) continue;
      host.explain({ what: "read-repair", key: this.key, detail: `${node} is behind` });
      peers.send(
        node,
        {
          type: "replica-put",
          id: calls.ids(),
          trace: this.#id,
          key: this.key,
          state,
          cause: "read-repair",
        },
        // By now the node may no longer own the key, so the request names the ring of the read.
        this.#ring,
      );
    }
  }
}
