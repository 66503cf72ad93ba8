/**
 * `--seconds` limits the time of a call of `quorate check`. `--memory` limits the memory of each history and each
 * search.
 */
import { Budget, HistoryError } from "../../checkers/index.ts";

export const defaultSeconds = 120;
export const defaultMemoryMb = 1024;

export class CheckBudget {
  /** Bounds the searches by time and memory, not by their number of steps. */
  readonly searches: Budget;
  readonly #deadlineMs: number;
  readonly #seconds: number;
  readonly #memoryMb: number;

  constructor(seconds: number, memoryMb: number) {
    this.#seconds = seconds;
    this.#memoryMb = memoryMb;
    this.#deadlineMs = performance.now() + seconds * 1000;
    this.searches = new Budget({
      steps: Infinity,
      bytes: memoryMb * 1024 * 1024,
      isOver: () => this.#timeUp(),
    });
  }

  /**
   * Checks the budget for a history that needs `bytes` bytes of memory. Throws HistoryError if the time is up or the
   * history needs too much memory.
   */
  demand(bytes: number): void {
    if (this.#timeUp() !== undefined)
      throw new HistoryError(
        "over-budget",
        `all files to be read and judged in ${this.#seconds} s`,
        "more time",
      );
    if (bytes > this.#memoryMb * 1024 * 1024)
      throw new HistoryError(
        "over-budget",
        `a history that fits into ${this.#memoryMb} MB`,
        `a history that needs more than ${Math.round(bytes / 1024 / 1024)} MB`,
      );
  }

  #timeUp(): string | undefined {
    return performance.now() > this.#deadlineMs
      ? `the ${this.#seconds} s for all files are over (--seconds)`
      : undefined;
  }
}
