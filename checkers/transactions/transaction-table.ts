/**
 * Stores transactions in columns. Keys and values are numbers, so that a hundred thousand transactions fit into a few
 * arrays.
 */
import { GrowingInt32 } from "../numbers/growing-int32.ts";
import type { ClientOperation } from "../language/workload-result.ts";

/**
 * What the keys hold. `list-append`: each key holds a list, which is empty initially. A write appends one element, and
 * a read returns the whole list. `rw-register`: each key holds one value, which is null initially and which a write
 * replaces.
 */
export type TransactionModel = "list-append" | "rw-register";

/** One step of a transaction. `w` appends an element to a list or sets a register. `r` reads a key. */
export type MicroOperation =
  | { readonly f: "w"; readonly key: string; readonly value: string }
  /** A read. `value` is undefined if the result is unknown. */
  | {
      readonly f: "r";
      readonly key: string;
      /** The elements of a list or the value of a register. Null: an empty list or the initial value. */
      readonly value: readonly string[] | string | null | undefined;
    };

/**
 * One transaction with its steps in order. Values and keys are canonical texts: equal values have equal texts. Each
 * value may be written to a key at most once.
 */
export interface Transaction extends ClientOperation {
  readonly micro: readonly MicroOperation[];
}

/** The values of `TransactionColumns.kind`. `unknownRead` is a read whose result is unknown. */
export const step = { write: 0, read: 1, unknownRead: 2 } as const;

/** The version of a key before all writes: the initial value of a register, or the empty list. */
export const initialVersion = -1;

/**
 * Transactions as columns, by the number of the transaction or of the step. The steps of transaction t have the numbers
 * from `firstStep[t]` to before `firstStep[t + 1]`.
 */
export interface TransactionColumns {
  readonly model: TransactionModel;
  readonly size: number;
  readonly op: Int32Array;
  /** The number of the process of each transaction. */
  readonly process: Int32Array;
  readonly invoke: Float64Array;
  /** The time of the completion. Infinity unless the transaction succeeded. */
  readonly end: Float64Array;
  readonly outcome: Uint8Array;
  readonly firstStep: Int32Array;
  readonly kind: Uint8Array;
  readonly key: Int32Array;
  /**
   * The version that a step writes or, for a register, reads. For a read of a list: the index in `read` at which its
   * versions begin.
   */
  readonly version: Int32Array;
  /** For a read of a list, the number of elements that it returned. */
  readonly length: Int32Array;
  readonly read: Int32Array;
  readonly keys: readonly string[];
  /** The value of each version. A version is one value of one key. */
  readonly values: readonly string[];
  readonly keyOfVersion: Int32Array;
}

/** The values of `TransactionColumns.outcome`. */
export const outcomes = { ok: 0, info: 1, fail: 2 } as const;

/**
 * Collects transactions one by one, each with `begin` followed by its steps in order.
 *
 * @example
 *   const table = new TransactionTable("list-append");
 *   table.begin({ op: 0, process: "1", invokeUs: 0, returnUs: 5, outcome: "ok" });
 *   table.write("x", "1");
 *   table.read("x", ["1"]);
 *   checkTransactions(table, { level: "serializable" });
 */
export class TransactionTable {
  readonly model: TransactionModel;
  readonly #op = new GrowingInt32();
  readonly #process = new GrowingInt32();
  readonly #processes = new Map<string, number>();
  readonly #invoke: number[] = [];
  readonly #end: number[] = [];
  readonly #outcome = new GrowingInt32();
  readonly #firstStep = new GrowingInt32();
  readonly #kind = new GrowingInt32();
  readonly #key = new GrowingInt32();
  readonly #version = new GrowingInt32();
  readonly #length = new GrowingInt32();
  readonly #read = new GrowingInt32();
  readonly #keyNumbers = new Map<string, number>();
  readonly #keys: string[] = [];
  /** For each key, the version of each of its values. */
  readonly #versions: Map<string, number>[] = [];
  readonly #values: string[] = [];
  readonly #keyOfVersion = new GrowingInt32();

  constructor(model: TransactionModel) {
    this.model = model;
  }

