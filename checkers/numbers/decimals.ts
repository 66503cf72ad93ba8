/** Sums of decimal numbers without the errors of binary ones. */

/** How many decimals the shortest text of the number has: 2 of 1.25, 7 of 1e-7. */
export function decimalsIn(number: number): number {
  if (Number.isInteger(number)) return 0;
  const [, decimals = "", exponent = "0"] =
    /^[^.e]*(?:\.(\d+))?(?:e(.+))?$/.exec(String(number)) ?? [];
  return Math.max(0, decimals.length - Number(exponent));
}

/**
 * Returns a function that rounds a sum to `decimals` decimals. This is the exact sum if no summand has more decimals.
 */
export const rounding = (decimals: number): ((sum: number) => number) =>
  decimals === 0 ? (sum) => sum : (sum) => Number(sum.toFixed(Math.min(100, decimals)));
