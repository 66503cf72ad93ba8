/**
 * Searches for a serial order of the transactions, or under snapshot isolation for an order of their starts and
 * commits. Needed if reads do not show the order of all writes: for registers, and for appends that no read shows. The
 * answer is exact, or unknown if the budget runs out (the problem is NP-complete: C. Papadimitriou, J. ACM 1979).
 *
 * A version may be overwritten only after all its readers have started, since nobody can read it later. A read-only
 * transaction is placed as soon as possible: in any order it can be moved there. So the search only has to choose among
 * writers.
 */
import { type Digraph, pass } from "../numbers/digraph.ts";
import { edge } from "./dependencies.ts";
import { initialVersion } from "./transaction-table.ts";
import type { Touch } from "./touches.ts";

export interface ScheduleProblem {
  /**
   * For each transaction and each key that it used, the version that it read first and the version that it wrote last.
   */
  readonly touches: readonly (readonly Touch[])[];
  /**
   * For each transaction, 1 if it must be placed, or 0 if it is left out: it failed, or it is indeterminate and no read
   * shows its writes.
   */
  readonly isPlaced: Uint8Array;
  /** The edges that the order must respect. */
  readonly graph: Digraph;
  readonly keys: number;
  readonly versions: number;
  /**
   * True: the start and the commit of a transaction are separate moves (snapshot isolation). False: they are one move.
   */
  readonly isSnapshot: boolean;
  /** The largest number of steps of the search. */
  readonly steps: number;
}

/**
 * The result of a search. `order`: an order exists. `unknown`: the budget ran out. `none`: certainly no order exists.
 * The longest order that was found then has `placed` transactions, and none of `stuck` can come next.
 */
export type Schedule =
  | { readonly found: "order" | "unknown" }
  | { readonly found: "none"; readonly placed: number; readonly stuck: readonly number[] };

export const schedule = (problem: ScheduleProblem): Schedule => new Scheduler(problem).run();

/** The moves of a transaction: all of it at once, only its commit, or only its start. */
const whole = 0;
const commit = 1;
const start = 2;

interface Frame {
  readonly move: number;
  readonly t: number;
  /** The transaction that came before `t` in its linked list, as before the move. */
  readonly behind: number;
  /** The current version of each key that the transaction touches, as before the move. */
  readonly replaced: readonly number[];
  /**
   * The move and the transaction with which the search continues after the move was undone. A `phase` of −1: no other
   * move is tried.
   */
  readonly phase: number;
  readonly next: number;
}

class Scheduler {
  readonly #problem: ScheduleProblem;
  readonly #head: number;
  /** Two doubly linked lists: the transactions that may start, and those that have started and not yet committed. */
  readonly #after: Int32Array;
  readonly #before: Int32Array;
  readonly #startedHead: number;
  /**
   * For each transaction and pass-through node, the number of predecessors that it waits for before it may start.
   * `#commitWaits` is the number that a transaction waits for before it may commit.
   */
  readonly #startWaits: Int32Array;
  readonly #commitWaits: Int32Array;
  /** For each pass-through node, the type of the edges that lead to it. 0: none leads to it. */
  readonly #typeOf: Uint8Array;
  /** For each key, its current version. */
  readonly #current: Int32Array;
  /**
   * The number of readers that have not started: for each version, and in `#initialPending` for the initial version of
   * each key.
   */
  readonly #pending: Int32Array;
  readonly #initialPending: Int32Array;
  /** For each started transaction, the current version of each key that it touches, as it was at the start. */
  readonly #atStart: (readonly number[] | undefined)[];
  readonly #isPure: Uint8Array;
  readonly #frames: Frame[] = [];
  /**
   * Hashes of the states from which no order was found. They have 96 bits, so that two states practically never share
   * one.
   */
  readonly #dead = new Set<string>();
  #hashes: readonly [number, number, number] = [0, 0, 0];
  #left: number;
  #committed = 0;
  #best = { placed: -1, stuck: [] as readonly number[] };
  readonly #toPlace: number;

