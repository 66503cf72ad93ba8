/**
 * One direction between two endpoints. The fate of each message is drawn from the seed, the link and the message's
 * number, and depends on the faults of the link.
 */
import type { Impairment, MessageAim } from "../../../generators/index.ts";
import { Random } from "../simulator/random.ts";

/** How long messages take without faults: a mean, and the distribution around the mean. */
export interface Latency {
  readonly meanMs: number;
  readonly dist: "constant" | "uniform" | "exponential";
}

/** How long each copy of a message takes. A message has one copy, two if it is duplicated, and none if it is lost. */
export interface Fate {
  readonly delaysUs: readonly number[];
}

/** An exponential delay is at most this many times the mean. One draw in about 1,100 is cut to it. */
const longestMeans = 7;

/**
 * A rule that targets messages of one type or of any type, and how many such messages have passed since the rule came
 * into force.
 */
interface Counted {
  readonly aim: MessageAim;
  passed: number;
}

export class Link {
  isCut = false;
  impairment: Impairment = {};
  readonly #random: Random;
  readonly #latency: Latency;
  readonly #aims = new Map<string, Counted>();
  /** The time at which the link has sent all earlier messages, if its bandwidth is capped. */
  #freeUs = 0;

  constructor(seed: number, name: string, latency: Latency) {
    this.#random = new Random(seed, `message ${name}`);
    this.#latency = latency;
  }

  /** Replaces the rules that target messages. A rule that stays in force continues to count. */
  aimAt(aims: ReadonlyMap<string, MessageAim>): void {
    for (const subject of this.#aims.keys()) if (!aims.has(subject)) this.#aims.delete(subject);
    for (const [subject, aim] of aims)
      if (!this.#aims.has(subject)) this.#aims.set(subject, { aim, passed: 0 });
  }

  /**
   * The fate of the link's next message. The number of random draws is the same for each message, so that the message's
   * number decides its draws.
   *
   * @param bytes The message's size, for links with capped bandwidth.
   */
  next(type: string, bytes: number, nowUs: number): Fate {
    const [takes, loss, twice, late, jitter, gap] = [
      this.#random.fraction(),
      this.#random.fraction(),
      this.#random.fraction(),
      this.#random.fraction(),
      this.#random.fraction(),
      this.#random.fraction(),
    ];
    const { lossPercent = 0, duplicatePercent = 0, reorderPercent = 0 } = this.impairment;
    const { lateMs = 0, delayMs = 0, jitterMs = 0, bytesPerS } = this.impairment;
    let delayMsInAll =
      latencyMs(this.#latency, takes) +
      delayMs +
      jitter * jitterMs +
      (late * 100 < reorderPercent ? jitter * lateMs : 0);
    let copies = twice * 100 < duplicatePercent ? 2 : 1;
    let isLost = this.isCut || loss * 100 < lossPercent;
    let gapMs = gap * Math.max(1, 2 * this.#latency.meanMs);
    for (const counted of this.#aims.values()) {
      const { aim } = counted;
      if (aim.type !== null && aim.type !== type) continue;
      counted.passed++;
      if (counted.passed < aim.first || counted.passed >= aim.first + aim.count) continue;
      switch (aim.act) {
        case "lose":
          isLost = true;
          break;
        case "delay":
          delayMsInAll += aim.delayMs;
          break;
        case "duplicate":
          copies = 2;
          gapMs = aim.delayMs;
          break;
      }
    }
    if (isLost) return lost;
    let firstUs = Math.round(delayMsInAll * 1000);
    if (bytesPerS !== undefined) {
      this.#freeUs = Math.max(this.#freeUs, nowUs) + Math.ceil((bytes * 1e6) / bytesPerS);
      firstUs += this.#freeUs - nowUs;
    }
    return copies === 1
      ? { delaysUs: [firstUs] }
      : { delaysUs: [firstUs, firstUs + Math.round(gapMs * 1000)] };
  }
}

const lost: Fate = { delaysUs: [] };

function latencyMs({ meanMs, dist }: Latency, drawn: number): number {
  switch (dist) {
    case "constant":
      return meanMs;
    case "uniform":
      return 2 * meanMs * drawn;
    case "exponential":
      return meanMs * Math.min(longestMeans, -Math.log(1 - drawn));
  }
}
