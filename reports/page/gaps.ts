/** Finds long times in which nothing happened, and decides how wide to draw them. */
import type { Trace } from "../trace/trace-shape.ts";

export interface Gap {
  readonly fromUs: number;
  readonly toUs: number;
  /** The width on the shortened axis, in µs of normal time. */
  readonly widthUs: number;
}

/**
 * Finds the gaps that are much longer than most. A shrunk history often has a few ms of operations and then a wait for
 * the final phase that is a hundred times as long. On a linear axis, all these operations would fall on a few pixels.
 * On the shortened axis, longer gaps stay longer, but only logarithmically.
 *
 * @param usualShare The share of all times between two events that count as usual. A smaller share shortens more gaps.
 */
export function findGaps(trace: Trace, usualShare = 0.75): readonly Gap[] {
  const times = [
    ...trace.operations.flatMap(({ startUs, endUs }) => [startUs, endUs ?? startUs]),
    ...trace.messages.flatMap(({ sentUs, receivedUs }) => [sentUs, receivedUs ?? sentUs]),
    ...trace.syncs.map(({ atUs }) => atUs),
    ...trace.faults.flatMap(({ fromUs, toUs }) => [fromUs, toUs]),
    trace.fromUs,
    trace.endUs,
  ].sort((a, b) => a - b);
  const between = times.flatMap((toUs, index) => {
    const fromUs = times[index - 1] ?? toUs;
    return toUs > fromUs ? [{ fromUs, toUs }] : [];
  });
  const sorted = between.map(({ fromUs, toUs }) => toUs - fromUs).sort((a, b) => a - b);
  const usualUs = 4 * (sorted[Math.floor(sorted.length * usualShare)] ?? 1);
  return between
    .filter(({ fromUs, toUs }) => toUs - fromUs > usualUs)
    .map(({ fromUs, toUs }) => ({
      fromUs,
      toUs,
      widthUs: usualUs * (1 + Math.log2((toUs - fromUs) / usualUs) / 4),
    }));
}
