/** A key's successful operations in the order of time, as rows: what several checkers walk through together. */
import { isOk, isRead } from "./coded/table.ts";
import { orderOf } from "./order.ts";
import type { Model } from "./model.ts";
import type { Key } from "./history.ts";

export interface RowsByTime {
  /** By their starts. */
  readonly reads: Int32Array;
  /** Acknowledged writes and deletes, by their ends. */
  readonly writes: Int32Array;
}

const known = new WeakMap<Model, Map<Key, RowsByTime>>();

/** Made once for each key of a model. O(n) where operations overlap little. */
export function rowsByTime(model: Model, key: Key): RowsByTime {
  const ofModel = known.get(model) ?? new Map<Key, RowsByTime>();
  known.set(model, ofModel);
  let byTime = ofModel.get(key);
  if (byTime === undefined) ofModel.set(key, (byTime = sorted(model, key)));
  return byTime;
}

function sorted({ coded: { table, rows } }: Model, key: Key): RowsByTime {
  const { f, outcome, startUs, endUs } = table;
  const own = rows.of(table.keys.find(key));
  const reads = new Int32Array(own.length);
  const writes = new Int32Array(own.length);
  let readCount = 0;
  let writeCount = 0;
  for (let i = 0; i < own.length; i++) {
    const row = own[i] as number;
    if (outcome[row] !== isOk) continue;
    if (f[row] === isRead) reads[readCount++] = row;
    else writes[writeCount++] = row;
  }
  return { reads: orderOf(startUs, reads.subarray(0, readCount)), writes: orderOf(endUs, writes.subarray(0, writeCount)) };
}
