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

export interface Resending {
  /** Whether the operation has ended. */
  readonly done: boolean;
  /** Called after half of the operation's timeout. */
  atHalfTime(): void;
}

interface Deadline<Operation> {
  readonly atUs: number;
  readonly operation: Operation;
}

/**
 * The smallest number of finished entries that `add` cuts off the head of the queue. They must also be more than half
 * of the queue, so that a cut moves fewer entries than it removes.
 */
const leastCut = 1_024;

export class Deadlines<Operation extends { readonly done: boolean }> {
  readonly #host: Host;
  readonly #lengthMs: number;
  readonly #timeUp: (operation: Operation) => void;
  #queue: (Deadline<Operation> | undefined)[] = [];
  #head = 0;
  #armed = false;

  constructor(host: Host, lengthMs: number, timeUp: (operation: Operation) => void) {
    this.#host = host;
    this.#lengthMs = lengthMs;
    this.#timeUp = timeUp;
  }

  /** Calls `timeUp` with the operation after the timeout, unless the operation is done by then. */
  add(operation: Operation): void {
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
      this.#timeUp(first.operation);
    }
    this.#cut();
    const next = this.#queue[0];
    this.#armed = false;
    if (next !== undefined) this.#arm(Math.max(1, Math.ceil((next.atUs - nowUs) / 1000)));
  }
}
