/** Shows a row of an OperationTable as an Operation, for checkers that look at few operations or at one at a time. */
import { isDelete, isFail, isOk, isWrite, type OperationTable } from "./operation-table.ts";
import type { Operation } from "./operation.ts";
import type { Json, Value, VersionedValue, VersionVector } from "../language/history.ts";

export class OperationView implements Operation {
  readonly #table: OperationTable;
  readonly row: number;
  #versions: readonly VersionedValue[] | undefined;
  #context: VersionVector | undefined;

  constructor(table: OperationTable, row: number) {
    this.#table = table;
    this.row = row;
  }

  get op(): number {
    return this.#table.op[this.row] as number;
  }

  get client(): string {
    return this.#table.clients.textOf(this.#table.client[this.row] as number);
  }

  get process(): number {
    return this.#table.process[this.row] as number;
  }

  get node(): string {
    return this.#table.nodes.textOf(this.#table.node[this.row] as number);
  }

  get f(): string {
    return this.#table.functionName(this.#table.f[this.row] as number);
  }

  get key(): string {
    return this.#table.keys.textOf(this.#table.key[this.row] as number);
  }

  get value(): Value | undefined {
    const f = this.#table.f[this.row];
    const value = this.#table.value[this.row] as number;
    return f === isWrite && value >= 0
      ? this.#table.values.textOf(value)
      : f === isDelete
        ? null
        : undefined;
  }

  get args(): Json | undefined {
    return this.#table.args.get(this.row);
  }

  get result(): Json | undefined {
    return this.#table.results.get(this.row);
  }

  get r(): number | undefined {
    return this.#table.r.get(this.row);
  }

  get w(): number | undefined {
    return this.#table.w.get(this.row);
  }

  get pr(): number | undefined {
    return this.#table.further.get(this.row)?.pr;
  }

  get pw(): number | undefined {
    return this.#table.further.get(this.row)?.pw;
  }

  get dw(): number | undefined {
    return this.#table.further.get(this.row)?.dw;
  }

  get contextOf(): number | undefined {
    const op = this.#table.contextOf[this.row] as number;
    return op < 0 ? undefined : op;
  }

  get final(): boolean {
    return this.#table.final[this.row] === 1;
  }

  get startUs(): number {
    return this.#table.startUs[this.row] as number;
  }

  get endUs(): number {
    return this.#table.endUs[this.row] as number;
  }

  get outcome(): "ok" | "fail" | "info" {
    const outcome = this.#table.outcome[this.row];
    return outcome === isOk ? "ok" : outcome === isFail ? "fail" : "info";
  }

  get versions(): readonly VersionedValue[] {
    return (this.#versions ??= this.#table.versionsOf(this.row));
  }

  get context(): VersionVector | undefined {
    return (this.#context ??= this.#table.contextAt(this.row));
  }

  get code(): string | undefined {
    return this.#table.errors.get(this.row)?.code;
  }

  get message(): string | undefined {
    return this.#table.errors.get(this.row)?.message;
  }
}

/** Shows rows of an OperationTable as Operations. Makes each object at its first use and keeps it. */
export class OperationViews {
  readonly #table: OperationTable;
  readonly #views: (OperationView | undefined)[] = [];

  constructor(table: OperationTable) {
    this.#table = table;
  }

  at(row: number): OperationView {
    return (this.#views[row] ??= new OperationView(this.#table, row));
  }

  /** The operations of these rows in this order, or of all rows if none are given. */
  list(rows?: Int32Array): OperationView[] {
    return Array.from({ length: rows?.length ?? this.#table.count }, (_, i) =>
      this.at(rows === undefined ? i : (rows[i] as number)),
    );
  }
}
