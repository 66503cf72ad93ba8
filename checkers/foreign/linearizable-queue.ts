/**
 * Decides in O(n log n) whether a queue with distinct elements is linearizable. An element is in the queue from its
 * enqueue to its dequeue. The queue is linearizable if and only if four things hold. Nothing comes out that was not put
 * in. Nothing comes out twice. No two elements come out in the opposite order to the one in which they were put in. For
 * each dequeue that found nothing, there is a time in which no element is certainly inside. See Henzinger, Sezgin and
 * Vafeiadis, "Aspect-Oriented Linearizability Proofs" (CONCUR 2013), section 4. Lee and Mathur (OOPSLA 2025) decide the
 * same in the same time, one element after the other.
 *
 * Here operations may also be indeterminate. An indeterminate enqueue counts only if its element came out. An
 * indeterminate dequeue may have removed any element that never came out. Therefore elements that must have been
 * removed are each matched with such a dequeue.
 */
import type { Findings } from "./foreign-findings.ts";
import { Outcome } from "./foreign-history.ts";
import { andFailed, brief, endLineOf, keyOf } from "./foreign-messages.ts";
import { fn, type Operations } from "./foreign-operations.ts";
import { absent, nil } from "./value-table.ts";

interface Element {
  readonly enqueue: number;
  /** The dequeue that returned the element. −1: none did. */
  readonly dequeue: number;
  /** The start of the enqueue. */
  readonly begun: number;
  /** The time by which the element is in the queue, unless it is out again. */
  readonly inBy: number;
  /** The earliest time at which the element can be out of the queue. Infinity: it never came out. */
  readonly outFrom: number;
  /** The time by which the element is out of the queue. Infinity: it never came out. */
  readonly outBy: number;
}

/**
 * Judges the queue of one key.
 *
 * @param of The operations of the key.
 * @param findings Receives what is wrong.
 * @returns True if the queue was judged. False if it must be judged by search: an element was enqueued twice or is nil,
 * or a dequeue may have found nothing only because other dequeues, which have no answer, emptied the queue.
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
 * For each element, the enqueue that may have put it in. Undefined: an element has two enqueues, or is nil, which is
 * the answer of an empty queue.
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
  /** The dequeues that found the queue empty. */
  readonly #empty: number[] = [];
  /** The starts of the dequeues without an answer. */
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
          `${this.#name(op)} took out the element of ${this.#name(enqueue)}, but was answered in line ${endLineOf(this.#operations, op)}, before that enqueue began`,
      );
  }

  #foundUnwritten(op: number, failed: number | undefined): void {
    this.#found(failed === undefined ? [op] : [failed, op], () =>
      failed === undefined
        ? `${this.#name(op)} took out an element that no operation had put in`
        : `${this.#name(op)} took out an element that only ${andFailed(this.#operations, failed)}, had tried to put in`,
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

  /**
   * Finds elements that came out before an element that had been put in earlier. If there are several earlier elements,
   * names the one that came out last, by the start of its dequeue.
   */
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
   * Gives each element that must have been removed to a dequeue without an answer. The element that must be out first
   * gets the dequeue that began first.
   *
   * @param elements The elements, sorted by `inBy`.
   * @returns The elements, with the times from which the chosen dequeues may have removed them.
   */
  #takeUnanswered(elements: readonly Element[]): readonly Element[] {
    const out = cameOut(elements);
    // For each element that never came out, the element that is out first among those that were certainly put in later.
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
          `${this.#overtakes(element, later)}, and ${this.#elementOf(element)} was not taken out before that${who}`,
      );
    }
    return elements.map((element) => ({
      ...element,
      outFrom: Math.max(element.begun, taken.get(element) ?? element.outFrom),
    }));
  }

  /**
   * Finds dequeues that found the queue empty although, at each time while such a dequeue ran, some element was
   * certainly inside. Returns false if that cannot be decided here.
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
      // Follows elements that were inside one after the other without a gap, from before the dequeue began. At the very
      // start and end of its interval, an element may be outside.
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
      // Dequeues without an answer may have removed different elements, so that the queue may have been empty after
      // all.
      if (this.#unanswered.length > 0) return false;
      const proof = covering(inside.slice(from, next), begun, end[op] as number);
      this.#found(
        [...proof.map(({ enqueue }) => enqueue), op],
        () =>
          `${this.#name(op)} found the queue empty, but the queue was never empty while this dequeue ran: ${proof.map((element) => this.#stay(element)).join(", then ")}`,
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
        ? "that element never came out"
        : `${this.#name(element.dequeue)} took that element out later`;
    return `${this.#elementOf(element)} was inside (${this.#isIn(element)}, and ${gone})`;
  }
}

/** The elements that came out, in the order in which their enqueues began. */
const cameOut = (elements: readonly Element[]): Element[] =>
  elements.filter(({ dequeue }) => dequeue >= 0).sort((a, b) => a.begun - b.begun);

/**
 * Elements that were inside one after the other without a gap, from the time `from` to the time `to` or as far as they
 * reach.
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
