/**
 * The operations on one set as columns. Elements are numbers, so that a read of thousands of elements costs four bytes
 * for each.
 */
import { GrowingInt32 } from "../numbers/growing-int32.ts";
import type { ClientOperation } from "../language/workload-result.ts";

/** An add or a remove of an element, a read of the whole set, or a query for one element. */
export type SetOperation = ClientOperation &
  (
    | { readonly f: "add" | "remove"; readonly element: string }
    /**
     * A read of the whole set. `elements` is undefined if the result is unknown. `final`: nothing is added or removed
     * after this read.
     */
    | {
        readonly f: "read";
        readonly elements: readonly string[] | undefined;
        readonly final?: boolean;
      }
    /** A query for one element. `present` is undefined if the result is unknown. */
    | { readonly f: "contains"; readonly element: string; readonly present: boolean | undefined }
  );

/**
 * The values of `SetColumns.kind`. `present` and `absent` are queries with that result. Reads and queries whose result
 * is unknown are left out of the columns.
 */
export const setKinds = { add: 0, remove: 1, read: 2, present: 3, absent: 4 } as const;

/** The values of `SetColumns.outcome`. */
export const setOutcomes = { ok: 0, info: 1, fail: 2 } as const;

export interface SetColumns {
  readonly size: number;
  readonly op: Int32Array;
  readonly process: readonly string[];
  readonly invoke: Float64Array;
  /** The time of the completion. Infinity unless the operation succeeded. */
  readonly end: Float64Array;
  readonly outcome: Uint8Array;
  readonly kind: Uint8Array;
  /**
   * The number of the element of an add, a remove or a query. For a read: the index in `shown` at which its elements
   * begin.
   */
  readonly element: Int32Array;
  /** For a read, the number of elements that it returned, including duplicates. Otherwise 1. */
  readonly length: Int32Array;
  readonly final: Uint8Array;
  readonly shown: Int32Array;
  readonly elements: readonly string[];
}

/**
 * Collects the operations on one set, one by one in any order.
 *
 * @example
 *   const table = new SetTable();
 *   const base = { process: "1", outcome: "ok" } as const;
 *   table.add({ ...base, op: 0, f: "add", element: "7", invokeUs: 0, returnUs: 1 });
 *   table.add({ ...base, op: 1, f: "read", elements: ["7"], invokeUs: 2, returnUs: 3 });
 *   checkSet(table, { rule: "set-linearizable" });
 */
export class SetTable {
  readonly #op = new GrowingInt32();
  readonly #process: string[] = [];
  readonly #invoke: number[] = [];
  readonly #end: number[] = [];
  readonly #outcome = new GrowingInt32();
  readonly #kind = new GrowingInt32();
  readonly #element = new GrowingInt32();
  readonly #length = new GrowingInt32();
  readonly #final = new GrowingInt32();
  readonly #shown = new GrowingInt32();
  readonly #numbers = new Map<string, number>();
  readonly #elements: string[] = [];

  /** Adds an operation. Leaves out reads and queries whose result is unknown. */
  add(operation: SetOperation): void {
    switch (operation.f) {
      case "add":
      case "remove":
        this.#row(operation, setKinds[operation.f], this.elementNumber(operation.element));
        return;
      case "contains":
        if (operation.outcome !== "ok" || operation.present === undefined) return;
        this.#row(
          operation,
          operation.present ? setKinds.present : setKinds.absent,
          this.elementNumber(operation.element),
        );
        return;
      case "read":
        if (operation.elements === undefined) return;
        this.readCoded(
          operation,
          operation.elements.map((element) => this.elementNumber(element)),
          operation.final,
        );
    }
  }

  /** The number of the element, for `readCoded`. A new element gets the next number. */
  elementNumber(element: string): number {
    let number = this.#numbers.get(element);
    if (number === undefined) {
      this.#numbers.set(element, (number = this.#elements.length));
      this.#elements.push(element);
    }
    return number;
  }

  /** Makes space for this many returned elements, if their total number is known. */
  reserveShown(elements: number): void {
    this.#shown.reserve(elements);
  }

  /**
   * Adds a read of the whole set that succeeded. Ignores a read with another outcome. `elements` are numbers that
   * `elementNumber` returned.
   */
  readCoded(operation: ClientOperation, elements: ArrayLike<number>, final = false): void {
    if (operation.outcome !== "ok") return;
    const from = this.#shown.length;
    this.#shown.pushAll(elements);
    this.#row(operation, setKinds.read, from, elements.length, final);
  }

  /** @internal */
  columns(): SetColumns {
    return {
      size: this.#op.length,
      op: this.#op.view(),
      process: this.#process,
      invoke: Float64Array.from(this.#invoke),
      end: Float64Array.from(this.#end),
      outcome: Uint8Array.from(this.#outcome.view()),
      kind: Uint8Array.from(this.#kind.view()),
      element: this.#element.view(),
      length: this.#length.view(),
      final: Uint8Array.from(this.#final.view()),
      shown: this.#shown.view(),
      elements: this.#elements,
    };
  }

  #row(
    { op, process, invokeUs, returnUs, outcome }: ClientOperation,
    kind: number,
    element: number,
    length = 1,
    final = false,
  ): void {
    this.#op.push(op);
    this.#process.push(process);
    this.#invoke.push(invokeUs);
    this.#end.push(outcome === "ok" ? returnUs : Infinity);
    this.#outcome.push(setOutcomes[outcome]);
    this.#kind.push(kind);
    this.#element.push(element);
    this.#length.push(length);
    this.#final.push(final ? 1 : 0);
  }
}

/** Makes a table of the given operations. Leaves out reads and queries whose result is unknown. */
export function setTable(operations: Iterable<SetOperation>): SetTable {
  const table = new SetTable();
  for (const operation of operations) table.add(operation);
  return table;
}
