/**
 * The general search: is there an order of the operations that respects real time and is legal for the model? Wing and
 * Gong, "Testing and Verifying Concurrent Objects" (J. Parallel Distrib. Comput. 1993), with the memo of (placed set,
 * state) of Lowe, "Testing for Linearizability" (Concurr. Comput. 2017).
 *
 * Two shortcuts keep the answer exact:
 * - an operation that changes no state (a read) is placed as soon as it is legal: whatever order exists, it also exists
 *   with it here;
 * - indeterminate operations of one kind are interchangeable, and the one invoked first may stand wherever another
 *   could: they are counted, not named.
 */
import { SearchMemo } from "./search-memo.ts";

/** Operations are numbered; states are numbers that only the model understands. */
export interface SearchProblem {
  readonly initial: number;
  readonly start: Float64Array;
  /** Infinity: indeterminate, it may take effect at any time after its start, or never. */
  readonly end: Float64Array;
  /** The state after the operation, −1 where it is illegal. */
  readonly step: (state: number, operation: number) => number;
  /** 1: it never changes a state in which it is legal. */
  readonly pure: Uint8Array;
  /** Operations of one kind do the same to every state. */
  readonly kind: Int32Array;
}

/** How many steps and bytes a search may use before it gives up. */
export interface SearchBudget {
  readonly steps: number;
  readonly bytes: number;
  /** Asked every 1,024 steps: why there is no more time, undefined while there is some. */
  readonly stop?: () => string | undefined;
}

export const defaultBudget: SearchBudget = { steps: 20_000_000, bytes: 512 * 1024 * 1024 };

export type SearchResult =
  | { readonly found: "order"; readonly order: readonly number[] }
  /**
   * All that ended before `stuck` ended can be put in order, together with `stuck` it cannot; `states` are those that
   * the orders without it lead to, and `prefix` is one such order.
   */
  | {
      readonly found: "none";
      readonly stuck: number;
      readonly states: readonly number[];
      readonly prefix: readonly number[];
    }
  | { readonly found: "unknown"; readonly reason: string };

/** Exact, or `unknown` where the budget ran out. Exponential at worst: the problem is NP-complete. */
export function search(problem: SearchProblem, budget: SearchBudget = defaultBudget): SearchResult {
  return new Search(problem).run(budget);
}

const none = -1;

class Search {
  readonly #problem: SearchProblem;
  /** The required operations, by start; places in it are what the list and the bits count. */
  readonly #required: Int32Array;
  /** A doubly linked list of the places that are not placed yet; its head is the place after the last. */
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #bits: Int32Array;
  readonly #salt: Int32Array;
  /** Indeterminate operations by kind, each by start; and how many of each are used. */
  readonly #optional: readonly (readonly number[])[];
  readonly #used: Int32Array;
  readonly #memo = new SearchMemo();
  /**
   * The stack: the move that led to each configuration (a place, or a kind counted from the number of places), and the
   * state before.
   */
  readonly #moves: number[] = [];
  readonly #before: number[] = [];
  /** Where a configuration's next try begins; none for one that had only one move. */
  readonly #cursor: number[] = [];
  readonly #limit: number[] = [];
  #state: number;
  #hash = 0;
  #placed = 0;
  #best = -Infinity;
  #stuck = none;
  #states = new Set<number>();
  #prefix: readonly number[] = [];
  /** How many moves led to the best, while they are still the first of `#moves`. */
  #bestMoves = none;

  constructor(problem: SearchProblem) {
    this.#problem = problem;
    this.#state = problem.initial;
    const { start, end, kind, pure } = problem;
    const byStart = byStartThenEnd(start, end);
    this.#required = byStart.filter((operation) => end[operation] !== Infinity);
    const size = this.#required.length;
    this.#next = new Int32Array(size + 1);
    this.#previous = new Int32Array(size + 1);
    this.#salt = new Int32Array(size);
    for (let place = 0; place < size; place++) {
      this.#next[place] = place + 1;
      this.#previous[place + 1] = place;
      this.#salt[place] = scatter(place + 1);
    }
    this.#previous[0] = size;
    this.#bits = new Int32Array((size >>> 5) + 2);
    const kinds = new Map<number, number[]>();
    for (const operation of byStart) {
      // One without an effect need not be placed at all.
      if (end[operation] !== Infinity || pure[operation] === 1) continue;
      const of = kinds.get(kind[operation] as number);
      if (of === undefined) kinds.set(kind[operation] as number, [operation]);
      else of.push(operation);
    }
    this.#optional = [...kinds.values()];
    this.#used = new Int32Array(this.#optional.length);
  }

