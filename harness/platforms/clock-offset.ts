/**
 * An offset of a wall clock, as libfaketime reads it: of one width, so that a new one can be written over the old in
 * one go.
 */
export const offsetText = (aheadMs: number): string => {
  const [seconds = "", rest = ""] = (Math.abs(aheadMs) / 1000).toFixed(3).split(".");
  return `${aheadMs < 0 ? "-" : "+"}${seconds.padStart(9, "0")}.${rest}`;
};
