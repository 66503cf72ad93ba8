/**
 * Sup(w) is the set of writes that write w superseded causally. It is derived from what w's client had read, not from
 * what the store says.
 *
 * The origin of a tombstone may be unknown: any delete with unknown version may have written it. `certain` leaves such
 * deletes out of Sup, for checks that accuse because something was superseded. `possible` includes all of them, for
 * checks that accuse because something was not superseded.
 */
import { isOk, isRead } from "../columnar/operation-table.ts";
import { NumberSet } from "../numbers/number-set.ts";
import { orderOf } from "../numbers/order.ts";
import type { Model } from "./model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Key, VersionedValue } from "../language/history.ts";
import type { Writers } from "./writers.ts";

export type Certainty = "certain" | "possible";

/**
 * Computes Sup of each write of a key, as a set of numbers. The acknowledged writes are numbered first, by their ends,
 * so that the writes acknowledged before some time have the numbers below a limit. The other writes follow.
 */
export class Superseded {
  /** The number of acknowledged writes. */
  readonly acknowledged: number;
  /** When each acknowledged write was acknowledged, by the write's number. Ascending. */
  readonly acknowledgedUs: Float64Array;

  readonly #model: Model;
  readonly #writers: Writers;
  readonly #certainty: Certainty;
  /** The row of each write, by the write's number. */
  readonly #rows: Int32Array;
  readonly #numbers = new Map<number, number>();
  readonly #sets: NumberSet[];
  readonly #empty: NumberSet;

  constructor(model: Model, key: Key, certainty: Certainty) {
    const { table, rows } = model.columns;
    this.#model = model;
    this.#certainty = certainty;
    this.#writers = model.writers(key);
    const writes = rows.of(table.keys.find(key)).filter((row) => table.f[row] !== isRead);
    // Writes that were not acknowledged get the last numbers.
    const ends = Float64Array.from(writes, (row) =>
      table.outcome[row] === isOk ? (table.endUs[row] as number) : Infinity,
    );
    this.#rows = orderOf(ends).map((index) => writes[index] as number);
    this.acknowledged = writes.reduce(
      (count, row) => count + (table.outcome[row] === isOk ? 1 : 0),
      0,
    );
    this.acknowledgedUs = Float64Array.from(
      this.#rows.subarray(0, this.acknowledged),
      (row) => table.endUs[row] as number,
    );
    this.#rows.forEach((row, number) => this.#numbers.set(row, number));
    this.#empty = NumberSet.empty(writes.length);
    this.#sets = new Array<NumberSet>(writes.length).fill(this.#empty);
    this.#fill(writes);
  }

  /** Whether `write` is in Sup(by). */
  by(by: Operation, write: Operation): boolean {
    const number = this.numberOf(write);
    return number !== undefined && this.of(by).has(number);
  }

  byAny(members: readonly Operation[], write: Operation): boolean {
    return members.some((member) => this.by(member, write));
  }

  /** The numbers of the writes that `write` superseded, Sup(write). */
  of(write: Operation): NumberSet {
    return this.#sets[this.numberOf(write) ?? -1] ?? this.#empty;
  }

  /** Sup(write) and the number of the write itself. */
  upTo(write: Operation): NumberSet {
    const number = this.numberOf(write);
    return number === undefined ? this.#empty : this.of(write).with(number);
  }

  /** The number of writes of the key. */
  get size(): number {
    return this.#rows.length;
  }

  get nothing(): NumberSet {
    return this.#empty;
  }

  /** The number of this write. Undefined: the operation is not a write of the key. */
  numberOf(write: Operation): number | undefined {
    return this.#numbers.get(this.#model.columns.table.rowOf(write.op));
  }

  write(number: number): Operation {
    return this.#model.columns.views.at(this.#rows[number] as number);
  }

  /**
   * The writers of the versions. If Sup is `possible`, a tombstone of unknown origin has all deletes with unknown
   * version as writers. Other versions without a known writer are left out.
   */
  writersOf(versions: readonly VersionedValue[]): readonly Operation[] {
    return versions.flatMap((versioned) => {
      const writer = this.#writers.of(versioned);
      if (writer !== undefined) return [writer];
      return versioned.value === null && this.#certainty === "possible"
        ? this.#writers.anonymousDeletes
        : [];
    });
  }

  /**
   * Computes Sup of each write, after the Sups of all writes that it has seen. Iterative, since a chain of writes may
   * be longer than the stack. Times do not give the order: a write may begin in the same microsecond as a write that it
   * has seen. Thin-air values may form a cycle of writes that have seen each other. The cycle is cut where it closes.
   */
  #fill(writes: Int32Array): void {
    const entered = new Set<number>();
    const stack: { readonly row: number; readonly seen: readonly number[]; next: number }[] = [];
    const enter = (row: number): void => {
      entered.add(row);
      stack.push({ row, seen: this.#seenBy(row), next: 0 });
    };
    for (const write of writes) {
      if (!entered.has(write)) enter(write);
      for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
        const seen = top.seen[top.next++];
        if (seen === undefined) {
          stack.pop();
          this.#sets[this.#numbers.get(top.row) as number] = this.#join(top.row, top.seen);
        } else if (!entered.has(seen)) enter(seen);
      }
    }
  }

  #join(write: number, seen: readonly number[]): NumberSet {
    let set = this.#empty;
    for (const row of seen) {
      if (row === write) continue;
      // Every write of the key has a number.
      const number = this.#numbers.get(row) as number;
      set = set.union(this.#sets[number] as NumberSet).with(number);
    }
    return set;
  }

  /** The rows of the writes that were in the context that this write carried. */
  #seenBy(row: number): readonly number[] {
    const { table, authors } = this.#model.columns;
    const contextOf = table.contextOf[row] as number;
    const source = contextOf < 0 ? -1 : table.rowOf(contextOf);
    if (source < 0 || table.key[source] !== table.key[row]) return [];
    // The context of a write's reply contains that write's version.
    if (table.f[source] !== isRead) return [source];
    const first = table.firstVersion[source] as number;
    const rows: number[] = [];
    for (let at = first; at < first + (table.versionCount[source] as number); at++) {
      const value = table.versionValue[at] as number;
      const writer = authors.of(table.version[at] as number, value);
      if (writer >= 0) rows.push(writer);
      else if (value < 0 && this.#certainty === "possible")
        rows.push(...this.#anonymousBefore(source));
    }
    return rows;
  }

  /**
   * Deletes whose tombstone the read may have returned. Deletes that did not begin before the read ended are left out:
   * they may have seen the read, and then each Sup would depend on the other.
   */
  #anonymousBefore(read: number): readonly number[] {
    const { table } = this.#model.columns;
    const endUs = table.endUs[read] as number;
    return this.#writers.anonymousDeletes
      .filter(({ startUs }) => startUs < endUs)
      .map(({ op }) => table.rowOf(op));
  }
}

/** Cached for each model, since several rules for siblings use the same sets. */
const known = new WeakMap<Model, Map<string, Superseded>>();

export function supersededOf(model: Model, key: Key, certainty: Certainty): Superseded {
  let of = known.get(model);
  if (of === undefined) known.set(model, (of = new Map<string, Superseded>()));
  // If the origin of each tombstone is known, `certain` and `possible` are equal.
  const name = `${certainty === "possible" && model.writers(key).anonymousDeletes.length > 0 ? "possible" : "certain"} ${key}`;
  let one = of.get(name);
  if (one === undefined) of.set(name, (one = new Superseded(model, key, certainty)));
  return one;
}
