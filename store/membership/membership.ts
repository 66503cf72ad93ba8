/**
 * How nodes agree on the ring. Each node keeps on its disk the newest version of the ring that it has seen, and sends
 * it to the others. The driver of a membership change takes the next step once all participants have completed the
 * previous one.
 */
import type { Core } from "../core.ts";
import type { HostLog, NodeName, RecoveredEntry } from "../host.ts";
import type { ClientReply, ClientRequest, PeerReply, PeerRequest } from "../protocol/protocol.ts";
import {
  advance,
  begin,
  changeProblem,
  declareDead,
  firstRingName,
  giveUp,
  isNewer,
  isSameRing,
  participants,
  type RingState,
  saidDead,
  stayingMembers,
  takeOver,
} from "../placement/ring-state.ts";
import type { LogRecord } from "../versions/records.ts";
import { HandOver } from "./hand-over.ts";
import { Streaming } from "./streaming.ts";

/** The name of the log in which a node keeps its versions of the ring. */
export const ringLogName = "ring";

/** The time after which a step without an answer is tried again. */
const retryMs = 100;
/**
 * The shortest duration of a step. By its end, most requests of the step before have ended, so few are refused and
 * repeated.
 */
const leastStepMs = 100;
/** The interval at which a starting node asks for the ring. */
const learnMs = 10;
/** The largest number of nodes: their names must have one digit each, since stamps contain them. */
const largestCluster = 9;

type Asked = ClientRequest & { readonly type: "ring-change" };

/** The last message of another node: its ring, and whether that node has completed the current step. */
interface Word {
  readonly shown: RingState;
  readonly done: boolean;
}

/** The state of a record that has only a ring: the record's type requires a state. */
const noState = { kind: "stamped", stamp: "", value: null } as const;

/** One node's part in membership changes. */
export class Membership {
  readonly #core: Core;
  readonly #log: HostLog;
  readonly #streaming: Streaming;
  readonly #handOver: HandOver;
  readonly #words = new Map<NodeName, Word>();
  /** The newest ring that this node has taken in and not stored yet. The node uses it only once it is on disk. */
  #pending: RingState | null = null;
  #writing = false;
  /** Callbacks to call once this node uses the newest ring that it has received. */
  readonly #waiting: (() => void)[] = [];
  #learned: (() => void) | null = null;
  /** Nodes that an operator declared dead before this node served clients. */
  readonly #saidDead = new Set<NodeName>();
  #retries = false;
  /** The time at which this node began to use its current ring. */
  #sinceUs = 0;
  #turn = 0;

