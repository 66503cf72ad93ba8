/** Stretches of time in which nothing happened, and how much room they get. */
import type { Trace } from "../trace/trace-shape.ts";

export interface Gap {
  readonly fromUs: number;
  readonly toUs: number;
  /** As wide on a shortened axis as this much time elsewhere. */
  readonly widthUs: number;
}

/**
 * The gaps that are long beside most others. A shrunk history is a few milliseconds of operations, and a wait a hundred
 * times as long for the final phase: on a plain axis all of its operations fall on one pixel. A longer gap stays
 * longer, but by its logarithm only.
 */
export function findGaps(trace: Trace): readonly Gap[] {
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
  const usualUs = 4 * (sorted[Math.floor(sorted.length * 0.75)] ?? 1);
  return between
    .filter(({ fromUs, toUs }) => toUs - fromUs > usualUs)
    .map(({ fromUs, toUs }) => ({
      fromUs,
      toUs,
      widthUs: usualUs * (1 + Math.log2((toUs - fromUs) / usualUs) / 4),
    }));
}
