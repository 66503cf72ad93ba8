/**
 * A Merkle tree over one key range, which finds differences of two replicas by comparing few hashes (Dynamo, SOSP 2007,
 * section 4.7).
 *
 * A leaf is the exclusive or of its entries' hashes, and an inner node that of its leaves. An update therefore changes
 * one path, and the order of entries does not matter (in riak_kv #1189 it did).
 */
import { hash32, hex64 } from "../placement/hash.ts";

/** The number of children of each inner node. Level 0 is the root, 1 the inner nodes, 2 the leaves. */
export const fanout = 16;
export const leafLevel = 2;
export const leafCount = fanout * fanout;

const firstOfLevel = [0, 1, 1 + fanout] as const;
const nodeCount = 1 + fanout + leafCount;

/** 64 bits in two halves. */
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

  /** Changes an entry of `leaf` from hash `before` to `after`. Null: absent. */
  update(leaf: number, before: EntryHash | null, after: EntryHash | null): void {
    const high = (before ?? noEntry).high ^ (after ?? noEntry).high;
    const low = (before ?? noEntry).low ^ (after ?? noEntry).low;
    this.#flip(0, high, low);
    this.#flip(firstOfLevel[1] + Math.floor(leaf / fanout), high, low);
    this.#flip(firstOfLevel[2] + leaf, high, low);
  }

  /** The hash of a node of the tree, 16 hex digits. */
  hash(level: number, index: number): string {
    const at = (firstOfLevel[level] ?? nodeCount) + index;
    return hex64(this.#high[at] ?? 0, this.#low[at] ?? 0);
  }

  #flip(at: number, high: number, low: number): void {
    this.#high[at] = (this.#high[at] ?? 0) ^ high;
    this.#low[at] = (this.#low[at] ?? 0) ^ low;
  }
}

/** The indices one level below these nodes. */
export function childrenOf(indices: readonly number[]): readonly number[] {
  return indices.flatMap((index) =>
    Array.from({ length: fanout }, (_, child) => index * fanout + child),
  );
}