  constructor(core: Core) {
    this.#core = core;
    this.#log = core.host.log(ringLogName);
    this.#streaming = new Streaming(core, () => this.#progressed());
    this.#handOver = new HandOver(core, () => this.#progressed());
    core.rings.whenChanged(() => this.#changed());
  }

  /** Reads the ring from the disk. */
  recover(done: () => void): void {
    this.#log.recover((entries) => {
      const torn = entries.at(-1)?.whole === false ? 1 : 0;
      const load = (): void => {
        const newest = newestOf(entries);
        if (newest !== null) this.#core.rings.set(newest);
        done();
      };
      if (torn === 0) return load();
      this.#log.cut(entries.length - torn, (error) => {
        if (error === null) load();
        else this.#core.host.halt(`the ring's log could not be cut: ${error.message}`);
      });
    });
  }

  /**
   * Asks the other members for their ring until it has heard from a majority of the living members, itself included.
   * Only after that may this node coordinate: the ring on its disk may be missing or old, and with an old ring, the
   * reply of a former owner (this node itself) would count.
   */
  learn(learned: () => void): void {
    this.#learned = learned;
    const ask = (): void => {
      if (this.#learned === null) return;
      this.#core.host.setTimer(learnMs, ask);
      for (const node of participants(this.#state))
        if (!this.#words.has(node) && node !== this.#core.host.node) this.#tell(node);
      this.#look();
    };
    ask();
  }

  /**
   * Notes the nodes that an operator declares dead before this node has learned the ring. This node then does not wait
   * for them.
   */
  heardDead(change: Asked["change"]): void {
    for (const node of saidDead(change)) this.#saidDead.add(node);
    this.#look();
  }

  /** Starts handing over leftovers. Must be called after the node has read its logs, when its leftovers are known. */
  begin(): void {
    this.#handOver.ringChanged();
    this.#retryLater();
  }

  /**
   * Sends the ring to one other node, in turn, so that nodes that missed a step learn of it. Called every ping
   * interval.
   */
  gossip(): void {
    const others = participants(this.#state).filter((node) => node !== this.#core.host.node);
    const next = others[this.#turn++ % Math.max(1, others.length)];
    if (next !== undefined) this.#tell(next);
  }

  /** Whether this node has learned the ring from other nodes since its start. */
  get knowsRing(): boolean {
    return this.#learned === null;
  }

  /** Whether clients may use this node: it has learned the ring and takes part in it. */
  get serves(): boolean {
    return this.#learned === null && participants(this.#state).includes(this.#core.host.node);
  }

  /** Takes in a ring that another node showed or this node made. If it is newer, stores it on disk and then uses it. */
  show(state: RingState): void {
    if (!this.#core.parts.membership.adopts(this.#pending ?? this.#state, state)) return;
    this.#pending = state;
    this.#write();
  }

  /** Calls `then` once this node uses the newest ring that it has received. */
  whenSettled(then: () => void): void {
    if (this.#pending === null) then();
    else this.#waiting.push(then);
  }

  told(
    from: NodeName,
    { id, shown, done }: PeerRequest & { readonly type: "ring-tell" },
    reply: (reply: PeerReply) => void,
  ): void {
    this.#heard(from, { shown, done });
    this.whenSettled(() =>
      reply({ type: "ring-ack", id, shown: this.#state, done: this.#isDone() }),
    );
  }

  acked(from: NodeName, { shown, done }: PeerReply & { readonly type: "ring-ack" }): void {
    this.#heard(from, { shown, done });
  }

  /**
   * Answers a new owner that asks for data. While this node's ring is older than the asker's, or of a change that the
   * asker's replaced, the answer is `stream-later`: this node may still accept writes that go only to the old owners,
   * and by its own ring the asker may own nothing.
   */
  ask(
    from: NodeName,
    request: PeerRequest & { readonly type: "stream-ask" },
    reply: (reply: PeerReply) => void,
  ): void {
    const isBehind = isNewer(request.ring ?? firstRingName, this.#state);
    if (isBehind) reply({ type: "stream-later", id: request.id });
    else this.#streaming.serve(from, request, reply);
  }

  /**
   * Carries out an operator's request: begins, cancels or takes over a membership change, or declares a node dead.
   * Answers with the ring, and also with a problem if the request is refused.
   */
  change({ id, name, change }: Asked, answer: (reply: ClientReply) => void): void {
    const state = this.#state;
    const maker = `${this.#core.host.node}.${this.#core.host.boot}`;
    const driver = this.#core.host.node;
    const refuse = (problem: string): void =>
      answer({ type: "ring-told", id, ring: state, problem });
    const accept = (next: RingState): void => {
      this.show(next);
      this.whenSettled(() =>
        isSameRing(this.#state, next)
          ? answer({ type: "ring-told", id, ring: next })
          : refuse("expected no change under way, but another change came first; try again later"),
      );
    };
    if (this.#pending !== null)
      return refuse("expected no step of a change under way, but there is one; try again");
    if (change.kind === "give-up") {
      const next = giveUp(state, maker);
      return next === null
        ? refuse("expected a change whose new owners do not serve reads yet, but there is none")
        : accept(next);
    }
    if (change.kind === "take-over") {
      const next = takeOver(state, driver, maker);
      return next === null
        ? refuse("expected a change under way, but there is none")
        : accept(next);
    }
    if (change.kind === "dead") {
      const next = declareDead(state, change.node, maker);
      return next === null
        ? refuse(`expected a member that is not known to be dead, but ${change.node} is none`)
        : accept(next);
    }
    if (state.under?.id === name || state.over.includes(name) || state.over.includes(`-${name}`))
      return answer({ type: "ring-told", id, ring: state });
    const problem = changeProblem(state, change, largestCluster);
    if (problem !== null) return refuse(problem);
    accept(begin(state, change, { id: name, driver, maker }));
  }

  /** Whether this node knows the ring, no membership change is under way, and this node has no leftovers. */
  get isIdle(): boolean {
    const isAtRest = this.#state.under === undefined && this.#pending === null;
    return this.#learned === null && isAtRest && this.#handOver.isDone && !this.#retries;
  }

  /** Names the version of the ring. Two nodes have the same digest exactly if they use the same ring. */
  get digest(): string {
    const { version, maker } = this.#state;
    return `${version} ${maker}`;
  }

  /** The number of keys that this node holds and does not own. */
  get leftovers(): number {
    return this.#handOver.count;
  }

  get #state(): RingState {
    return this.#core.rings.view.state;
  }

  #heard(from: NodeName, word: Word): void {
    this.#words.set(from, word);
    this.show(word.shown);
    this.#look();
  }

  #write(): void {
    const state = this.#pending;
    if (state === null || this.#writing) return;
    this.#writing = true;
    this.#log.append({ key: "", state: noState, ring: state });
    this.#log.sync((failure) => {
      this.#writing = false;
      if (failure !== null && !failure.full)
        return this.#core.host.halt(`the ring could not be written or synced: ${failure.message}`);
      if (failure !== null) return this.#retryLater();
      this.#core.host.explain({
        what: "ring changed",
        detail: `version ${state.version}${state.under === undefined ? "" : `, ${state.under.id} at ${state.under.step}`}`,
      });
      if (this.#pending === state) this.#pending = null;
      this.#core.rings.set(state);
      if (state.under?.step === "reads" && this.#isAhead(state))
        this.#core.host.explain({ what: "reads moved first" });
      if (this.#pending !== null) return this.#write();
      for (const waiting of this.#waiting.splice(0)) waiting();
      this.#progressed();
    });
  }

  #changed(): void {
    this.#sinceUs = this.#core.host.monotonicUs();
    this.#streaming.ringChanged();
    this.#handOver.ringChanged();
    this.#core.peers.link(this.#core.parts.membership.linked(this.#state));
    this.#retryLater();
  }

  /** Whether this node has completed the current step. */
  #isDone(): boolean {
    return this.#streaming.isDone && this.#handOver.isDone;
  }

  /** Informs the driver once this node has completed the current step. */
  #progressed(): void {
    const { under } = this.#state;
    if (under === undefined) return;
    if (under.driver !== this.#core.host.node && this.#isDone()) this.#tell(under.driver);
    this.#look();
  }

  /**
   * Checks whether enough nodes have answered: first for this node to know the ring, and then, on the driver, for the
   * next step.
   */
  #look(): void {
    const { host, parts } = this.#core;
    const state = this.#state;
    if (this.#learned !== null && this.#hasMajority()) {
      const learned = this.#learned;
      this.#learned = null;
      learned();
    }
    if (state.under?.driver !== host.node || this.#learned !== null || this.#pending !== null)
      return;
    const done = new Set<NodeName>(this.#isDone() ? [host.node] : []);
    for (const [node, word] of this.#words)
      if (word.done && isSameRing(word.shown, state)) done.add(node);
    if (!parts.membership.mayAdvance(done, state)) return;
    const waitsMs = leastStepMs - (host.monotonicUs() - this.#sinceUs) / 1000;
    if (waitsMs > 0) return void host.setTimer(Math.ceil(waitsMs), () => this.#look());
    this.show(advance(state, `${host.node}.${host.boot}`));
    // The participants include the old members, so that a removed node learns of the step.
    this.whenSettled(() => this.#tellAll(participants(state)));
  }

  /** Whether some participant is not known to use this version of the ring or a newer one. */
  #isAhead(state: RingState): boolean {
    return participants(state).some((node) => {
      const word = this.#words.get(node);
      return (
        node !== this.#core.host.node && (word === undefined || word.shown.version < state.version)
      );
    });
  }

  /**
   * Whether this node has heard from a majority of the members, not counting dead ones. If one of two members is dead,
   * a majority of both could never answer.
   */
  #hasMajority(): boolean {
    const members = stayingMembers(this.#state).filter((node) => !this.#saidDead.has(node));
    const heard = members.filter((node) => node === this.#core.host.node || this.#words.has(node));
    return heard.length > members.length / 2;
  }

  #tellAll(nodes: readonly NodeName[]): void {
    for (const node of nodes) if (node !== this.#core.host.node) this.#tell(node);
  }

  #tell(node: NodeName): void {
    this.#core.peers.send(node, {
      type: "ring-tell",
      id: this.#core.calls.ids(),
      shown: this.#state,
      done: this.#isDone(),
    });
  }

  /**
   * Tries again, every `retryMs`, what was not successful: writes of the ring to the disk, fetches, hand-overs, and
   * messages about the current step. Stops once no change is under way, the ring is stored and no leftovers remain.
   */
  #retryLater(): void {
    if (this.#retries) return;
    this.#retries = true;
    this.#core.host.setTimer(retryMs, () => {
      this.#retries = false;
      this.#write();
      this.#streaming.retry();
      this.#handOver.retry();
      const { under } = this.#state;
      if (under !== undefined) {
        if (under.driver === this.#core.host.node)
          this.#tellAll(
            participants(this.#state).filter((node) => {
              const word = this.#words.get(node);
              return word === undefined || !word.done || !isSameRing(word.shown, this.#state);
            }),
          );
        else if (this.#isDone()) this.#tell(under.driver);
      }
      if (under !== undefined || !this.#handOver.isDone || this.#pending !== null)
        this.#retryLater();
    });
  }
}

function newestOf(entries: readonly RecoveredEntry[]): RingState | null {
  const rings = entries.flatMap((entry) => (entry.whole ? ringsOf(entry.record) : []));
  return rings.at(-1) ?? null;
}

const ringsOf = ({ ring }: LogRecord): readonly RingState[] => (ring === undefined ? [] : [ring]);
