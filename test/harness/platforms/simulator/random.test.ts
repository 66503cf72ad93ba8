import { expect, test } from "vitest";
import { Random } from "../../../../harness/platforms/simulator/random.ts";

test("sfc32: the same numbers on every machine", () => {
  const random = new Random(1, "pinned");
  expect(Array.from({ length: 4 }, () => random.u32())).toMatchInlineSnapshot(`
    [
      2868086066,
      935030761,
      1094233363,
      790101237,
    ]
  `);
});

test("streams of one seed, and seeds of one stream, are apart", () => {
  const drawn = (seed: number, label: string): string => {
    const random = new Random(seed, label);
    return Array.from({ length: 8 }, () => random.u32()).join();
  };
  const all = [0, 1, 2, 0xffffffff].flatMap((seed) =>
    ["", "a", "b", "link n1 n2", "link n2 n1"].map((label) => drawn(seed, label)),
  );
  expect(new Set(all).size).toBe(all.length);
});

test("between reaches both ends and nothing beyond, about evenly", () => {
  const random = new Random(9, "between");
  const counts = new Map<number, number>();
  for (let count = 0; count < 10_000; count++) {
    const drawn = random.between(3, 7);
    counts.set(drawn, (counts.get(drawn) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual([3, 4, 5, 6, 7]);
  for (const count of counts.values()) expect(Math.abs(count - 2_000)).toBeLessThan(200);
});
