/**
 * Computes how far each read was behind the acknowledged writes of its key, in one total order of versions. Takes O(n
 * log n): visits reads and acknowledgements in order of time, with a Fenwick tree over the ranks of versions.
 */
import { countUpTo, orderOf } from "../numbers/order.ts";

export interface OrderedWrites {
  /** The ranks of the writes, ascending. */
  readonly ranks: Float64Array;
  /** The time at which each write was acknowledged. Infinity: never. */
  readonly acknowledgedUs: Float64Array;
}

/** A stale read, and the writes that it missed. */
export interface Behind {
  /** The index of the read. */
  readonly read: number;
  /** The number of writes with a higher rank that were acknowledged before the read began. */
  readonly missed: number;
  /** The time at which the first of the missed writes was acknowledged. */
  readonly sinceUs: number;
  /** The index of the missed write with the highest rank. */
  readonly newest: number;
}

/**
 * The stale reads, sorted by start. Each read is given by its rank and its start. The rank of a read need not be the
 * rank of a write. A read of nothing has the rank −Infinity.
 */
export function behind(
  writes: OrderedWrites,
  readRanks: Float64Array,
  readStarts: Float64Array,
): Behind[] {
  const size = writes.ranks.length;
  const byAcknowledgement = orderOf(writes.acknowledgedUs);
  const byStart = orderOf(readStarts);
  // Most histories have no stale read, which can be found out without the tree.
  const stale = staleReads(writes, byAcknowledgement, readRanks, readStarts, byStart);
  if (stale.length === 0) return [];
  const earliest = new Float64Array(size + 1).fill(Infinity);
  for (let i = size - 1; i >= 0; i--)
    earliest[i] = Math.min(earliest[i + 1] as number, writes.acknowledgedUs[i] as number);
  const tree = new Int32Array(size + 1);
  let inserted = 0;
  return stale.map(({ read, notNewer, newest }) => {
    const start = readStarts[read] as number;
    for (; inserted < size; inserted++) {
      const write = byAcknowledgement[inserted] as number;
      if (!((writes.acknowledgedUs[write] as number) < start)) break;
      for (let i = write + 1; i <= size; i += i & -i) tree[i] = (tree[i] as number) + 1;
    }
    let older = 0;
    for (let i = notNewer; i > 0; i -= i & -i) older += tree[i] as number;
    return { read, missed: inserted - older, sinceUs: earliest[notNewer] as number, newest };
  });
}

interface Stale {
  readonly read: number;
  /** The number of writes whose rank is at most the read's. */
  readonly notNewer: number;
  readonly newest: number;
}

function staleReads(
  { ranks, acknowledgedUs }: OrderedWrites,
  byAcknowledgement: Int32Array,
  readRanks: Float64Array,
  readStarts: Float64Array,
  byStart: Int32Array,
): Stale[] {
  const size = ranks.length;
  const stale: Stale[] = [];
  let next = 0;
  let newest = -1;
  for (const read of byStart) {
    const start = readStarts[read] as number;
    for (; next < size; next++) {
      const write = byAcknowledgement[next] as number;
      if (!((acknowledgedUs[write] as number) < start)) break;
      if (write > newest) newest = write;
    }
    const rank = readRanks[read] as number;
    if (newest >= 0 && (ranks[newest] as number) > rank)
      stale.push({ read, notNewer: countUpTo(ranks, rank), newest });
  }
  return stale;
}
