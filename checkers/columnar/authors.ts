/**
 * Finds the write of each value and version of a history, for all keys at once. A write is known by its value, a
 * deletion by its version. All are numbers: values and versions are numbered separately for each key, so that a number
 * also identifies its key.
 */
import { grown } from "./growing-array.ts";
import { isDelete, isFail, isRead, isWrite, type OperationTable } from "./operation-table.ts";
import type { VersionName } from "../language/history.ts";

export class Authors {
  /** For each key, the rows of deletes that may have happened and whose version is unknown. */
  readonly anonymousDeletes = new Map<number, number[]>();
  /** For each key with a value that two writes wrote, the first such value. */
  readonly writtenTwice = new Map<number, number>();

  /**
   * The row of the write of each version that a read returned, by the version's index in `OperationTable.version`. −1:
   * the writer is unknown, or the version belongs to the answer to a write.
   */
  readonly writerAt: Int32Array;

  readonly #table: OperationTable;
  readonly #byValue: Int32Array;
  #byVersion: Int32Array<ArrayBuffer>;
  /** The version of each write, by row. −1: the version is unknown. */
  readonly #versionOf: Int32Array;
  #ranks: Int32Array | undefined;

  /**
   * @param traced Returns the version of a write according to evidence, or undefined. Asked only if the client did not
   * learn the version.
   */
  constructor(table: OperationTable, traced: (row: number) => VersionName | undefined) {
    this.#table = table;
    this.#byValue = new Int32Array(table.values.count).fill(-1);
    this.#byVersion = new Int32Array(table.versions.count).fill(-1);
    this.#versionOf = new Int32Array(table.count).fill(-1);
    this.writerAt = new Int32Array(table.version.length).fill(-1);
    this.#addWrites(traced);
    this.#addShown();
  }

  /**
   * The row of the write of a returned value, or −1 if there is none. A `value` of −1 means a tombstone, which is found
   * by its version.
   */
  of(version: number, value: number): number {
    return value >= 0 ? this.ofValue(value) : this.ofVersion(version);
  }

  ofValue(value: number): number {
    return this.#byValue[value] ?? -1;
  }

  /**
   * The row of the write that was given this version, whatever value a read shows with the version. −1: there is none.
   */
  ofVersion(version: number): number {
    return this.#byVersion[version] ?? -1;
  }

  /** The version that a write was given, or −1 if it is unknown. */
  versionOf(row: number): number {
    return this.#versionOf[row] as number;
  }

  /**
   * The version by which a returned value is ranked: the version that its write was given. If that is unknown: the
   * returned version.
   */
  ranking(version: number, value: number): number {
    const row = this.of(version, value);
    const own = row < 0 ? -1 : this.versionOf(row);
    return own < 0 ? version : own;
  }

