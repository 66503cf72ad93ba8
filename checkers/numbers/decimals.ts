/** Helps to sum decimal numbers without the rounding errors of binary fractions. */

/** The number of decimal places in the shortest text of the number: 2 for 1.25, 7 for 1e-7. */
export function decimalsIn(number: number): number {
  if (Number.isInteger(number)) return 0;
  const [, decimals = "", exponent = "0"] =
    /^[^.e]*(?:\.(\d+))?(?:e(.+))?$/.exec(String(number)) ?? [];
  return Math.max(0, decimals.length - Number(exponent));
}

/**
 * Returns a function that rounds a sum to `decimals` decimal places, at most 100. For 0, it returns the sum unchanged.
 * If no summand has more places, rounding removes the errors of binary fractions, unless the sum has more digits than a
 * number can hold.
 */
export const rounding = (decimals: number): ((sum: number) => number) =>
  decimals === 0 ? (sum) => sum : (sum) => Number(sum.toFixed(Math.min(100, decimals)));
