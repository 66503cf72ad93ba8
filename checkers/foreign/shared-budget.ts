/** A budget of steps, time and memory for all keys and files of a call. */
import type { SearchBudget } from "../search/search.ts";

/** Limits of a budget. */
export interface BudgetLimits {
  /** The total number of steps of all searches. */
  readonly steps?: number;
  /** The memory limit of one search. */
  readonly bytes?: number;
  /** Why the time is up. Undefined: it is not. Checkers have no clock, so the caller provides one. */
  readonly isOver?: () => string | undefined;
}

const defaultSteps = 40_000_000;
const defaultBytes = 512 * 1024 * 1024;
/** A search asks for more of the budget after this many steps. */
const stepsBetweenAsks = 1024;

/** Steps, time and memory that several searches share. */
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

  /** Why nothing more can be searched. Undefined: more can. */
  get spent(): string | undefined {
    return this.#steps <= 0
      ? `the searches took more than ${this.#allSteps} steps`
      : this.#isOver?.();
  }

  /**
   * A part of the budget for one search of at most `steps` steps.
   * @param heldBytes The memory in bytes that the states take, in addition to the search itself.
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

  /** Uses steps. Returns why there are none left, or undefined. */
  take(steps: number): string | undefined {
    this.#steps -= steps;
    return this.spent;
  }
}