  /** Begins a transaction. The calls that follow add its steps. */
  begin({ op, process, invokeUs, returnUs, outcome }: ClientOperation): void {
    let number = this.#processes.get(process);
    if (number === undefined) this.#processes.set(process, (number = this.#processes.size));
    this.#op.push(op);
    this.#process.push(number);
    this.#invoke.push(invokeUs);
    this.#end.push(outcome === "ok" ? returnUs : Infinity);
    this.#outcome.push(outcomes[outcome]);
    this.#firstStep.push(this.#kind.length);
  }

  /** The number of the key, for `versionNumber` and `readListCoded`. A new key gets the next number. */
  keyNumber(key: string): number {
    let number = this.#keyNumbers.get(key);
    if (number === undefined) {
      this.#keyNumbers.set(key, (number = this.#keys.length));
      this.#keys.push(key);
      this.#versions.push(new Map());
    }
    return number;
  }

  /** The version of the key that has this value. A new value gets the next number. */
  versionNumber(key: number, value: string): number {
    const versions = this.#versions[key];
    if (versions === undefined) throw new RangeError(`no key has the number ${key}`);
    let number = versions.get(value);
    if (number === undefined) {
      versions.set(value, (number = this.#values.length));
      this.#values.push(value);
      this.#keyOfVersion.push(key);
    }
    return number;
  }

  /** Adds a write to the transaction: an append to a list, or a new value of a register. */
  write(key: string, value: string): void {
    const number = this.keyNumber(key);
    this.#step(step.write, number, this.versionNumber(number, value), 1);
  }

  /**
   * Adds a read of a key to the transaction.
   * @param value The elements of a list, or the value of a register. Null: the empty list or the initial value.
   * Undefined: the result is unknown.
   */
  read(key: string, value: readonly string[] | string | null | undefined): void {
    const number = this.keyNumber(key);
    if (value === undefined) this.#step(step.unknownRead, number, initialVersion, 0);
    else if (this.model === "rw-register") {
      const version =
        value === null ? initialVersion : this.versionNumber(number, asRegister(value));
      this.#step(step.read, number, version, 1);
    } else {
      const from = this.#read.length;
      for (const element of asList(value)) this.#read.push(this.versionNumber(number, element));
      this.#step(step.read, number, from, this.#read.length - from);
    }
  }

  /** Adds a read of a list. `versions` are numbers that `versionNumber` returned. */
  readListCoded(key: number, versions: ArrayLike<number>): void {
    const from = this.#read.length;
    for (let i = 0; i < versions.length; i++) this.#read.push(versions[i] as number);
    this.#step(step.read, key, from, versions.length);
  }

  /** @internal */
  columns(): TransactionColumns {
    const firstStep = new GrowingInt32();
    for (const first of this.#firstStep.view()) firstStep.push(first);
    firstStep.push(this.#kind.length);
    return {
      model: this.model,
      size: this.#op.length,
      op: this.#op.view(),
      process: this.#process.view(),
      invoke: Float64Array.from(this.#invoke),
      end: Float64Array.from(this.#end),
      outcome: Uint8Array.from(this.#outcome.view()),
      firstStep: firstStep.view(),
      kind: Uint8Array.from(this.#kind.view()),
      key: this.#key.view(),
      version: this.#version.view(),
      length: this.#length.view(),
      read: this.#read.view(),
      keys: this.#keys,
      values: this.#values,
      keyOfVersion: this.#keyOfVersion.view(),
    };
  }

  #step(kind: number, key: number, version: number, length: number): void {
    this.#kind.push(kind);
    this.#key.push(key);
    this.#version.push(version);
    this.#length.push(length);
  }
}

/** Makes a table of the given transactions. */
export function transactionTable(
  model: TransactionModel,
  transactions: Iterable<Transaction>,
): TransactionTable {
  const table = new TransactionTable(model);
  for (const transaction of transactions) {
    table.begin(transaction);
    for (const one of transaction.micro)
      if (one.f === "w") table.write(one.key, one.value);
      else table.read(one.key, one.value);
  }
  return table;
}

function asList(value: readonly string[] | string | null): readonly string[] {
  if (typeof value === "string") throw new TypeError(`a list's read returned ${value}`);
  return value ?? [];
}

function asRegister(value: readonly string[] | string): string {
  if (typeof value !== "string")
    throw new TypeError(`a register's read returned a list of ${value.length}`);
  return value;
}
