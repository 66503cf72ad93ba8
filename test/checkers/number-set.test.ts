import { describe, expect, test } from "vitest";
import { NumberSet } from "../../checkers/number-set.ts";
import { chance } from "./support.ts";

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
        for (let number = 0; number < limit; number += 1 + int(9)) expect(set.has(number)).toBe(of.has(number));
        const beyond: number[] = [];
        set.forEachBeyond(other.set, (number) => beyond.push(number));
        expect(beyond).toEqual([...of].filter((number) => !other.of.has(number)).sort((a, b) => a - b));
        const end = int(limit + 1);
        const expected = Array.from({ length: end }, (_, number) => number).find((number) => !of.has(number) && !other.of.has(number)) ?? -1;
        expect(NumberSet.firstMissing([set, other.set], end)).toBe(expected);
      }
    }
  });
});
