/** Hinted handoff, what is delivered: whenever the target of a hint can be reached, it is sent as an ordinary replica-put. */
import type { Caller } from "../links/calls.ts";
import type { Core } from "../core.ts";
import type { Expiring } from "../links/deadlines.ts";
import type { Hint } from "./hints.ts";
import type { NodeName } from "../host.ts";
import type { PeerReply } from "../protocol/protocol.ts";

/** Hints under way to one target: a node that was away long is not flooded by all others. */
const hintsAtOnce = 16;

/** Looks for what can be delivered every interval from now on. */
export function startHandoff(core: Core): void {
  const underWay = new Set<NodeName>();
  const next = (target: NodeName): void => {
    const hints = core.hints.for(target, hintsAtOnce);
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
    for (const target of core.hints.targets())
      if (core.parts.beginsHandoff(target, core.peers.isUp(target), underWay)) next(target);
  };
  core.host.setTimer(core.settings.handoffIntervalMs, tick);
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
