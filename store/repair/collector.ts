/**
 * Removes tombstones that are no longer needed. Under `reap`, once the tombstone is graceMs old and all replicas of the
 * key are reachable, the first node of the key's preference list asks the others whether they hold it. If it does not
 * succeed, the next node asks after one more graceMs, and so on.
 */
import type { Caller } from "../links/calls.ts";
import type { Core } from "../core.ts";
import type { Expiring } from "../links/deadlines.ts";
import { sendCopies } from "./exchange.ts";
import type { NodeName } from "../host.ts";
import type { PeerReply } from "../protocol/protocol.ts";
import type { State } from "../versions/records.ts";
import type { Entry } from "../replica/replica.ts";

/**
 * The largest number of keys about which one node asks at the same time, so that many deletes do not flood its peers.
 */
const askedAtOnce = 64;

/**
 * Starts to look for removable tombstones at regular intervals: a quarter of graceMs, but not below 50 ms or above 250
 * ms.
 */
export function startCollecting(core: Core): void {
  const { host, settings } = core;
  const everyMs = Math.min(250, Math.max(50, Math.floor(settings.graceMs / 4)));
  const underWay = new Set<string>();
  const tick = (): void => {
    host.setTimer(everyMs, tick);
    for (const entry of core.replica.deletions()) collect(core, entry, underWay);
  };
  host.setTimer(everyMs, tick);
}

function collect(core: Core, entry: Entry, underWay: Set<string>): void {
  const { host, settings, parts, replica, peers, rings } = core;
  const { key, durable, deletedUs } = entry;
  if (durable === null || deletedUs === null) return;
  const ageMs = (host.monotonicUs() - deletedUs) / 1000;
  if (entry.reaped) {
    if (ageMs >= settings.reapedMs) replica.forget(entry);
    return;
  }
  if (!parts.membership.mayReap(rings.view.state)) return;
  const replicas = rings.owners(key);
  if (parts.tombstones.mayReap(settings, { key, ageMs, replicas, holders: new Set([host.node]) }))
    return replica.reap(key, durable);
  const turn = replicas.indexOf(host.node) + 1;
  if (
    settings.deletes !== "reap" ||
    ageMs < settings.graceMs * turn ||
    peers.countUp(replicas) < replicas.length
  )
    return;
  if (underWay.has(key) || underWay.size >= askedAtOnce) return;
  underWay.add(key);
  new Reaping(core, key, durable, replicas, ageMs, () => underWay.delete(key)).start();
}

class Reaping implements Caller, Expiring {
  done = false;
  readonly #core: Core;
  readonly #key: string;
  readonly #tombstone: State;
  readonly #replicas: readonly NodeName[];
  readonly #ageMs: number;
  readonly #ended: () => void;
  readonly #holders: Set<NodeName>;
  #call = 0;

  constructor(
    core: Core,
    key: string,
    tombstone: State,
    replicas: readonly NodeName[],
    ageMs: number,
    ended: () => void,
  ) {
    this.#core = core;
    this.#key = key;
    this.#tombstone = tombstone;
    this.#replicas = replicas;
    this.#ageMs = ageMs;
    this.#ended = ended;
    this.#holders = new Set([core.host.node]);
  }

  start(): void {
    const { peers, calls, deadlines, host } = this.#core;
    this.#call = calls.open(this);
    this.#replicas.forEach((node, slot) => {
      if (node !== host.node)
        peers.send(node, {
          type: "reap-ask",
          id: this.#call + slot,
          key: this.#key,
          state: this.#tombstone,
        });
    });
    deadlines.add(this);
  }

  reply(_slot: number, from: NodeName, reply: PeerReply): void {
    if (reply.type !== "reap-told") return;
    // This replica does not have the delete, and repair alone might not send it. The tombstone can be dropped only
    // after every replica has it.
    if (!reply.holds) return sendCopies(this.#core, from, [this.#key]);
    this.#holders.add(from);
    const { parts, settings, replica, peers, calls, host } = this.#core;
    const deletion = {
      key: this.#key,
      ageMs: this.#ageMs,
      replicas: this.#replicas,
      holders: this.#holders,
    };
    if (!parts.tombstones.mayReap(settings, deletion)) return;
    for (const node of this.#replicas)
      if (node !== host.node)
        peers.send(node, { type: "reap", id: calls.ids(), key: this.#key, state: this.#tombstone });
    replica.reap(this.#key, this.#tombstone);
    this.#finish();
  }

  expire(): void {
    this.#finish();
  }

  #finish(): void {
    this.done = true;
    this.#core.calls.close(this.#call);
    this.#ended();
  }
}
