/**
 * A Merkle tree over one key range. Two replicas find their differences by comparing few hashes (Dynamo, SOSP 2007,
 * section 4.7). The hash of a leaf is the exclusive or of its entries' hashes, and the hash of an inner node is the
 * exclusive or of the leaves below. So an update changes only one path, and the order of entries does not matter (in
 * riak_kv #1189 it did).
 */
import { hash32, hex64 } from "../placement/hash.ts";

/**
 * The number of children of each inner node. The root is at level 0, the other inner nodes are at level 1, and the
 * leaves at level 2.
 */
export const fanout = 16;
export const leafLevel = 2;
export const leafCount = fanout * fanout;

const firstOfLevel = [0, 1, 1 + fanout] as const;
const nodeCount = 1 + fanout + leafCount;

/** A 64-bit hash in two halves. */
export interface EntryHash {
  readonly high: number;
  readonly low: number;
}

const noEntry: EntryHash = { high: 0, low: 0 };

/** The leaf that a key belongs to. */
export function leafOf(key: string): number {
  return hash32(key, 0x6c656166) & (leafCount - 1);
}

export function entryHash(key: string, digest: string): EntryHash {
  const text = `${key}\n${digest}`;
  return { high: hash32(text, 0x68696768), low: hash32(text, 0x0badcafe) };
}

export class MerkleTree {
  readonly #high = new Int32Array(nodeCount);
  readonly #low = new Int32Array(nodeCount);

  /** Changes the hash of an entry in leaf `leaf` from `before` to `after`. Null stands for no entry. */
  update(leaf: number, before: EntryHash | null, after: EntryHash | null): void {
    const high = (before ?? noEntry).high ^ (after ?? noEntry).high;
    const low = (before ?? noEntry).low ^ (after ?? noEntry).low;
    this.#flip(0, high, low);
    this.#flip(firstOfLevel[1] + Math.floor(leaf / fanout), high, low);
    this.#flip(firstOfLevel[2] + leaf, high, low);
  }

  /** The hash of a node of the tree, as 16 hex digits. */
  hash(level: number, index: number): string {
    const at = (firstOfLevel[level] ?? nodeCount) + index;
    return hex64(this.#high[at] ?? 0, this.#low[at] ?? 0);
  }

  #flip(at: number, high: number, low: number): void {
    this.#high[at] = (this.#high[at] ?? 0) ^ high;
    this.#low[at] = (this.#low[at] ?? 0) ^ low;
  }
}

/** The indices of the children of these nodes, in the level below. */
export function childrenOf(indices: readonly number[]): readonly number[] {
  return indices.flatMap((index) =>
    Array.from({ length: fanout }, (_, child) => index * fanout + child),
  );
}
