import { describe, expect, test } from "vitest";
import { defaultSettings, healthyParts, nodeNames, preferenceList } from "../../../store/index.ts";
import { rangeName, sharedRanges } from "../../../store/placement/ring.ts";

const keys = Array.from({ length: 3000 }, (_, index) => `key-${index}`);

describe("the ring", () => {
  test.each([
    [1, 1],
    [3, 3],
    [5, 3],
    [9, 4],
  ])("%d nodes, n = %d: each key has n distinct nodes, always the same", (nodes, n) => {
    const settings = { ...defaultSettings, nodes, n };
    for (const key of keys) {
      const list = preferenceList(settings, key);
      expect(new Set(list).size).toBe(n);
      expect(list.every((node) => nodeNames(settings).includes(node))).toBe(true);
      expect(preferenceList({ ...settings }, key)).toEqual(list);
    }
  });

  test("spreads keys: no node has twice its share", () => {
    const settings = { ...defaultSettings, virtualNodes: 128 };
    const share = new Map<string, number>();
    for (const key of keys)
      for (const node of preferenceList(settings, key)) share.set(node, (share.get(node) ?? 0) + 1);
    expect(Math.max(...share.values())).toBeLessThan((2 * keys.length * 3) / 5);
  });

  test("a node more moves few keys", () => {
    const first = (nodes: number) =>
      keys.map((key) => preferenceList({ ...defaultSettings, nodes, virtualNodes: 128 }, key)[0]);
    const [before, after] = [first(5), first(6)];
    const moved = before.filter((node, index) => node !== after[index]);
    expect(moved.length / keys.length).toBeLessThan(0.33);
    expect(
      after.filter((node, index) => node !== before[index]).every((node) => node === "n6"),
    ).toBe(true);
  });

  test("every key's range is shared by exactly its replicas", () => {
    for (const key of keys.slice(0, 300)) {
      const replicas = preferenceList(defaultSettings, key);
      for (const one of nodeNames(defaultSettings)) {
        for (const other of nodeNames(defaultSettings)) {
          if (one === other) continue;
          expect(sharedRanges(defaultSettings, one, other).includes(rangeName(replicas))).toBe(
            replicas.includes(one) && replicas.includes(other),
          );
        }
      }
    }
  });

  test("anti-entropy visits every peer with which it shares a range, never itself", () => {
    expect(healthyParts.exchangePeers(defaultSettings, "n3")).toEqual(["n4", "n5", "n1", "n2"]);
    expect(healthyParts.exchangePeers({ ...defaultSettings, nodes: 5, n: 1 }, "n3")).toEqual([]);
  });
});
