/**
 * How far each read was behind the acknowledged writes of its key, along one total order of versions.
 * O(n log n): reads and acknowledgements in the order of time, a Fenwick tree over the ranks of versions.
 */
import { orderOf } from "./order.ts";

export interface OrderedWrites {
  /** Ascending. */
  readonly ranks: Float64Array;
  /** When each was acknowledged; Infinity: never. */
  readonly acknowledgedUs: Float64Array;
}

export interface Behind {
  /** Writes with a higher rank that were acknowledged before the read began. */
  readonly missed: number;
  /** When the first of them was acknowledged; Infinity if none was. */
  readonly sinceUs: number;
  /** Index of the newest of them by rank, −1 if none. */
  readonly newest: number;
}

/**
 * For each read, given by the rank that it returned and its start, how far behind it was.
 * `ranks` need not be those of writes; a read of nothing has −Infinity.
 */
export function behind(writes: OrderedWrites, readRanks: Float64Array, readStarts: Float64Array): Behind[] {
  const size = writes.ranks.length;
  const earliest = new Float64Array(size + 1).fill(Infinity);
  for (let i = size - 1; i >= 0; i--) earliest[i] = Math.min(earliest[i + 1] as number, writes.acknowledgedUs[i] as number);
  const byAcknowledgement = orderOf(writes.acknowledgedUs);
  const tree = new Int32Array(size + 1);
  const result: Behind[] = new Array(readRanks.length);
  let inserted = 0;
  let highest = -1;
  for (const read of orderOf(readStarts)) {
    const start = readStarts[read] as number;
    for (; inserted < size; inserted++) {
      const write = byAcknowledgement[inserted] as number;
      if (!((writes.acknowledgedUs[write] as number) < start)) break;
      highest = Math.max(highest, write);
      for (let i = write + 1; i <= size; i += i & -i) tree[i] = (tree[i] as number) + 1;
    }
    const notNewer = countUpTo(writes.ranks, readRanks[read] as number);
    let older = 0;
    for (let i = notNewer; i > 0; i -= i & -i) older += tree[i] as number;
    const missed = inserted - older;
    result[read] = missed === 0 ? { missed, sinceUs: Infinity, newest: -1 } : { missed, sinceUs: earliest[notNewer] as number, newest: highest };
  }
  return result;
}

/** How many of the ascending figures are at most the limit. */
function countUpTo(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
