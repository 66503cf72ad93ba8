import { describe, expect, test } from "vitest";
import { NumberSet } from "../../../checkers/numbers/number-set.ts";
import { chance } from "../support.ts";

describe("NumberSet", () => {
  test("is a set of numbers, shared or not, full or not", () => {
    for (let seed = 0; seed < 30; seed++) {
      const { int, pick } = chance(seed);
      const limit = pick([1, 32, 33, 256, 257, 3_000]);
      const empty = NumberSet.empty(limit);
      const sets = [{ set: empty, of: new Set<number>() }];
      for (let times = 0; times < 40; times++) {
        const one = pick(sets);
        const other = pick(sets);
        const from = int(limit);
        const until = int(4) === 0 ? Math.min(limit, from + int(600)) : from + 1;
        const joins = int(2) === 0;
        let set = joins ? one.set.union(other.set) : one.set;
        const of = new Set(joins ? [...one.of, ...other.of] : one.of);
        for (let number = from; number < until; number++) {
          set = set.with(number);
          of.add(number);
        }
        sets.push({ set, of });
        for (let number = 0; number < limit; number += 1 + int(9))
          expect(set.has(number)).toBe(of.has(number));
        const beyond: number[] = [];
        set.forEachBeyond(other.set, (number) => beyond.push(number));
        expect(beyond).toEqual(
          [...of].filter((number) => !other.of.has(number)).sort((a, b) => a - b),
        );
        const end = int(limit + 1);
        const expected =
          Array.from({ length: end }, (_, number) => number).find(
            (number) => !of.has(number) && !other.of.has(number),
          ) ?? -1;
        expect(NumberSet.firstMissing([set, other.set], end)).toBe(expected);
      }
    }
  });

  const among = (limit: number, ...numbers: readonly number[]): NumberSet =>
    numbers.reduce((set, number) => set.with(number), NumberSet.empty(limit));
  const upTo = (limit: number, from = 0, to = limit): NumberSet =>
    among(limit, ...Array.from({ length: to - from }, (_, i) => from + i));

  test("what changes nothing is the set itself: adding what it has, joining what it holds", () => {
    for (const limit of [32, 256, 2048, 3000]) {
      const small = among(limit, 1, 30);
      const large = among(limit, 1, 7, 30, limit - 1);
      const empty = NumberSet.empty(limit);
      expect(small.with(30)).toBe(small);
      expect([large.union(small), small.union(large)].map((one) => one === large)).toEqual([
        true,
        true,
      ]);
      expect(
        [small.union(empty), empty.union(small), small.union(small)].map((one) => one === small),
      ).toEqual([true, true, true]);
      // `alike` is equal to `small`, but is another object.
      const alike = among(limit, 30, 1);
      expect([small, alike]).toContain(small.union(alike));
    }
  });

  test("a full set is one, however it came to be, and takes in all others", () => {
    for (const limit of [32, 256, 2048]) {
      const full = upTo(limit);
      const halves = upTo(limit, 0, limit / 2).union(upTo(limit, limit / 2));
      expect(full.with(3)).toBe(full);
      expect(
        [full.union(halves), halves.union(full)].map((one) => one === full || one === halves),
      ).toEqual([true, true]);
      const some = among(limit, 5, limit - 2);
      expect([some.union(full), full.union(some)].map((one) => one === full)).toEqual([true, true]);
      expect([some.union(halves), halves.union(some)].map((one) => one === halves)).toEqual([
        true,
        true,
      ]);
      expect(NumberSet.firstMissing([full], limit)).toBe(-1);
      expect(NumberSet.firstMissing([halves, some], limit)).toBe(-1);
      for (const beyond of [full, halves])
        beyond.forEachBeyond(full, (number) => expect.fail(`${number} is in both`));
      const found: number[] = [];
      full.forEachBeyond(upTo(limit, 0, limit - 3), (number) => found.push(number));
      expect(found).toEqual([limit - 3, limit - 2, limit - 1]);
    }
  });

  test("the first that is missing of no set, of empty ones, and behind many that are full", () => {
    expect([NumberSet.firstMissing([], 0), NumberSet.firstMissing([], 1)]).toEqual([-1, 0]);
    expect([
      NumberSet.firstMissing([NumberSet.empty(300)], 0),
      NumberSet.firstMissing([NumberSet.empty(300), NumberSet.empty(300)], 1),
    ]).toEqual([-1, 0]);
    for (const until of [31, 32, 255, 256, 257, 511, 2047, 2048, 2500]) {
      const low = upTo(3000, 0, until);
      expect([
        NumberSet.firstMissing([low], 3000),
        NumberSet.firstMissing([low], until),
        NumberSet.firstMissing([low, among(3000, until)], 3000),
      ]).toEqual([until, -1, until + 1]);
    }
  });
});
