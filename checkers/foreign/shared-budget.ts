/** A budget of steps and time that all keys and files of one call share, with a limit of memory for each search. */
import type { SearchBudget } from "../search/search.ts";

/** The limits of a budget. */
export interface BudgetLimits {
  /** The largest number of steps of all searches together. Default: 40,000,000. */
  readonly steps?: number;
  /** The largest number of bytes that one search may use. Default: 512 MiB. */
  readonly bytes?: number;
  /**
   * Returns a sentence if the time is up, otherwise undefined. Checkers have no clock, so the caller passes this
   * function.
   */
  readonly isOver?: () => string | undefined;
}

const defaultSteps = 40_000_000;
const defaultBytes = 512 * 1024 * 1024;
/** A search takes steps from the budget in portions of this size. */
const stepsBetweenAsks = 1024;

/** The steps and the time that several searches share, and the memory that each of them may use. */
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

  /** Why the budget allows no further search. Undefined: it allows one. */
  get spent(): string | undefined {
    return this.#steps <= 0
      ? `the searches took more than ${this.#allSteps} steps`
      : this.#isOver?.();
  }

  /**
   * A part of the budget, for one search of at most `steps` steps.
   * @param heldBytes Returns the number of bytes that the states take, in addition to the search itself.
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

  /** Takes steps from the budget. Returns a sentence if none are left or the time is up, otherwise undefined. */
  take(steps: number): string | undefined {
    this.#steps -= steps;
    return this.spent;
  }
}
