/**
 * Whether a queue whose elements are distinct is linearizable, in O(n log n). An element is in the queue from its
 * enqueue to its dequeue, so a queue is linearizable if, and only if, nothing comes out that did not go in, nothing
 * comes out twice, no two elements come out in the opposite order to the one they went in, and each dequeue that found
 * nothing has a moment at which no element is surely inside: Henzinger, Sezgin and Vafeiadis, "Aspect-Oriented
 * Linearizability Proofs" (CONCUR 2013), section 4. Lee and Mathur (OOPSLA 2025) decide the same in the same time, one
 * element after the other.
 *
 * Here operations may also be indeterminate. An enqueue of which nobody knows the outcome counts only if its element
 * came out. A dequeue of which nobody knows the outcome may have taken any element that never came out, so these
 * dequeues are matched with the elements that must have gone.
 */
import type { Findings } from "./foreign-findings.ts";
import { Outcome } from "./foreign-history.ts";
import { andFailed, brief, endLineOf, keyOf } from "./foreign-messages.ts";
import { fn, type Operations } from "./foreign-operations.ts";
import { absent, nil } from "./value-table.ts";

interface Element {
  readonly enqueue: number;
  /** −1: nobody is known to have taken it out. */
  readonly dequeue: number;
  /** When the enqueue began. */
  readonly begun: number;
  /** It is in at this time, unless it is out again. */
  readonly inBy: number;
  /** It is not out before this time; Infinity for one that never came out. */
  readonly outFrom: number;
  /** It is out at this time. */
  readonly outBy: number;
}

/**
 * Judges the queue of one key.
 *
 * @param of The operations of the key.
 * @param findings Receives what is wrong.
 * @returns Whether the queue was decided. It is not if an element goes in twice, or if dequeues found nothing while
 *   others have no answer: such a queue has to be searched.
 */
export function judgeDistinctQueue(
  operations: Operations,
  of: Int32Array,
  findings: Findings,
): boolean {
  const enqueues = enqueuesOf(operations, of);
  return enqueues !== undefined && new DistinctQueue(operations, of, enqueues, findings).judge();
}

/**
 * The enqueue of each element that may have happened; undefined if an element has two, or is nil, which means that
 * there is none.
 */
function enqueuesOf(
  { f, value, history }: Operations,
  of: Int32Array,
): ReadonlyMap<number, number> | undefined {
  const enqueues = new Map<number, number>();
  for (const op of of) {
    const element = value[op] as number;
    if (f[op] !== fn.enqueue || history.outcome[op] === Outcome.fail) continue;
    if (element === nil || element === absent || enqueues.has(element)) return undefined;
    enqueues.set(element, op);
  }
  return enqueues;
}

class DistinctQueue {
  readonly #operations: Operations;
  readonly #findings: Findings;
  readonly #enqueues: ReadonlyMap<number, number>;
  readonly #failed = new Map<number, number>();
  readonly #dequeues = new Map<number, number>();
  /** Dequeues that found nothing. */
  readonly #empty: number[] = [];
  /** When each dequeue began that was never answered. */
  readonly #unanswered: number[] = [];
  #isBroken = false;

  constructor(
    operations: Operations,
    of: Int32Array,
    enqueues: ReadonlyMap<number, number>,
    findings: Findings,
  ) {
    this.#operations = operations;
    this.#enqueues = enqueues;
    this.#findings = findings;
    const { f, value, history } = operations;
    for (const op of of)
      if (f[op] === fn.enqueue) {
        if (history.outcome[op] === Outcome.fail) this.#failed.set(value[op] as number, op);
      } else this.#sortDequeue(op);
  }

