/**
 * Operations on one set as columns: elements are numbers, so reads of a set with thousands of elements cost four bytes
 * an element.
 */
import { GrowingInt32 } from "../numbers/growing-int32.ts";
import type { ClientOperation } from "../language/workload-result.ts";

/** An add or a remove of an element, a read of the whole set, or a query for one element. */
export type SetOperation = ClientOperation &
  (
    | { readonly f: "add" | "remove"; readonly element: string }
    /**
     * A read of the whole set. undefined: nobody knows what it returned. `final`: nothing is added or removed after it.
     */
    | {
        readonly f: "read";
        readonly elements: readonly string[] | undefined;
        readonly final?: boolean;
      }
    /** Asks for one element. undefined: nobody knows what it returned. */
    | { readonly f: "contains"; readonly element: string; readonly present: boolean | undefined }
  );

/** Values of `SetColumns.kind`. Reads and queries without a known result are left out. */
export const setKinds = { add: 0, remove: 1, read: 2, present: 3, absent: 4 } as const;

/** Values of `SetColumns.outcome`. */
export const setOutcomes = { ok: 0, info: 1, fail: 2 } as const;

export interface SetColumns {
  readonly size: number;
  readonly op: Int32Array;
  readonly process: readonly string[];
  readonly invoke: Float64Array;
  /** Infinity unless ok. */
  readonly end: Float64Array;
  readonly outcome: Uint8Array;
  readonly kind: Uint8Array;
  /** The element of an add, a remove or a query. For a read: where its elements begin in `shown`. */
  readonly element: Int32Array;
  /** For a read: the number of returned elements, including duplicates. */
  readonly length: Int32Array;
  readonly final: Uint8Array;
  readonly shown: Int32Array;
  readonly elements: readonly string[];
}

/**
 * Collects operations one by one, in any order.
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

  /** Adds an operation to the end of the table. */
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

  /** The element's number for `readCoded`. */
  elementNumber(element: string): number {
    let number = this.#numbers.get(element);
    if (number === undefined) {
      this.#numbers.set(element, (number = this.#elements.length));
      this.#elements.push(element);
    }
    return number;
  }

  /** Reserves space if the total number of returned elements is known. */
  reserveShown(elements: number): void {
    this.#shown.reserve(elements);
  }

  /** Adds a read of the whole set whose elements were numbered by `elementNumber`. */
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

/** Makes a table of operation objects. */
export function setTable(operations: Iterable<SetOperation>): SetTable {
  const table = new SetTable();
  for (const operation of operations) table.add(operation);
  return table;
}
