/** Names transactions, reads and values in sentences. */
import { countUpTo } from "../numbers/order.ts";
import { initialVersion, type TransactionColumns } from "./transaction-table.ts";
import type { Writers } from "./writers.ts";
import type { OperationNames } from "../language/workload-result.ts";

/**
 * The largest number of elements of a list that a sentence shows. Of longer lists it shows the first and the last ones.
 */
const elementsShown = 12;

export class TransactionWords {
  readonly #columns: TransactionColumns;
  readonly #nameOf: OperationNames;
  readonly #writer: Int32Array;
  readonly #firstStep: Float64Array;

  constructor(columns: TransactionColumns, { writer }: Writers, nameOf: OperationNames) {
    this.#columns = columns;
    this.#writer = writer;
    this.#nameOf = nameOf;
    this.#firstStep = Float64Array.from(columns.firstStep.subarray(0, columns.size));
  }

  op(t: number): number {
    return this.#columns.op[t] as number;
  }

  /** The transaction, named by its operation in the caller's terms: "the transaction of operation 7". */
  name(t: number): string {
    return `the transaction of ${this.#nameOf(this.op(t))}`;
  }

  key(of: number): string {
    return this.#columns.keys[of] ?? "?";
  }

  /** The transaction that may have written a version. A negative number: there is none, or there are several. */
  writerOf(version: number): number {
    return version < 0 ? -1 : (this.#writer[version] as number);
  }

  keyOf(version: number): string {
    return this.key(this.#columns.keyOfVersion[version] as number);
  }

  value(version: number): string {
    return version === initialVersion
      ? "the initial value"
      : (this.#columns.values[version] ?? "?");
  }

  transactionOf(at: number): number {
    return countUpTo(this.#firstStep, at) - 1;
  }

  /** The read in this step as text: "read x and got [1 2]". */
  readOf(at: number): string {
    const { key } = this.#columns;
    return `read ${this.key(key[at] as number)} and got ${this.got(at)}`;
  }

  /** What the read in this step returned, as text: "[1 2]", or "nothing" for a register's initial value. */
  got(at: number): string {
    const { model, version, length, read } = this.#columns;
    const from = version[at] as number;
    if (model === "rw-register") return from === initialVersion ? "nothing" : this.value(from);
    const size = length[at] as number;
    const values = (begin: number, end: number): string[] =>
      Array.from(read.subarray(from + begin, from + end), (one) => this.value(one));
    if (size <= elementsShown) return `[${values(0, size).join(" ")}]`;
    const half = elementsShown / 2;
    return `[${values(0, half).join(" ")} … ${values(size - half, size).join(" ")}] (${size} elements)`;
  }

  /** What a transaction had done to a key, as a clause without its subject: its last read of the key, and its writes since then. */
  before(lastRead: number, since: readonly number[]): string {
    const { model, key } = this.#columns;
    const wrote = since.map((version) => this.value(version)).join(" and ");
    const verb = model === "list-append" ? "appended" : "written";
    if (lastRead < 0) return `had ${verb} ${wrote}`;
    const had = `had read ${this.key(key[lastRead] as number)} as ${this.got(lastRead)}`;
    return since.length === 0 ? had : `${had} and ${verb} ${wrote}`;
  }
}

/** The last version that a read shows: the last element of a list, or the value of a register. */
export function lastOf({ model, version, length, read }: TransactionColumns, at: number): number {
  if (model === "rw-register") return version[at] as number;
  const size = length[at] as number;
  return size === 0 ? initialVersion : (read[(version[at] as number) + size - 1] as number);
}
