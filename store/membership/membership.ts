/**
 * How the nodes come to go by the same ring. Each keeps the newest version that it was shown on its disk and shows it
 * to the others; the driver of a change takes its next step once all who take part have made the last.
 */
import type { Core } from "../core.ts";
import type { HostLog, NodeName, RecoveredEntry } from "../host.ts";
import type { ClientReply, ClientRequest, PeerReply, PeerRequest } from "../protocol/protocol.ts";
import {
  advance,
  begin,
  changeProblem,
  declareDead,
  giveUp,
  isSameRing,
  participants,
  type RingState,
  takeOver,
} from "../placement/ring-state.ts";
import type { LogRecord } from "../versions/records.ts";
import { HandOver } from "./hand-over.ts";
import { Streaming } from "./streaming.ts";

/** The log of a node that keeps the versions of the ring. */
export const ringLogName = "ring";

/** How soon a step that got no answer is tried again. */
const retryMs = 100;
/**
 * A step lasts so long at least: by then most requests that began under the last one have ended, and few are refused and
 * tried again.
 */
const leastStepMs = 100;
/** How soon a node that starts asks again for the ring. */
const learnMs = 10;
/** Names of nodes in stamps have one digit. */
const largestCluster = 9;

/** What another node said last: its ring, and whether it made its step. */
interface Word {
  readonly shown: RingState;
  readonly done: boolean;
}

/** What a record of the ring has in the place of a key's state. */
const noState = { kind: "stamped", stamp: "", value: null } as const;

/** One node's part in changes of the ring. */
export class Membership {
  readonly #core: Core;
  readonly #log: HostLog;
  readonly #streaming: Streaming;
  readonly #handOver: HandOver;
  readonly #words = new Map<NodeName, Word>();
  /** The newest ring that was shown, while it is not on the disk yet: only then does this node go by it. */
  #pending: RingState | null = null;
  #writing = false;
  /** Called once nothing is pending. */
  readonly #waiting: (() => void)[] = [];
  #learned: (() => void) | null = null;
  #retries = false;
  /** Since when this node goes by the ring as it is. */
  #sinceUs = 0;
  #turn = 0;

  constructor(core: Core) {
    this.#core = core;
    this.#log = core.host.log(ringLogName);
    this.#streaming = new Streaming(core, () => this.#progressed());
    this.#handOver = new HandOver(core, () => this.#progressed());
    core.rings.whenChanged(() => this.#changed());
  }

  /** Reads the ring off the disk. */
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
   * Asks the other members for their ring, until more than half of all that live have answered: a disk may be wiped, or an older
   * copy. Only then may this node coordinate: by an old ring it would take an old owner's word, its own, for enough.
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

  /** The node has read its logs: what it holds and does not own is known. */
  begin(): void {
    this.#handOver.ringChanged();
    this.#retryLater();
  }

  /** Shows another node the ring now and then, so that whoever missed a step hears of it. */
  gossip(): void {
    const others = participants(this.#state).filter((node) => node !== this.#core.host.node);
    const next = others[this.#turn++ % Math.max(1, others.length)];
    if (next !== undefined) this.#tell(next);
  }

  /** Whether it has learned the ring from the others since it started. */
  get knowsRing(): boolean {
    return this.#learned === null;
  }

  /** Whether clients may use this node: it has learned the ring, and is on it. */
  get serves(): boolean {
    return this.#learned === null && participants(this.#state).includes(this.#core.host.node);
  }

  /** Goes by the ring that another node shows, if it is newer, once it is on the disk. */
  show(state: RingState): void {
    if (!this.#core.parts.membership.adopts(this.#pending ?? this.#state, state)) return;
    this.#pending = state;
    this.#write();
  }

  /** `then` is called once this node goes by all that it was shown. */
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

  /** The old owner's side of a stream. Not before it refuses writes to the old owners alone. */
  ask(
    from: NodeName,
    request: PeerRequest & { readonly type: "stream-ask" },
    reply: (reply: PeerReply) => void,
  ): void {
    if ((request.ring ?? 0) <= this.#state.version) this.#streaming.serve(from, request, reply);
    else reply({ type: "stream-later", id: request.id });
  }

  /** An operator's wish. */
  change(
    { id, name, change }: ClientRequest & { readonly type: "ring-change" },
    answer: (reply: ClientReply) => void,
  ): void {
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
          : refuse("expected no change under way, another one was first; try again later"),
      );
    };
    if (this.#pending !== null)
      return refuse("expected a ring that is at rest, a step is being made; try again");
    if (change.kind === "give-up") {
      const next = giveUp(state, maker);
      return next === null
        ? refuse("expected a change whose new owners do not serve reads yet, there is none")
        : accept(next);
    }
    if (change.kind === "take-over") {
      const next = takeOver(state, driver, maker);
      return next === null ? refuse("expected a change under way, there is none") : accept(next);
    }
    if (change.kind === "dead") {
      const next = declareDead(state, change.node, maker);
      return next === null
        ? refuse("expected a member that is not known to be dead, it is none")
        : accept(next);
    }
    if (state.under?.id === name || state.over.includes(name) || state.over.includes(`-${name}`))
      return answer({ type: "ring-told", id, ring: state });
    const problem = changeProblem(state, change, largestCluster);
    if (problem !== null) return refuse(problem);
    accept(begin(state, change, { id: name, driver, maker }));
  }

  /** How many keys this node holds and does not own. */
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
        return this.#core.host.halt(`the ring could not be synced: ${failure.message}`);
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

  /** This node has made the step of the ring as it is. */
  #isDone(): boolean {
    return this.#streaming.isDone && this.#handOver.isDone;
  }

  /** Something of this node's own part is done: the driver is to hear of it. */
  #progressed(): void {
    const { under } = this.#state;
    if (under === undefined) return;
    if (under.driver !== this.#core.host.node && this.#isDone()) this.#tell(under.driver);
    this.#look();
  }

  /** Looks whether what was heard is enough for the next step. */
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
    // The old members too: whoever is none any more is to know.
    this.whenSettled(() => this.#tellAll(participants(state)));
  }

  /** Some node has not been heard to go by this version of the ring. */
  #isAhead(state: RingState): boolean {
    return participants(state).some((node) => {
      const word = this.#words.get(node);
      return (
        node !== this.#core.host.node && (word === undefined || word.shown.version < state.version)
      );
    });
  }

  /** Dead members do not count: where one of two is dead, more than half of both can never answer. */
  #hasMajority(): boolean {
    const members = participants(this.#state);
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

  /** While a change is under way: whatever got no answer is done again. */
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