  run({ steps, bytes, stop }: SearchBudget): SearchResult {
    const size = this.#required.length;
    let open = true;
    for (let step = 0; step < steps; step++) {
      if (this.#placed === size) return { found: "order", order: this.#order() };
      if (open) this.#enter();
      open = this.#advance();
      if (!open && !this.#back())
        return {
          found: "none",
          stuck: this.#stuck,
          states: [...this.#states],
          prefix: this.#prefix,
        };
      if ((step & 1023) === 0 && this.#memo.bytes > bytes)
        return { found: "unknown", reason: `the search would need more than ${bytes} bytes` };
      // After 1,024 steps, not before: short searches are not asked at all.
      const reason = (step & 1023) === 1023 ? stop?.() : undefined;
      if (reason !== undefined) return { found: "unknown", reason };
    }
    return { found: "unknown", reason: `the search took more than ${steps} steps` };
  }

  /** A new configuration: the time before which the next operation must start, and where to begin. */
  #enter(): void {
    const { start, end, pure, step } = this.#problem;
    const size = this.#required.length;
    let limit = Infinity;
    let first = none;
    for (
      let place = this.#next[size] as number;
      place !== size;
      place = this.#next[place] as number
    ) {
      const operation = this.#required[place] as number;
      if ((start[operation] as number) > limit) break;
      if ((end[operation] as number) < limit) {
        limit = end[operation] as number;
        first = operation;
      }
      if (pure[operation] === 1 && step(this.#state, operation) === this.#state) {
        this.#limit.push(limit);
        this.#cursor.push(none - 1 - place);
        return;
      }
    }
    this.#limit.push(limit);
    const head = this.#next[size] as number;
    const isNew = this.#memo.add({
      state: this.#state,
      hash: this.#hash ^ scatter(-1 - this.#state),
      head,
      placed: this.#placed,
      bits: this.#bits,
      used: this.#used,
    });
    this.#cursor.push(isNew ? head : none);
    if (isNew && limit >= this.#best) this.#note(limit, first);
  }

  /** What no order may end later than: the furthest that any order came. */
  #note(limit: number, stuck: number): void {
    if (limit > this.#best) {
      this.#best = limit;
      this.#stuck = stuck;
      this.#states = new Set();
      this.#bestMoves = this.#moves.length;
    }
    this.#states.add(this.#state);
  }

  /** Makes the next move of the topmost configuration, if it has one left. */
  #advance(): boolean {
    const { start, step } = this.#problem;
    const size = this.#required.length;
    const top = this.#cursor.length - 1;
    const limit = this.#limit[top] as number;
    let cursor = this.#cursor[top] as number;
    if (cursor === none) return false;
    if (cursor < none) {
      this.#cursor[top] = none;
      this.#place(none - 1 - cursor, this.#state);
      return true;
    }
    for (; cursor < size; cursor = this.#next[cursor] as number) {
      const operation = this.#required[cursor] as number;
      if ((start[operation] as number) > limit) break;
      const state = step(this.#state, operation);
      if (state < 0) continue;
      this.#cursor[top] = this.#next[cursor] as number;
      this.#place(cursor, state);
      return true;
    }
    for (let kind = Math.max(0, cursor - size); kind < this.#optional.length; kind++) {
      const operation = this.#optional[kind]?.[this.#used[kind] as number];
      if (operation === undefined || (start[operation] as number) > limit) continue;
      const state = step(this.#state, operation);
      if (state < 0 || state === this.#state) continue;
      this.#cursor[top] = size + kind + 1;
      this.#place(size + kind, state);
      return true;
    }
    this.#cursor[top] = none;
    return false;
  }

  #place(move: number, state: number): void {
    const size = this.#required.length;
    this.#moves.push(move);
    this.#before.push(this.#state);
    this.#state = state;
    if (move >= size) {
      this.#used[move - size] = (this.#used[move - size] as number) + 1;
      return;
    }
    this.#next[this.#previous[move] as number] = this.#next[move] as number;
    this.#previous[this.#next[move] as number] = this.#previous[move] as number;
    this.#flip(move);
    this.#placed++;
  }

  /** Leaves the topmost configuration and takes back the move that led to it; false at the bottom. */
  #back(): boolean {
    if (this.#moves.length === this.#bestMoves) {
      this.#prefix = this.#order();
      this.#bestMoves = none;
    }
    this.#cursor.pop();
    this.#limit.pop();
    const move = this.#moves.pop();
    const state = this.#before.pop();
    if (move === undefined || state === undefined) return false;
    const size = this.#required.length;
    this.#state = state;
    if (move >= size) {
      this.#used[move - size] = (this.#used[move - size] as number) - 1;
      return true;
    }
    this.#next[this.#previous[move] as number] = move;
    this.#previous[this.#next[move] as number] = move;
    this.#flip(move);
    this.#placed--;
    return true;
  }

  #flip(place: number): void {
    this.#bits[place >>> 5] = (this.#bits[place >>> 5] as number) ^ (1 << (place & 31));
    this.#hash ^= this.#salt[place] as number;
  }

  #order(): number[] {
    const size = this.#required.length;
    const used = new Int32Array(this.#optional.length);
    return this.#moves.map((move) => {
      if (move < size) return this.#required[move] as number;
      const nth = used[move - size] as number;
      used[move - size] = nth + 1;
      return this.#optional[move - size]?.[nth] as number;
    });
  }
}

/** The operations by start, those that start together by end. Histories mostly come in that order already. */
function byStartThenEnd(start: Float64Array, end: Float64Array): Int32Array {
  const indices = Int32Array.from(start.keys());
  const isAfter = (a: number, b: number): boolean =>
    (start[a] as number) > (start[b] as number) ||
    (start[a] === start[b] && (end[a] as number) > (end[b] as number));
  let isSorted = true;
  for (let i = 1; i < indices.length && isSorted; i++) isSorted = !isAfter(i - 1, i);
  return isSorted ? indices : indices.sort((a, b) => (isAfter(a, b) ? 1 : isAfter(b, a) ? -1 : 0));
}

/** Spreads small numbers over 32 bits. */
function scatter(number: number): number {
  let x = Math.imul(number ^ (number >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return x ^ (x >>> 15);
}
