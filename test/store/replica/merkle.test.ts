import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  childrenOf,
  entryHash,
  fanout,
  leafCount,
  leafOf,
  MerkleTree,
} from "../../../store/replica/merkle.ts";

const updates = fc.array(
  fc.tuple(fc.constantFrom("a", "b", "c", "d", "e", "f"), fc.nat(3).map(String)),
  { maxLength: 30 },
);

/** The tree after these updates, one after the other. Each update gives a key a digest. */
function build(list: readonly (readonly [string, string])[]): MerkleTree {
  const tree = new MerkleTree();
  const before = new Map<string, string>();
  for (const [key, digest] of list) {
    const old = before.get(key);
    tree.update(
      leafOf(key),
      old === undefined ? null : entryHash(key, old),
      entryHash(key, digest),
    );
    before.set(key, digest);
  }
  return tree;
}

describe("the Merkle tree", () => {
  test("equal contents have equal roots, whatever the way there; different contents differ from the root to the leaf", () => {
    fc.assert(
      fc.property(updates, updates, (one, other) => {
        const [contents, others] = [new Map(one), new Map(other)];
        const [a, b] = [build(one), build(other)];
        const straight = build([...contents].reverse());
        expect(straight.hash(0, 0)).toBe(a.hash(0, 0));
        const differing = [...new Set([...contents.keys(), ...others.keys()])].filter(
          (key) => contents.get(key) !== others.get(key),
        );
        expect(a.hash(0, 0) === b.hash(0, 0)).toBe(differing.length === 0);
        for (const key of differing) {
          expect(a.hash(1, Math.floor(leafOf(key) / fanout))).not.toBe(
            b.hash(1, Math.floor(leafOf(key) / fanout)),
          );
          expect(a.hash(2, leafOf(key))).not.toBe(b.hash(2, leafOf(key)));
        }
      }),
    );
  });

  test("children cover each level once", () => {
    expect(childrenOf(childrenOf([0]))).toEqual(
      Array.from({ length: leafCount }, (_, index) => index),
    );
  });
});
