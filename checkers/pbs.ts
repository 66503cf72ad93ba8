/**
 * PBS: how often reads miss what was written, as partial quorums explain it and as it was measured. Figures only, no verdict rests on them.
 * They are to be equal where neither repair nor exchanges bring what a write did not; else more is visible than predicted.
 */
import { agedReads } from "./pbs-reads.ts";
import { legsOf, measureLegs } from "./pbs-legs.ts";
import { quorumMiss, withinVersions } from "./pbs-quorums.ts";
import { visibility, visibleFor, visibleWithin } from "./pbs-wars.ts";
import { wilson } from "./wilson.ts";
import type { AgedRead } from "./pbs-reads.ts";
import { keysOf, type Model } from "./model.ts";
import type { Measurement } from "./verdict.ts";

const trials = 5_000;
const seed = 1;

/** Ages at which reads are counted together, in milliseconds. */
const agesMs = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000] as const;

/** Shares for which is said after what time they are reached. */
const shares = { p50: 0.5, p95: 0.95, p99: 0.99, p999: 0.999 } as const;

/**
 * `visibility`: reads that followed a commit, the share that was current, with a 95 % interval (Wilson), and predicted for those same reads; after
 * what time (in milliseconds, null: never) how many reads are predicted current; the chance that quorums miss one another, and that a read
 * is within k versions. `visibilityByAge`: the same shares by the time from commit to read. null: there is nothing to predict from
 * (no evidence, or sloppy quorums, whose replicas are not always the same N).
 */
export function visibilityOf(model: Model): Readonly<Record<string, Measurement>> {
  const { n, r, w } = model.run;
  const quorums = { n, r, w };
  const reads = keysOf(model).flatMap((key) => agedReads(model, key));
  if (reads.length === 0) return {};
  const after = predict(model);
  const predictedOf = (ageUs: number): number | null => (after === null ? null : visibleWithin(after, ageUs));
  return {
    visibility: {
      ...shareOf(reads, predictedOf),
      predictedAtOnce: predictedOf(0),
      predictedAfterMs: after === null ? null : Object.fromEntries(Object.entries(shares).map(([name, share]) => [name, finite(visibleFor(after, share) / 1000)])),
      quorumMiss: quorumMiss(quorums),
      withinVersions: Object.fromEntries([1, 2, 3, 5, 10].map((k) => [String(k), withinVersions(quorums, k)])),
    },
    visibilityByAge: agesMs.flatMap((fromMs, i) => {
      const toMs = agesMs[i + 1] ?? Infinity;
      const aged = reads.filter(({ ageUs }) => ageUs >= fromMs * 1000 && ageUs < toMs * 1000);
      return aged.length === 0 ? [] : [{ fromMs, toMs: finite(toMs), ...shareOf(aged, predictedOf) }];
    }),
  };
}

/** From which time on (in microseconds) a write was visible, by trials; null: nothing to predict from. */
function predict(model: Model): Float64Array | null {
  const { n, r, w, quorums } = model.run;
  // Quorums that always meet need no chance: what was committed is visible at once.
  if (quorums !== "sloppy" && r + w > n) return Float64Array.of(0);
  const legs = quorums === "sloppy" ? null : legsOf(measureLegs(model));
  const after = legs === null ? null : visibility(legs, { quorums: { n, r, w }, trials, seed });
  return after === null || after.length === 0 ? null : after;
}

function shareOf(reads: readonly AgedRead[], predictedOf: (ageUs: number) => number | null): Readonly<Record<string, Measurement>> {
  const current = reads.filter((read) => read.current).length;
  const { share, low, high } = wilson(current, reads.length);
  let predicted: number | null = 0;
  for (const { ageUs } of reads) {
    const one = predictedOf(ageUs);
    predicted = one === null || predicted === null ? null : predicted + one / reads.length;
  }
  return { reads: reads.length, current, share, low, high, predicted };
}

/** JSON has no infinity. */
const finite = (figure: number): number | null => (figure === Infinity ? null : figure);
