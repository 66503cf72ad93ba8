/**
 * The general search: is there an order of the operations that respects real time and is legal for the model? Wing and
 * Gong, "Testing and Verifying Concurrent Objects" (J. Parallel Distrib. Comput. 1993), with the memo of (placed set,
 * state) of Lowe, "Testing for Linearizability" (Concurr. Comput. 2017).
 *
 * Two shortcuts save steps and do not change the answer:
 * - an operation that changes no state (a read) is placed as soon as it is legal, since in any order it can be moved
 * there;
 * - indeterminate operations of one kind are interchangeable, and the earliest can replace any other, so they are only
 * counted.
 */
import { SearchMemo } from "./search-memo.ts";

/** The input of a search. Operations and states are numbers. Only the model knows what a state means. */
export interface SearchProblem {
  readonly initial: number;
  readonly start: Float64Array;
  /**
   * The end of each operation. Infinity: the operation is indeterminate, and may take effect at any time after its
   * start or never.
   */
  readonly end: Float64Array;
  /** The state after the operation, or −1 if the operation is illegal in `state`. */
  readonly step: (state: number, operation: number) => number;
  /** 1 for an operation that never changes a state in which it is legal, otherwise 0. */
  readonly pure: Uint8Array;
  /** The kind of each operation. Operations of one kind have the same effect on every state. */
  readonly kind: Int32Array;
}

/** The largest number of steps and of bytes for a search. A search that needs more gives up. */
export interface SearchBudget {
  readonly steps: number;
  readonly bytes: number;
  /** Called every 1,024 steps. Returns a reason to give up, such as that the time is up, or undefined. */
  readonly stop?: () => string | undefined;
}

export const defaultBudget: SearchBudget = { steps: 20_000_000, bytes: 512 * 1024 * 1024 };

export type SearchResult =
  | { readonly found: "order"; readonly order: readonly number[] }
  /**
   * No order exists. The operations that ended before `stuck` ended can be put in order, but not together with `stuck`.
   * `states` are the states to which the orders without `stuck` lead, and `prefix` is one such order.
   */
  | {
      readonly found: "none";
      readonly stuck: number;
      readonly states: readonly number[];
      readonly prefix: readonly number[];
    }
  | { readonly found: "unknown"; readonly reason: string };

/**
 * Searches for a legal order of the operations. The answer is exact, or `unknown` if the budget ran out. The time is
 * exponential in the worst case: the problem is NP-complete.
 */
export function search(problem: SearchProblem, budget: SearchBudget = defaultBudget): SearchResult {
  return new Search(problem).run(budget);
}

const none = -1;

class Search {
  readonly #problem: SearchProblem;
  /** The required operations, sorted by start. The linked list and the bits use indices into this array. */
  readonly #required: Int32Array;
  /**
   * A doubly linked list of the indices of unplaced operations. The list's head is the index after the last operation.
   */
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #bits: Int32Array;
  readonly #salt: Int32Array;
  /** The indeterminate operations of each kind, sorted by start. `#used` is how many of each kind were used. */
  readonly #optional: readonly (readonly number[])[];
  readonly #used: Int32Array;
  readonly #memo = new SearchMemo();
  /**
   * The stack: the move that led to each configuration, and the state before that move. A move is the index of a
   * required operation, or the number of required operations plus a kind.
   */
  readonly #moves: number[] = [];
  readonly #before: number[] = [];
  /**
   * Where the search for the next move of each configuration on the stack begins. `none`: no move is left. Below
   * `none`: the only move is a legal pure operation, whose index is encoded in the number.
   */
  readonly #cursor: number[] = [];
  readonly #limit: number[] = [];
  #state: number;
  #hash = 0;
  #placed = 0;
  #best = -Infinity;
  #stuck = none;
  #states = new Set<number>();
  #prefix: readonly number[] = [];
  /**
   * The number of moves that led to the best configuration, as long as these are still the first of `#moves`. Otherwise
   * `none`.
   */
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
      // An indeterminate operation without effect need not be placed.
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
      // Asked for the first time after 1,024 steps, so that short searches do not ask.
      const reason = (step & 1023) === 1023 ? stop?.() : undefined;
      if (reason !== undefined) return { found: "unknown", reason };
    }
    return { found: "unknown", reason: `the search took more than ${steps} steps` };
  }

  /**
   * Enters a new configuration: computes the limit (the time by which the next operation must start) and the first
   * move.
   */
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

  /**
   * Records a configuration that gets as far as any before: no configuration had a later limit. `stuck` is the
   * operation that ends at the limit.
   */
  #note(limit: number, stuck: number): void {
    if (limit > this.#best) {
      this.#best = limit;
      this.#stuck = stuck;
      this.#states = new Set();
      this.#bestMoves = this.#moves.length;
    }
    this.#states.add(this.#state);
  }

  /** Makes the next move of the top configuration. Returns false if no move is left. */
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

  /**
   * Leaves the top configuration and undoes the move that led to it. Returns false if it was the first configuration.
   */
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

/** The operations sorted by start, then by end. Checks first whether they are sorted already, as in most histories. */
function byStartThenEnd(start: Float64Array, end: Float64Array): Int32Array {
  const indices = Int32Array.from(start.keys());
  const isAfter = (a: number, b: number): boolean =>
    (start[a] as number) > (start[b] as number) ||
    (start[a] === start[b] && (end[a] as number) > (end[b] as number));
  let isSorted = true;
  for (let i = 1; i < indices.length && isSorted; i++) isSorted = !isAfter(i - 1, i);
  return isSorted ? indices : indices.sort((a, b) => (isAfter(a, b) ? 1 : isAfter(b, a) ? -1 : 0));
}

/** A hash of a number that spreads small numbers over 32 bits. */
function scatter(number: number): number {
  let x = Math.imul(number ^ (number >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return x ^ (x >>> 15);
}
