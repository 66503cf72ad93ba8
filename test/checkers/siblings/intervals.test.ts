import { describe, expect, test } from "vitest";
import { Intervals } from "../../../checkers/siblings/intervals.ts";
import { chance } from "../support.ts";

describe("Intervals", () => {
  test("finds those that hold a time, and no other", () => {
    for (let seed = 0; seed < 2_000; seed++) {
      const { int } = chance(seed);
      const from = Float64Array.from({ length: int(9) }, () => int(10)).sort();
      const until = from.map((time) => (int(5) === 0 ? Infinity : time + int(5)));
      const intervals = new Intervals(from, until);
      for (let at = 0; at < 16; at++) {
        const found: number[] = [];
        for (let i = intervals.next(0, at); i >= 0; i = intervals.next(i + 1, at)) found.push(i);
        expect(found, `seed ${seed} at ${at}`).toEqual(
          [...from.keys()].filter((i) => (from[i] as number) <= at && (until[i] as number) > at),
        );
      }
    }
  });
});