  judge(): boolean {
    if (this.#isBroken) return true;
    const elements = this.#elements();
    this.#findOvertaken(elements);
    const left = this.#takeUnanswered(elements);
    if (this.#isBroken) return true;
    return this.#findNotEmpty(left);
  }

  #sortDequeue(op: number): void {
    const { value, end, start, history } = this.#operations;
    if (history.outcome[op] === Outcome.fail) return;
    const element = value[op] as number;
    if (end[op] === Infinity) {
      this.#unanswered.push(start[op] as number);
      return;
    }
    if (element === nil || element === absent) {
      this.#empty.push(op);
      return;
    }
    const enqueue = this.#enqueues.get(element);
    const earlier = this.#dequeues.get(element);
    this.#dequeues.set(element, op);
    if (enqueue === undefined) this.#foundUnwritten(op, this.#failed.get(element));
    else if (earlier !== undefined)
      this.#found(
        [earlier, op],
        () =>
          `${this.#name(earlier)} and ${this.#name(op)} took out the same element, which had been put in once`,
      );
    else if ((end[op] as number) < (start[enqueue] as number))
      this.#found(
        [op, enqueue],
        () =>
          `${this.#name(op)} was answered in line ${endLineOf(this.#operations, op)}, before ${this.#name(enqueue)} began`,
      );
  }

  #foundUnwritten(op: number, failed: number | undefined): void {
    this.#found(failed === undefined ? [op] : [failed, op], () =>
      failed === undefined
        ? `${this.#name(op)} took out what nobody had put in`
        : `${this.#name(op)} took out what only ${andFailed(this.#operations, failed)}, had tried to put in`,
    );
  }

  #elements(): Element[] {
    const { start, end } = this.#operations;
    const elements: Element[] = [];
    for (const [element, enqueue] of this.#enqueues) {
      const dequeue = this.#dequeues.get(element) ?? -1;
      const begun = start[enqueue] as number;
      const ended = end[enqueue] as number;
      if (dequeue >= 0) {
        const outBy = end[dequeue] as number;
        elements.push({
          enqueue,
          dequeue,
          begun,
          inBy: Math.min(ended, outBy),
          outFrom: Math.max(begun, start[dequeue] as number),
          outBy,
        });
      } else if (ended !== Infinity)
        elements.push({ enqueue, dequeue, begun, inBy: ended, outFrom: Infinity, outBy: Infinity });
    }
    return elements.sort((a, b) => a.inBy - b.inBy);
  }

  /** Elements that came out before one that had gone in before them. Of each the one that came out last is named. */
  #findOvertaken(elements: readonly Element[]): void {
    let next = 0;
    let last: Element | undefined;
    for (const later of cameOut(elements)) {
      for (; next < elements.length && (elements[next] as Element).inBy < later.begun; next++) {
        const one = elements[next] as Element;
        if (one.dequeue >= 0 && (last === undefined || one.outFrom > last.outFrom)) last = one;
      }
      const earlier = last;
      if (earlier === undefined || earlier.outFrom <= later.outBy) continue;
      this.#found(
        [earlier.enqueue, later.enqueue, later.dequeue, earlier.dequeue],
        () => `${this.#overtakes(earlier, later)}, before ${this.#name(earlier.dequeue)} began`,
      );
    }
  }

  /**
   * Gives each element that must have gone to an unanswered dequeue: the one that must be out soonest to the one that
   * began first.
   *
   * @param elements In the order in which they are in.
   * @returns The elements with what is known now of when they went.
   */
  #takeUnanswered(elements: readonly Element[]): readonly Element[] {
    const out = cameOut(elements);
    // From the last to come in to the first: the one behind it that is out first.
    const soonest = new Map<Element, Element>();
    let at = out.length - 1;
    let first: Element | undefined;
    for (let i = elements.length - 1; i >= 0; i--) {
      const element = elements[i] as Element;
      for (; at >= 0 && (out[at] as Element).begun > element.inBy; at--)
        if (first === undefined || (out[at] as Element).outBy < first.outBy) first = out[at];
      if (element.dequeue < 0 && first !== undefined) soonest.set(element, first);
    }
    const unanswered = this.#unanswered.sort((a, b) => a - b);
    const taken = new Map<Element, number>();
    const gone = [...soonest].sort(([, a], [, b]) => a.outBy - b.outBy);
    for (const [i, [element, later]] of gone.entries()) {
      const begun = unanswered[i] ?? Infinity;
      taken.set(element, begun);
      if (begun <= later.outBy) continue;
      const who = unanswered.length === 0 ? "" : ", not even by a dequeue without an answer";
      this.#found(
        [element.enqueue, later.enqueue, later.dequeue],
        () =>
          `${this.#overtakes(element, later)}, and ${this.#elementOf(element)} was not taken out before${who}`,
      );
    }
    return elements.map((element) => ({
      ...element,
      outFrom: Math.max(element.begun, taken.get(element) ?? element.outFrom),
    }));
  }

  /**
   * Dequeues that found nothing although at each of their moments some element was surely inside. Returns whether that
   * is decided.
   */
  #findNotEmpty(elements: readonly Element[]): boolean {
    const { start, end } = this.#operations;
    const inside = elements.filter(({ inBy, outFrom }) => inBy < outFrom);
    const byStart = this.#empty.sort((a, b) => (start[a] as number) - (start[b] as number));
    let next = 0;
    let until = -Infinity;
    let from = 0;
    for (const op of byStart) {
      const begun = start[op] as number;
      // What is inside without a gap since before the dequeue began. An interval's ends are moments at which the
      // element may be outside.
      for (
        ;
        next < inside.length && (inside[next] as Element).inBy < Math.max(begun, until);
        next++
      ) {
        const element = inside[next] as Element;
        if (element.inBy >= until) from = next;
        until = Math.max(until, element.outFrom);
      }
      if (until <= (end[op] as number)) continue;
      // Which elements never came out is a choice, where dequeues were never answered.
      if (this.#unanswered.length > 0) return false;
      const proof = covering(inside.slice(from, next), begun, end[op] as number);
      this.#found(
        [...proof.map(({ enqueue }) => enqueue), op],
        () =>
          `${this.#name(op)} found the queue empty, but it never was while this dequeue ran: ${proof.map((element) => this.#stay(element)).join(", then ")}`,
      );
    }
    return true;
  }

  #found(proof: readonly number[], say: () => string): void {
    this.#isBroken = true;
    this.#findings.found(() => ({
      explanation: say(),
      operations: proof,
      ...keyOf(this.#operations, proof[0] as number),
    }));
  }

  #name(op: number): string {
    return brief(this.#operations, op);
  }

  #elementOf({ enqueue }: Element): string {
    const { values, value } = this.#operations;
    return values.briefOf(value[enqueue] as number, 60);
  }

  #isIn({ enqueue, dequeue, inBy }: Element): string {
    const isOut = this.#operations.end[enqueue] !== inBy;
    const by = isOut ? dequeue : enqueue;
    return `${this.#name(by)} was answered in line ${endLineOf(this.#operations, by)}`;
  }

  #overtakes(earlier: Element, later: Element): string {
    return `${this.#elementOf(later)} overtook ${this.#elementOf(earlier)}: ${this.#isIn(earlier)}, before ${this.#name(later.enqueue)} began, but ${this.#name(later.dequeue)} was answered in line ${endLineOf(this.#operations, later.dequeue)}`;
  }

  #stay(element: Element): string {
    const gone =
      element.dequeue < 0
        ? "it never came out"
        : `${this.#name(element.dequeue)} took it out later`;
    return `${this.#elementOf(element)} was inside (${this.#isIn(element)}, and ${gone})`;
  }
}

/** Those that came out, in the order in which their enqueues began. */
const cameOut = (elements: readonly Element[]): Element[] =>
  elements.filter(({ dequeue }) => dequeue >= 0).sort((a, b) => a.begun - b.begun);

/**
 * Elements that were inside one after the other without a gap, beginning at `from`: to `to`, or as far as they reach.
 */
function covering(inside: readonly Element[], from: number, to: number): readonly Element[] {
  const chain: Element[] = [];
  let at = from;
  let next = 0;
  while (at <= to) {
    let longest: Element | undefined;
    for (; next < inside.length && (inside[next] as Element).inBy < at; next++) {
      const one = inside[next] as Element;
      if (one.outFrom > at && (longest === undefined || one.outFrom > longest.outFrom))
        longest = one;
    }
    if (longest === undefined) break;
    chain.push(longest);
    at = longest.outFrom;
  }
  return chain;
}
