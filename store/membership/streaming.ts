/**
 * A new owner fetches the data of its new keys from the old members, page by page: values, tombstones, and the
 * remainders of tombstones.
 */
import type { Caller } from "../links/calls.ts";
import type { Core } from "../core.ts";
import type { NodeName } from "../host.ts";
import { syncedWithinMs } from "../settings.ts";
import type { PeerReply, PeerRequest } from "../protocol/protocol.ts";
import { settingsOn } from "../placement/rings.ts";
import { isSettled } from "../replica/replica.ts";

/** The number of keys in a page. It is small, so that a stream can break off half way even in a small cluster. */
const pageKeys = 2;

/**
 * The work of one node in the step `writes`: it fetches from every source all keys that it will own and does not own
 * yet.
 */
export class Streaming {
  readonly #core: Core;
  readonly #progressed: () => void;
  /** The version of the ring to which the fields below belong. Null if this node fetches nothing. */
  #of: string | null = null;
  readonly #fetched = new Set<NodeName>();
  readonly #failed = new Set<NodeName>();
  readonly #underWay = new Map<NodeName, Fetch>();

  constructor(core: Core, progressed: () => void) {
    this.#core = core;
    this.#progressed = progressed;
  }

  /** Whether this node has fetched everything that it needs. */
  get isDone(): boolean {
    const { parts } = this.#core;
    return (
      !this.#fetches || parts.membership.isFetched(this.#fetched, this.#failed, this.#sources())
    );
  }

  ringChanged(): void {
    const { state } = this.#core.rings.view;
    const of = this.#fetches ? `${state.version} ${state.maker}` : null;
    if (of !== this.#of) {
      for (const fetch of this.#underWay.values()) fetch.end();
      this.#underWay.clear();
      this.#fetched.clear();
      this.#failed.clear();
      this.#of = of;
    }
    this.retry();
  }

  /** Asks each reachable source that has not sent everything, unless a request to it is under way and not stuck. */
  retry(): void {
    if (this.isDone) return;
    for (const source of this.#sources()) {
      if (this.#fetched.has(source)) continue;
      const underWay = this.#underWay.get(source);
      if (underWay !== undefined && !underWay.isStuck()) continue;
      if (underWay !== undefined) {
        this.#failed.add(source);
        underWay.end();
      }
      this.#underWay.delete(source);
      if (!this.#core.peers.isUp(source)) continue;
      const fetch = new Fetch(this.#core, source, () => {
        if (this.#underWay.get(source) !== fetch) return;
        this.#underWay.delete(source);
        this.#fetched.add(source);
        this.#core.host.explain({ what: "streamed", detail: `all of ${source}` });
        if (this.isDone) this.#progressed();
      });
      this.#underWay.set(source, fetch);
      fetch.start();
    }
  }

  /**
   * Answers as an old member: sends `to` the next page of the keys that `to` will own and does not own yet. Answers
   * `stream-later` while some of their states are not durable yet, since this node may have accepted them before it
   * refused writes to the old owners alone.
   */
  serve(
    to: NodeName,
    { id, after }: PeerRequest & { readonly type: "stream-ask" },
    reply: (reply: PeerReply) => void,
  ): void {
    const { replica, parts, settings, rings, host } = this.#core;
    const { state } = rings.view;
    if (state.under === undefined) return reply({ type: "stream-later", id });
    const [now, next] = [settingsOn(settings, state), settingsOn(settings, state.under.next)];
    const ownersOf = (key: string) => ({
      before: parts.preferenceList(now, key),
      after: parts.preferenceList(next, key),
    });
    const held = [...replica.entries()]
      .filter(({ key }) => {
        const owners = ownersOf(key);
        return (
          (after === undefined || key > after) &&
          owners.after.includes(to) &&
          !owners.before.includes(to)
        );
      })
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    held.forEach((entry) => replica.keepRefused(entry));
    if (!held.every(isSettled)) return reply({ type: "stream-later", id });
    const sent = held.flatMap(({ key, durable }) =>
      durable !== null &&
      parts.membership.streams({ state: durable, self: host.node, ring: state, ...ownersOf(key) })
        ? [{ key, state: durable }]
        : [],
    );
    if (after !== undefined)
      host.explain({ what: "stream goes on", detail: `to ${to}, after ${after}` });
    const entries = sent.slice(0, pageKeys);
    reply({ type: "stream-page", id, entries, more: sent.length > entries.length });
  }

  /**
   * Whether this node fetches data: a membership change is at its step `writes`, and this node is a member of the next
   * ring.
   */
  get #fetches(): boolean {
    const { state } = this.#core.rings.view;
    return (
      state.under?.step === "writes" &&
      state.under.next.members.some(({ node }) => node === this.#core.host.node)
    );
  }

  #sources(): readonly NodeName[] {
    return this.#core.parts.membership.sources(this.#core.rings.view.state, this.#core.host.node);
  }
}

/** Fetches all pages from one source. */
class Fetch implements Caller {
  readonly #core: Core;
  readonly #source: NodeName;
  readonly #done: () => void;
  #call = 0;
  #askedUs = 0;
  #after: string | undefined;

  constructor(core: Core, source: NodeName, done: () => void) {
    this.#core = core;
    this.#source = source;
    this.#done = done;
  }

  start(): void {
    this.#call = this.#core.calls.open(this);
    this.#ask();
  }

  end(): void {
    this.#core.calls.close(this.#call);
  }

  /** Whether the last page has taken longer than a request and a sync may take. */
  isStuck(): boolean {
    const { host, settings } = this.#core;
    return host.monotonicUs() - this.#askedUs > syncedWithinMs(settings) * 1000;
  }

  reply(_slot: number, _from: NodeName, reply: PeerReply): void {
    if (reply.type === "stream-page") this.#store(reply);
    else if (reply.type === "stream-later") this.#core.host.setTimer(laterMs, () => this.#ask());
  }

  #ask(): void {
    const { calls, peers, host } = this.#core;
    calls.close(this.#call);
    this.#call = calls.open(this);
    this.#askedUs = host.monotonicUs();
    peers.send(this.#source, {
      type: "stream-ask",
      id: this.#call,
      ...(this.#after === undefined ? {} : { after: this.#after }),
    });
  }

  /** Stores a page, and asks for the next one once all its keys are on disk. */
  #store({ entries, more, id }: PeerReply & { readonly type: "stream-page" }): void {
    const { replica } = this.#core;
    let left = entries.length;
    const stored = (): void => {
      if (--left > 0) return;
      if (!more) {
        this.end();
        return this.#done();
      }
      this.#after = entries.at(-1)?.key ?? this.#after;
      this.#ask();
    };
    if (left === 0) return (++left, stored());
    for (const { key, state } of entries)
      replica.put(
        { type: "replica-put", id, key, state, cause: "stream", synced: true },
        {
          // If the disk is full, the page is refused. The fetch then counts as stuck and starts again.
          send: (reply) => {
            if (reply.type === "replica-stored") stored();
          },
          bufferedBytes: () => 0,
          close() {},
        },
      );
  }
}

/** The time after which a source that was not ready is asked again. */
const laterMs = 20;
