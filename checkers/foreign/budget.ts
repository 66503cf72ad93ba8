/** One budget of steps, time and memory for all keys and files of a call. */
import type { SearchBudget } from "../search/search.ts";

export interface BudgetLimits {
  /** Of all searches together. */
  readonly steps?: number;
  /** What one search may hold. */
  readonly bytes?: number;
  /** Why there is no time left; undefined while there is some. Checkers have no clock: whoever has one gives it. */
  readonly isOver?: () => string | undefined;
}

const defaultSteps = 40_000_000;
const defaultBytes = 512 * 1024 * 1024;
/** How often a search asks. */
const stepsBetweenAsks = 1024;

export class Budget {
  #steps: number;
  readonly bytes: number;
  readonly #isOver: (() => string | undefined) | undefined;
  readonly #allSteps: number;

  constructor({ steps = defaultSteps, bytes = defaultBytes, isOver }: BudgetLimits = {}) {
    this.#steps = this.#allSteps = steps;
    this.bytes = bytes;
    this.#isOver = isOver;
  }

  /** Why nothing more can be searched; undefined while it can. */
  get spent(): string | undefined {
    return this.#steps <= 0
      ? `the searches took more than ${this.#allSteps} steps`
      : this.#isOver?.();
  }

  /**
   * For one search of at most `steps` steps.
   * @param heldBytes what its states take beside the search itself.
   */
  forSearch(steps: number, heldBytes: () => number = () => 0): SearchBudget {
    return {
      steps: Math.min(steps, Math.max(1, this.#steps)),
      bytes: this.bytes,
      stop: () =>
        heldBytes() > this.bytes
          ? `the search would need more than ${this.bytes} bytes`
          : this.take(stepsBetweenAsks),
    };
  }

  /** Counts steps. Returns why there are no more, or undefined. */
  take(steps: number): string | undefined {
    this.#steps -= steps;
    return this.spent;
  }
}
