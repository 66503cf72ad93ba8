/**
 * Timeouts of operations. All timeouts in one `Deadlines` have the same length, so operations expire in the order in
 * which they began, and one queue with one timer is enough.
 */
import type { Host } from "../host.ts";

export interface Expiring {
  /** Whether the operation has ended. */
  readonly done: boolean;
  expire(): void;
}

/** An entry for `Deadlines` that calls `expire` at its timeout, unless `operation` is done by then. */
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
 * The smallest number of finished entries that `add` cuts off the head of the queue. They must also be more than half
 * of the queue, so that a cut moves fewer entries than it removes.
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

  /** Calls `operation.expire()` after the timeout, unless the operation is done by then. */
  add(operation: Expiring): void {
    this.#forgetDone();
    this.#queue.push({ atUs: this.#host.monotonicUs() + this.#lengthMs * 1000, operation });
    if (!this.#armed) this.#arm(this.#lengthMs);
  }

  /** Whether all operations that were added have ended. */
  get isIdle(): boolean {
    return this.#queue.every((each) => each === undefined || each.operation.done);
  }

  /**
   * Drops finished operations from the head of the queue. Nearly all operations end within milliseconds. When the queue
   * kept them for the whole timeout, it held a hundred thousand objects, and garbage collection took a fifth of the
   * time.
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
