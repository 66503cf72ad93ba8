/**
 * Delivers hints (hinted handoff). While the target of hints is reachable, sends each hint as an ordinary replica-put.
 * If the target no longer owns the key, the key's owners get the hint.
 */
import type { Caller } from "../links/calls.ts";
import type { Core } from "../core.ts";
import type { Expiring } from "../links/deadlines.ts";
import type { Hint } from "./hints.ts";
import type { NodeName } from "../host.ts";
import type { PeerReply } from "../protocol/protocol.ts";
import { Push } from "./push.ts";

/**
 * The largest number of hints that one node sends to one target at the same time. A node that was away for long gets
 * hints from all others and must not be flooded.
 */
const hintsAtOnce = 16;

/** Starts to look for hints to deliver in every interval. */
export function startHandoff(core: Core): void {
  const underWay = new Set<NodeName>();
  const redirected = new Map<string, Push>();
  const next = (target: NodeName): void => {
    const hints = core.hints.for(target, hintsAtOnce, (hint) => isForTarget(core, hint));
    if (hints.length === 0 || !core.peers.isUp(target)) {
      underWay.delete(target);
      return;
    }
    new Delivery(core, hints, (isWhole) =>
      isWhole ? next(target) : underWay.delete(target),
    ).start();
  };
  const tick = (): void => {
    core.host.setTimer(core.settings.handoffIntervalMs, tick);
    core.hints.expire();
    if (core.membership !== null) redirect(core, redirected);
    for (const target of core.hints.targets())
      if (core.parts.beginsHandoff(target, core.peers.isUp(target), underWay)) next(target);
  };
  core.host.setTimer(core.settings.handoffIntervalMs, tick);
}

/** Whether the hint still goes to its target. It does only while the target owns the key. */
function isForTarget({ membership, parts, rings }: Core, { target, key }: Hint): boolean {
  if (membership === null) return true;
  const goesTo = parts.membership.hintGoesTo(target, rings.livingOwners(key));
  return goesTo.length === 1 && goesTo[0] === target;
}

/** Sends hints whose target no longer owns the key to all owners of the key that are not declared dead. */
function redirect(core: Core, underWay: Map<string, Push>): void {
  const { hints, parts, rings } = core;
  for (const [key, push] of underWay) {
    if (!push.isStuck()) continue;
    push.end();
    underWay.delete(key);
  }
  for (const target of hints.targets()) {
    for (const hint of hints.for(target, hintsAtOnce, (one) => !isForTarget(core, one))) {
      const { key, latest } = hint;
      const name = `${target} ${key}`;
      if (underWay.has(name)) continue;
      const to = parts.membership.hintGoesTo(target, rings.livingOwners(key));
      const push = new Push(core, to, key, latest, (confirmed) => {
        if (!to.every((node) => confirmed.has(node)) || underWay.get(name) !== push) return;
        push.end();
        underWay.delete(name);
        hints.delivered(hint, latest);
      });
      underWay.set(name, push);
      push.start();
    }
  }
}

class Delivery implements Caller, Expiring {
  done = false;
  readonly #core: Core;
  readonly #hints: readonly Hint[];
  readonly #ended: (isWhole: boolean) => void;
  readonly #stored = new Set<number>();
  #call = 0;

  constructor(core: Core, hints: readonly Hint[], ended: (isWhole: boolean) => void) {
    this.#core = core;
    this.#hints = hints;
    this.#ended = ended;
  }

  start(): void {
    const { peers, calls, deadlines, parts, clock } = this.#core;
    this.#call = calls.open(this);
    this.#hints.forEach(({ target, key, latest }, slot) => {
      peers.send(target, {
        type: "replica-put",
        id: this.#call + slot,
        key,
        state: parts.handsOver(latest, clock),
        cause: "handoff",
      });
    });
    deadlines.add(this);
  }

  reply(slot: number, _from: NodeName, reply: PeerReply): void {
    const hint = this.#hints[slot];
    if (reply.type !== "replica-stored" || hint === undefined || this.#stored.has(slot)) return;
    this.#stored.add(slot);
    this.#core.hints.delivered(hint, hint.latest);
    if (this.#stored.size === this.#hints.length) this.#finish(true);
  }

  expire(): void {
    this.#finish(false);
  }

  #finish(isWhole: boolean): void {
    this.done = true;
    this.#core.calls.close(this.#call);
    this.#ended(isWhole);
  }
}
