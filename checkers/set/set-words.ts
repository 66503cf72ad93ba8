/** Names operations on a set in sentences. */
import { setKinds, type SetColumns } from "./set-table.ts";
import type { OperationNames } from "../language/workload-result.ts";

export class SetWords {
  readonly #columns: SetColumns;
  readonly #nameOf: OperationNames;

  constructor(columns: SetColumns, nameOf: OperationNames) {
    this.#columns = columns;
    this.#nameOf = nameOf;
  }

  op(row: number): number {
    return this.#columns.op[row] as number;
  }

  element(of: number): string {
    return this.#columns.elements[of] ?? "?";
  }

  /** The operation in this row as text: "the add of 7 (line 3)". */
  name(row: number): string {
    const { kind, element } = this.#columns;
    const of = (): string => this.element(element[row] as number);
    const where = `(${this.#nameOf(this.op(row))})`;
    switch (kind[row]) {
      case setKinds.add:
        return `the add of ${of()} ${where}`;
      case setKinds.remove:
        return `the removal of ${of()} ${where}`;
      case setKinds.read:
        return `the read ${where}`;
      default:
        return `the question for ${of()} ${where}`;
    }
  }
}
