/** The rows of an OperationTable, grouped by key. */
import type { OperationTable } from "./operation-table.ts";

export class KeyRows {
  /** The keys that have operations, in the order of their first invocations. */
  readonly keys: readonly number[];
  readonly #rows: Int32Array;
  readonly #from: Int32Array;

  constructor(table: OperationTable) {
    const { count, key } = table;
    const keyCount = table.keys.count;
    const from = new Int32Array(keyCount + 1);
    const keys: number[] = [];
    for (let row = 0; row < count; row++) {
      const of = key[row] as number;
      if (from[of + 1] === 0) keys.push(of);
      from[of + 1] = (from[of + 1] as number) + 1;
    }
    for (let of = 0; of < keyCount; of++)
      from[of + 1] = (from[of + 1] as number) + (from[of] as number);
    const next = from.slice();
    const rows = new Int32Array(count);
    for (let row = 0; row < count; row++) {
      const of = key[row] as number;
      rows[next[of] as number] = row;
      next[of] = (next[of] as number) + 1;
    }
    this.keys = keys;
    this.#rows = rows;
    this.#from = from;
  }

  /** The rows of a key in the order of invocations. */
  of(key: number): Int32Array {
    return this.#rows.subarray(this.#from[key], this.#from[key + 1]);
  }
}
