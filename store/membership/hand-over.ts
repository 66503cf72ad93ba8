/**
 * A node may hold keys that it no longer owns. It hands them to their owners, and drops each once all its owners,
 * except those declared dead, have it on disk.
 */
import type { Core } from "../core.ts";
import type { State } from "../versions/records.ts";
import { settingsOn } from "../placement/rings.ts";
import { Push } from "../repair/push.ts";
import { type Entry, isSettled } from "../replica/replica.ts";

/** The largest number of keys that are handed over at the same time. */
const keysAtOnce = 16;

/** One node's leftovers: the keys that it holds and does not own. */
export class HandOver {
  readonly #core: Core;
  readonly #progressed: () => void;
  readonly #leftovers = new Set<Entry>();
  readonly #underWay = new Map<string, Push>();

  constructor(core: Core, progressed: () => void) {
    this.#core = core;
    this.#progressed = progressed;
  }

  get count(): number {
    return this.#leftovers.size;
  }

  /** Whether no leftovers remain. A leaving node must also have delivered all its hints. */
  get isDone(): boolean {
    const { rings, hints, host } = this.#core;
    const { under } = rings.view.state;
    const leaves =
      under?.step === "drop" && !under.next.members.some(({ node }) => node === host.node);
    return this.#leftovers.size === 0 && (!leaves || hints.count === 0);
  }

  ringChanged(): void {
    const { parts, rings, replica, host, settings } = this.#core;
    const { state } = rings.view;
    const on = settingsOn(settings, state);
    for (const push of this.#underWay.values()) push.end();
    this.#underWay.clear();
    this.#leftovers.clear();
    for (const entry of replica.entries()) {
      const owners = rings.owners(entry.key);
      const before = parts.preferenceList(on, entry.key);
      if (parts.membership.isLeftover(state, { self: host.node, owners, before }))
        this.#leftovers.add(entry);
    }
    this.retry();
  }

  /** Starts handing over keys whose hand-over is not under way or has taken too long. */
  retry(): void {
    for (const [key, push] of this.#underWay)
      if (push.isStuck()) {
        push.end();
        this.#underWay.delete(key);
      }
    for (const entry of this.#leftovers) {
      if (this.#underWay.size >= keysAtOnce) return;
      this.#core.replica.keepRefused(entry);
      if (!isSettled(entry) || this.#underWay.has(entry.key)) continue;
      if (entry.durable === null) {
        this.#leftovers.delete(entry);
        continue;
      }
      this.#push(entry, entry.durable);
    }
    if (this.isDone) this.#progressed();
  }

  #push(entry: Entry, state: State): void {
    const { rings, replica, parts } = this.#core;
    const owners = rings.livingOwners(entry.key);
    const push = new Push(this.#core, owners, entry.key, state, (confirmed) => {
      if (!parts.membership.mayDrop(confirmed, owners)) return;
      push.end();
      if (this.#underWay.get(entry.key) !== push) return;
      this.#underWay.delete(entry.key);
      // If a newer version of the key arrived in the meantime, the next try hands it over.
      if (entry.durable === state && isSettled(entry)) {
        this.#leftovers.delete(entry);
        replica.drop(entry);
      }
      this.retry();
    });
    this.#underWay.set(entry.key, push);
    push.start();
  }
}
