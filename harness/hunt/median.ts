/**
 * Returns the median of the values. Of two middle values, the lower one is the median. Returns null for an empty list.
 */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
