/**
 * Formats a clock offset for libfaketime. Offsets of less than a billion seconds all have the same length, so that one
 * write replaces another completely.
 */
export const offsetText = (aheadMs: number): string => {
  const [seconds = "", rest = ""] = (Math.abs(aheadMs) / 1000).toFixed(3).split(".");
  return `${aheadMs < 0 ? "-" : "+"}${seconds.padStart(9, "0")}.${rest}`;
};
