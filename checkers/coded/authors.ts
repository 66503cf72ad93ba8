/**
 * Who wrote what, in numbers, for all keys at once. A write is known by its value, a deletion by its version. Values and versions are
 * numbered apart for each key, so a number says its key too.
 */
import { grown } from "./growing.ts";
import { isDelete, isFail, isRead, isWrite, type OperationTable } from "./table.ts";
import type { KeyRows } from "./rows.ts";
import type { VersionName } from "../history.ts";

export class Authors {
  /** Deletes that may have happened and whose version is not known, by key. */
  readonly anonymousDeletes = new Map<number, number[]>();
  /** The first value of a key that was written twice. */
  readonly writtenTwice = new Map<number, number>();

  readonly #table: OperationTable;
  readonly #byValue: Int32Array;
  #byVersion: Int32Array<ArrayBuffer>;
  /** Of writes, by row; −1: not known. */
  readonly #versionOf: Int32Array;
  #ranks: Int32Array | undefined;

  /** `traced` names the version that an operation made, from evidence, where its client did not hear of it. */
  constructor(table: OperationTable, rows: KeyRows, traced: (row: number) => VersionName | undefined) {
    this.#table = table;
    this.#byValue = new Int32Array(table.values.count).fill(-1);
    this.#byVersion = new Int32Array(table.versions.count).fill(-1);
    this.#versionOf = new Int32Array(table.count).fill(-1);
    for (const key of rows.keys) this.#addKey(key, rows.of(key), traced);
  }

  /** The row that wrote it, −1 for none. `value` −1 is a tombstone. */
  of(version: number, value: number): number {
    return value >= 0 ? this.ofValue(value) : this.ofVersion(version);
  }

  ofValue(value: number): number {
    return this.#byValue[value] ?? -1;
  }

  /** The row that a version was given to, whatever value it is shown with. */
  ofVersion(version: number): number {
    return this.#byVersion[version] ?? -1;
  }

  /** The version that a write was given, −1 where it is not known. */
  versionOf(row: number): number {
    return this.#versionOf[row] as number;
  }

  /** The version by which what was returned takes part in the order: a value keeps that of its write. */
  ranking(version: number, value: number): number {
    const row = this.of(version, value);
    const own = row < 0 ? -1 : this.versionOf(row);
    return own < 0 ? version : own;
  }

  /** Where each version, by number, stands in the order of all. */
  get ranks(): Int32Array {
    return (this.#ranks ??= ranksOf(this.#table));
  }

  #addKey(key: number, rows: Int32Array, traced: (row: number) => VersionName | undefined): void {
    const { f, value, outcome, versionCount, firstVersion, version, versionValue, versions } = this.#table;
    for (const row of rows) {
      if (f[row] === isRead) continue;
      const written = value[row] as number;
      if (f[row] === isWrite && written >= 0) {
        if ((this.#byValue[written] as number) >= 0 && !this.writtenTwice.has(key)) this.writtenTwice.set(key, written);
        this.#byValue[written] = row;
      }
      const heard = (versionCount[row] as number) > 0;
      const text = heard ? undefined : traced(row);
      if (heard) this.#learn(row, version[firstVersion[row] as number] as number);
      else if (text !== undefined) this.#learn(row, versions.ofText(text, key));
      else if (f[row] === isDelete && outcome[row] !== isFail) {
        const anonymous = this.anonymousDeletes.get(key);
        if (anonymous === undefined) this.anonymousDeletes.set(key, [row]);
        else anonymous.push(row);
      }
    }
    // What reads show of writes that were never acknowledged.
    for (const row of rows) {
      if (f[row] !== isRead) continue;
      const first = firstVersion[row] as number;
      for (let at = first; at < first + (versionCount[row] as number); at++) {
        const shown = versionValue[at] as number;
        const writer = shown < 0 ? -1 : (this.#byValue[shown] as number);
        if (writer >= 0 && (this.#versionOf[writer] as number) < 0) this.#learn(writer, version[at] as number);
      }
    }
  }

  #learn(row: number, version: number): void {
    this.#versionOf[row] = version;
    if (version >= this.#byVersion.length) {
      const known = this.#byVersion.length;
      this.#byVersion = grown(this.#byVersion, version + 1);
      this.#byVersion.fill(-1, known);
    }
    if ((this.#byVersion[version] as number) < 0) this.#byVersion[version] = row;
  }
}

/** Versions come nearly in order, so runs that are in order already are merged: near n steps, n log n at most. */
function ranksOf({ versions }: OperationTable): Int32Array {
  const size = versions.count;
  let order = Int32Array.from({ length: size }, (_, version) => version);
  let into = new Int32Array(size);
  const block = 8;
  for (let from = 0; from < size; from += block) insertionSort(order, from, Math.min(size, from + block), versions);
  for (let width = block; width < size; width *= 2) {
    for (let from = 0; from < size; from += 2 * width) merge(order, into, from, Math.min(size, from + width), Math.min(size, from + 2 * width), versions);
    [order, into] = [into, order];
  }
  const ranks = into;
  for (let place = 0; place < size; place++) ranks[order[place] as number] = place;
  return ranks;
}

function insertionSort(order: Int32Array, from: number, to: number, names: OperationTable["versions"]): void {
  for (let i = from + 1; i < to; i++) {
    const moved = order[i] as number;
    let at = i;
    for (; at > from && names.compare(order[at - 1] as number, moved) > 0; at--) order[at] = order[at - 1] as number;
    order[at] = moved;
  }
}

function merge(source: Int32Array, into: Int32Array, from: number, middle: number, to: number, names: OperationTable["versions"]): void {
  if (middle >= to || names.compare(source[middle - 1] as number, source[middle] as number) <= 0) {
    into.set(source.subarray(from, to), from);
    return;
  }
  let left = from;
  let right = middle;
  for (let at = from; at < to; at++) {
    const takesLeft = right >= to || (left < middle && names.compare(source[left] as number, source[right] as number) <= 0);
    into[at] = (takesLeft ? source[left++] : source[right++]) as number;
  }
}