  /** The rank of each version. Ranks can be compared only between versions of one key. */
  get ranks(): Int32Array {
    return (this.#ranks ??= ranksOf(this.#table));
  }

  // Visits the table in row order. In the order of keys, most rows would be a cache miss if there are many keys.
  #addWrites(traced: (row: number) => VersionName | undefined): void {
    const { count, key, f, value, outcome, versionCount, firstVersion, version, versions } =
      this.#table;
    for (let row = 0; row < count; row++) {
      if (f[row] === isRead) continue;
      const of = key[row] as number;
      const written = value[row] as number;
      if (f[row] === isWrite && written >= 0) {
        if ((this.#byValue[written] as number) >= 0 && !this.writtenTwice.has(of))
          this.writtenTwice.set(of, written);
        this.#byValue[written] = row;
      }
      const heard = (versionCount[row] as number) > 0;
      const text = heard ? undefined : traced(row);
      if (heard) this.#learn(row, version[firstVersion[row] as number] as number);
      else if (text !== undefined) this.#learn(row, versions.ofText(text, of));
      else if (f[row] === isDelete && outcome[row] !== isFail) {
        const anonymous = this.anonymousDeletes.get(of);
        if (anonymous === undefined) this.anonymousDeletes.set(of, [row]);
        else anonymous.push(row);
      }
    }
  }

  /**
   * Finds the writers of the versions that reads returned, and from them the versions of writes whose version was
   * unknown.
   */
  #addShown(): void {
    const { count, f, versionCount, firstVersion, version, versionValue } = this.#table;
    const { writerAt } = this;
    const tombstones: number[] = [];
    for (let row = 0; row < count; row++) {
      if (f[row] !== isRead) continue;
      const first = firstVersion[row] as number;
      const end = first + (versionCount[row] as number);
      for (let at = first; at < end; at++) {
        const shown = versionValue[at] as number;
        if (shown < 0) {
          tombstones.push(at);
          continue;
        }
        const writer = this.#byValue[shown] as number;
        writerAt[at] = writer;
        if (writer >= 0 && (this.#versionOf[writer] as number) < 0)
          this.#learn(writer, version[at] as number);
      }
    }
    // Tombstones come last, since their writers are found by versions and only now are all versions known.
    for (const at of tombstones) writerAt[at] = this.ofVersion(version[at] as number);
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

/**
 * The rank of each version among the versions of its key. Versions usually come nearly in order, so the sort merges
 * sorted parts: it then takes about n steps, and otherwise about n log n.
 */
function ranksOf({ versions, keys }: OperationTable): Int32Array {
  const size = versions.count;
  const to = new Int32Array(keys.count + 1);
  for (let version = 0; version < size; version++)
    to[versions.apartOf(version) + 1] = (to[versions.apartOf(version) + 1] as number) + 1;
  for (let key = 0; key < keys.count; key++)
    to[key + 1] = (to[key + 1] as number) + (to[key] as number);
  const order = new Int32Array(size);
  const next = to.slice();
  for (let version = 0; version < size; version++) {
    const key = versions.apartOf(version);
    order[next[key] as number] = version;
    next[key] = (next[key] as number) + 1;
  }
  const spare = new Int32Array(size);
  for (let key = 0; key < keys.count; key++)
    sort(order, spare, to[key] as number, to[key + 1] as number, versions);
  const ranks = spare;
  for (let place = 0; place < size; place++) ranks[order[place] as number] = place;
  return ranks;
}

const block = 8;

function sort(
  order: Int32Array,
  spare: Int32Array,
  first: number,
  end: number,
  names: OperationTable["versions"],
): void {
  for (let from = first; from < end; from += block)
    insertionSort(order, from, Math.min(end, from + block), names);
  for (let width = block; width < end - first; width *= 2) {
    for (let from = first; from + width < end; from += 2 * width)
      merge(order, spare, from, from + width, Math.min(end, from + 2 * width), names);
  }
}

function insertionSort(
  order: Int32Array,
  from: number,
  to: number,
  names: OperationTable["versions"],
): void {
  for (let i = from + 1; i < to; i++) {
    const moved = order[i] as number;
    let at = i;
    for (; at > from && names.compare(order[at - 1] as number, moved) > 0; at--)
      order[at] = order[at - 1] as number;
    order[at] = moved;
  }
}

/** Merges two sorted neighbouring parts. Moves only the elements at their border that overlap. */
function merge(
  order: Int32Array,
  spare: Int32Array,
  from: number,
  middle: number,
  to: number,
  names: OperationTable["versions"],
): void {
  const isBehind = (a: number, b: number): boolean =>
    names.compare(order[a] as number, order[b] as number) > 0;
  let left = middle;
  while (left > from && isBehind(left - 1, middle)) left--;
  if (left === middle) return;
  for (let at = left; at < middle; at++) spare[at] = order[at] as number;
  let right = middle;
  let held = left;
  for (let at = left; held < middle; at++) {
    const takesRight =
      right < to && names.compare(order[right] as number, spare[held] as number) < 0;
    order[at] = (takesRight ? order[right++] : spare[held++]) as number;
  }
}
