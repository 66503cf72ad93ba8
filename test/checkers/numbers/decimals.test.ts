import fc from "fast-check";
import { expect, test } from "vitest";
import { decimalsIn, rounding } from "../../../checkers/numbers/decimals.ts";
import { sampleSeed } from "../sample-size.ts";

test.each([
  [0, 0],
  [-7, 0],
  [1e21, 0],
  [1.5, 1],
  [-0.25, 2],
  [1e-7, 7],
  [1.25e-7, 9],
])("%d has %i decimals", (number, decimals) => {
  expect(decimalsIn(number)).toBe(decimals);
});

test("sums of decimals are what they are on paper", () => {
  expect(0.1 + 0.2).not.toBe(0.3);
  expect(rounding(1)(0.1 + 0.2)).toBe(0.3);
  expect(rounding(0)(2 ** 53)).toBe(2 ** 53);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 })), (cents) => {
      const sum = cents.reduce((so, one) => so + one / 100, 0);
      const exact = cents.reduce((so, one) => so + one, 0) / 100;
      expect(rounding(2)(sum) + 0).toBe(exact + 0);
    }),
    { seed: sampleSeed },
  );
});