  constructor(problem: ScheduleProblem) {
    this.#problem = problem;
    const { graph, touches, isPlaced, keys, versions } = problem;
    const transactions = touches.length;
    this.#head = graph.size;
    this.#startedHead = graph.size + 1;
    this.#after = new Int32Array(graph.size + 2);
    this.#before = new Int32Array(graph.size + 2);
    for (const head of [this.#head, this.#startedHead]) {
      this.#after[head] = head;
      this.#before[head] = head;
    }
    this.#startWaits = new Int32Array(graph.size);
    this.#commitWaits = new Int32Array(graph.size);
    this.#typeOf = new Uint8Array(graph.size);
    this.#current = new Int32Array(keys).fill(initialVersion);
    this.#pending = new Int32Array(versions);
    this.#initialPending = new Int32Array(keys);
    this.#atStart = new Array<undefined>(transactions).fill(undefined);
    this.#isPure = Uint8Array.from(touches, (of) =>
      of.every(({ left }) => left === undefined) ? 1 : 0,
    );
    this.#left = problem.steps;
    this.#toPlace = isPlaced.reduce((sum, one) => sum + one, 0);
    for (let t = 0; t < transactions; t++) if (isPlaced[t] === 1) this.#countFound(t, 1);
    this.#countWaits();
    for (let t = 0; t < transactions; t++)
      if (isPlaced[t] === 1 && this.#startWaits[t] === 0) this.#append(t, this.#head);
  }

  run(): Schedule {
    let phase = whole;
    let next = this.#after[this.#head] as number;
    for (;;) {
      if (this.#committed === this.#toPlace) return { found: "order" };
      if (this.#left <= 0) return { found: "unknown" };
      const isDead = this.#dead.size > 0 && this.#dead.has(this.#key());
      const move = isDead ? null : this.#try(phase, next);
      if (move !== null) {
        this.#frames.push(move);
        phase = whole;
        next = this.#after[this.#head] as number;
        continue;
      }
      if (!isDead) this.#dead.add(this.#key());
      if (this.#committed > this.#best.placed)
        this.#best = { placed: this.#committed, stuck: this.#waiting() };
      const frame = this.#frames.pop();
      if (frame === undefined) return { found: "none", ...this.#best };
      this.#undo(frame);
      phase = frame.phase;
      next = frame.next;
    }
  }

  /** The transactions that may start according to the required order, and those that have started and not committed. */
  #waiting(): number[] {
    const waiting: number[] = [];
    for (const head of [this.#head, this.#startedHead])
      for (let t = this.#after[head] as number; t !== head; t = this.#after[t] as number)
        waiting.push(t);
    return waiting;
  }

  /**
   * Makes the first possible move, beginning with the phase `from` and the transaction `at`. Null: no move is possible.
   */
  #try(from: number, at: number): Frame | null {
    let next = at;
    for (let phase = from; phase >= 0 && phase <= start; phase++) {
      const head = phase === commit ? this.#startedHead : this.#head;
      if (phase !== from) next = this.#after[head] as number;
      if (phase !== whole && !this.#problem.isSnapshot) return null;
      for (; next !== head; next = this.#after[next] as number) {
        this.#left--;
        const isPure = this.#isPure[next] === 1;
        if (!this.#isPossible(phase, next, isPure)) continue;
        const further = this.#after[next] as number;
        const behind = this.#before[next] as number;
        const replaced = this.#make(phase, next);
        return {
          move: phase,
          t: next,
          behind,
          replaced,
          phase: isPure ? -1 : phase,
          next: further,
        };
      }
    }
    return null;
  }

  #isPossible(move: number, t: number, isPure: boolean): boolean {
    const touches = this.#problem.touches[t] as readonly Touch[];
    if (move !== commit && !touches.every((touch) => this.#isFound(touch))) return false;
    if (move === start) return !isPure;
    if ((this.#commitWaits[t] as number) > 0) return false;
    return touches.every((touch, i) => {
      if (touch.left === undefined) return true;
      const now = this.#current[touch.key] as number;
      if (move === commit && now !== this.#atStart[t]?.[i]) return false;
      const pending = (
        now === initialVersion ? this.#initialPending[touch.key] : this.#pending[now]
      ) as number;
      return pending === (move === whole && touch.found !== undefined ? 1 : 0);
    });
  }

  #isFound({ key, found }: Touch): boolean {
    return found === undefined || this.#current[key] === found;
  }

  #make(move: number, t: number): readonly number[] {
    const touches = this.#problem.touches[t] as readonly Touch[];
    const versions = touches.map(({ key }) => this.#current[key] as number);
    this.#unlink(t);
    if (move !== commit) {
      this.#countFound(t, -1);
      this.#atStart[t] = versions;
      this.#fire(t, true, 1);
    }
    if (move === start) this.#append(t, this.#startedHead);
    if (move !== start) {
      for (const { key, left } of touches) if (left !== undefined) this.#set(key, left);
      this.#committed++;
      this.#fire(t, false, 1);
    }
    this.#flip(t * 2 + (move === start ? 0 : 1), 1);
    if (move === commit) this.#flip(t * 2, 1);
    return versions;
  }

  #undo({ move, t, behind, replaced }: Frame): void {
    const touches = this.#problem.touches[t] as readonly Touch[];
    if (move === commit) this.#flip(t * 2, 1);
    this.#flip(t * 2 + (move === start ? 0 : 1), 1);
    if (move !== start) {
      this.#fire(t, false, -1);
      this.#committed--;
      for (const [i, { key, left }] of touches.entries())
        if (left !== undefined) this.#set(key, replaced[i] as number);
    }
    if (move === start) this.#unlink(t);
    if (move !== commit) {
      this.#fire(t, true, -1);
      this.#countFound(t, 1);
    }
    this.#insert(t, behind);
  }

  #set(key: number, version: number): void {
    this.#flip((this.#current[key] as number) + 2, key + 2);
    this.#current[key] = version;
    this.#flip(version + 2, key + 2);
  }

  #countFound(t: number, by: number): void {
    for (const { key, found } of this.#problem.touches[t] as readonly Touch[]) {
      if (found === undefined) continue;
      const counts = found === initialVersion ? this.#initialPending : this.#pending;
      const at = found === initialVersion ? key : found;
      counts[at] = (counts[at] as number) + by;
    }
  }

  /** Counts for each transaction and each pass-through node how many predecessors it waits for. */
  #countWaits(): void {
    const { graph, touches, isPlaced } = this.#problem;
    const { size, first, to, type } = graph;
    const transactions = touches.length;
    const places: number[] = [];
    for (let node = 0; node < transactions; node++) {
      if (isPlaced[node] === 0) continue;
      for (let at = first[node] as number; at < (first[node + 1] as number); at++) {
        const target = to[at] as number;
        if (target >= transactions && this.#typeOf[target] === 0) {
          this.#typeOf[target] = type[at] as number;
          places.push(target);
        }
        this.#wait(target, type[at] as number, 1);
      }
    }
    for (let i = 0; i < places.length; i++) {
      const node = places[i] as number;
      for (let at = first[node] as number; at < (first[node + 1] as number); at++) {
        const target = to[at] as number;
        if (target < transactions || this.#typeOf[target] !== 0) continue;
        this.#typeOf[target] = this.#typeOf[node] as number;
        places.push(target);
      }
    }
    for (let node = transactions; node < size; node++) {
      if (this.#typeOf[node] === 0) continue;
      for (let at = first[node] as number; at < (first[node + 1] as number); at++)
        this.#wait(to[at] as number, this.#typeOf[node] as number, 1);
    }
  }

  #wait(node: number, type: number, by: number): number {
    const isCommit = type === edge.rw && node < this.#problem.touches.length;
    const waits = isCommit ? this.#commitWaits : this.#startWaits;
    waits[node] = (waits[node] as number) + by;
    return isCommit ? -1 : waits[node];
  }

  /**
   * Tells the successors that the start (`isStart`) or the commit of a transaction happened. With `by` = −1: that it
   * was undone.
   */
  #fire(t: number, isStart: boolean, by: 1 | -1): void {
    const { first, to, type } = this.#problem.graph;
    for (let at = first[t] as number; at < (first[t + 1] as number); at++)
      if ((type[at] === edge.rw) === isStart)
        this.#release(to[at] as number, type[at] as number, by);
  }

  #release(node: number, type: number, by: 1 | -1): void {
    const isPlace = node >= this.#problem.touches.length;
    if (by === 1) {
      if (this.#wait(node, type, -1) !== 0) return;
      if (isPlace) this.#passOn(node, by);
      else if (this.#problem.isPlaced[node] === 1) this.#append(node, this.#head);
      return;
    }
    const waits = this.#wait(node, type, 1);
    if (waits !== 1) return;
    if (isPlace) this.#passOn(node, by);
    else if (this.#problem.isPlaced[node] === 1) this.#unlink(node);
  }

  #passOn(node: number, by: 1 | -1): void {
    const { first, to, type } = this.#problem.graph;
    const end = first[node + 1] as number;
    for (let at = first[node] as number; at < end; at++)
      if (type[at] === pass) this.#release(to[at] as number, this.#typeOf[node] as number, by);
  }

  #append(node: number, head: number): void {
    this.#insert(node, this.#before[head] as number);
  }

  #insert(node: number, behind: number): void {
    const next = this.#after[behind] as number;
    this.#after[behind] = node;
    this.#before[node] = behind;
    this.#after[node] = next;
    this.#before[next] = node;
  }

  #unlink(node: number): void {
    this.#after[this.#before[node] as number] = this.#after[node] as number;
    this.#before[this.#after[node] as number] = this.#before[node] as number;
  }

  #flip(a: number, b: number): void {
    const [x, y, z] = this.#hashes;
    this.#hashes = [x ^ scatter(a, b, 1), y ^ scatter(a, b, 2), z ^ scatter(a, b, 3)];
  }

  #key(): string {
    return this.#hashes.join();
  }
}

/** A hash of two small numbers with 32 bits. Each `salt` gives another hash. */
function scatter(a: number, b: number, salt: number): number {
  let x = Math.imul(a ^ (a >>> 16), 0x21f0aaad) ^ Math.imul(b + 0x9e3779b9, 0x85ebca6b + 2 * salt);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97) ^ Math.imul(salt, 0x27d4eb2f);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
