/**
 * Timeouts of operations. All have the same length, so they end in the order in which they began: one queue, one timer.
 */
import type { Host } from "../host.ts";

export interface Expiring {
  /** True: it no longer matters. */
  readonly done: boolean;
  expire(): void;
}

/** For what ends with an operation, but is not its end. */
export const expiring = (operation: { readonly done: boolean }, expire: () => void): Expiring => ({
  get done() {
    return operation.done;
  },
  expire,
});

interface Deadline {
  readonly atUs: number;
  readonly operation: Expiring;
}

/**
 * Entries that the queue may have behind it before it is cut: moving what is left costs less than one step for each.
 */
const leastCut = 1_024;

export class Deadlines {
  readonly #host: Host;
  readonly #lengthMs: number;
  #queue: (Deadline | undefined)[] = [];
  #head = 0;
  #armed = false;

  constructor(host: Host, lengthMs: number) {
    this.#host = host;
    this.#lengthMs = lengthMs;
  }

  /** `operation.expire()` is called once its time is up, unless it is done by then. */
  add(operation: Expiring): void {
    this.#forgetDone();
    this.#queue.push({ atUs: this.#host.monotonicUs() + this.#lengthMs * 1000, operation });
    if (!this.#armed) this.#arm(this.#lengthMs);
  }

  /** No operation is under way. */
  get isIdle(): boolean {
    return this.#queue.every((each) => each === undefined || each.operation.done);
  }

  /**
   * Nearly all are done within milliseconds: kept for a whole timeout they were a hundred thousand objects, and a fifth
   * of all time went into collecting them.
   */
  #forgetDone(): void {
    while (this.#queue[this.#head]?.operation.done === true) this.#queue[this.#head++] = undefined;
    if (this.#head >= leastCut && 2 * this.#head > this.#queue.length) this.#cut();
  }

  #cut(): void {
    this.#queue = this.#queue.slice(this.#head);
    this.#head = 0;
  }

  #arm(delayMs: number): void {
    this.#armed = true;
    this.#host.setTimer(delayMs, () => this.#fire());
  }

  #fire(): void {
    const nowUs = this.#host.monotonicUs();
    for (; this.#head < this.#queue.length; this.#head++) {
      const first = this.#queue[this.#head];
      if (first === undefined || first.operation.done) continue;
      if (first.atUs > nowUs) break;
      first.operation.expire();
    }
    this.#cut();
    const next = this.#queue[0];
    this.#armed = false;
    if (next !== undefined) this.#arm(Math.max(1, Math.ceil((next.atUs - nowUs) / 1000)));
  }
}
