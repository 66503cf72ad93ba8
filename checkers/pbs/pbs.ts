/**
 * PBS: how often reads miss writes, as predicted from partial quorums and as measured. No verdict uses these figures.
 * Prediction and measurement should be nearly equal if nothing but the writes themselves spreads data. With repair or
 * exchanges, reads usually miss fewer writes than predicted.
 */
import { agedReads } from "./pbs-reads.ts";
import { legsOf, measureLegs } from "./pbs-legs.ts";
import { quorumMiss, withinVersions } from "./pbs-quorums.ts";
import { visibility, visibleFor, visibleWithin } from "./pbs-wars.ts";
import { wilson } from "../numbers/wilson.ts";
import type { AgedReads } from "./pbs-reads.ts";
import { keysOf, type Model } from "../model/model.ts";
import type { Measurement } from "../language/verdict.ts";

const trials = 5_000;
const seed = 1;

/** The lower bounds of the groups of reads by age, in milliseconds. */
const agesMs = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000] as const;

/**
 * Shares of current reads. For each share, `predictedAfterMs` has the predicted time after a commit at which it is
 * reached.
 */
const shares = { p50: 0.5, p95: 0.95, p99: 0.99, p999: 0.999 } as const;

/**
 * The figures `visibility` and `visibilityByAge`.
 *
 * `visibility` has the number of reads after a commit; the share of current reads with its 95 % interval (Wilson), and
 * the predicted share for the same reads; the predicted share of reads at the time of the commit that are current; the
 * times in ms (null: never) after which shares of reads are predicted to be current; the probability that quorums miss
 * each other; and the probability that a read is within k versions. `visibilityByAge` has the same shares by the time
 * from commit to read.
 *
 * The predicted shares and times are null if nothing can be predicted: with sloppy quorums, whose replicas are not
 * always the same N, or without enough evidence if quorums may miss each other.
 */
export function visibilityOf(model: Model): Readonly<Record<string, Measurement>> {
  const { n, r, w, has } = model.run;
  if (!has.has("versions") || !has.has("quorums")) return {};
  const quorums = { n, r, w };
  const keys = keysOf(model).map((key) => agedReads(model, key));
  if (keys.every(({ agesUs }) => agesUs.length === 0)) return {};
  const after = predict(model);
  const bins = binned(keys, after);
  return {
    visibility: {
      ...shareOf(bins.reduce(joined), after),
      predictedAtOnce: after === null ? null : visibleWithin(after, 0),
      predictedAfterMs:
        after === null
          ? null
          : Object.fromEntries(
              Object.entries(shares).map(([name, share]) => [
                name,
                finite(visibleFor(after, share) / 1000),
              ]),
            ),
      quorumMiss: quorumMiss(quorums),
      withinVersions: Object.fromEntries(
        [1, 2, 3, 5, 10].map((k) => [String(k), withinVersions(quorums, k)]),
      ),
    },
    // The first group is left out: it has negative ages, which differences between clocks cause.
    visibilityByAge: bins.slice(1).flatMap((bin, i) =>
      bin.reads === 0
        ? []
        : [
            {
              fromMs: agesMs[i] ?? 0,
              toMs: finite(agesMs[i + 1] ?? Infinity),
              ...shareOf(bin, after),
            },
          ],
    ),
  };
}

/** A group of reads with similar ages. */
interface Bin {
  readonly reads: number;
  readonly current: number;
  /** The sum of the predicted probabilities of being current, over the reads. */
  readonly predicted: number;
}

const joined = (a: Bin, b: Bin): Bin => ({
  reads: a.reads + b.reads,
  current: a.current + b.current,
  predicted: a.predicted + b.predicted,
});

/** The reads in groups: one group for negative ages, then one from each bound in `agesMs` to the next. */
function binned(keys: readonly AgedReads[], after: Float64Array | null): Bin[] {
  const bins = Array.from({ length: agesMs.length + 1 }, () => ({
    reads: 0,
    current: 0,
    predicted: 0,
  }));
  for (const { agesUs, current } of keys) {
    for (let i = 0; i < agesUs.length; i++) {
      const ageUs = agesUs[i] as number;
      let at = 0;
      while (at < agesMs.length && ageUs >= (agesMs[at] as number) * 1000) at++;
      const bin = bins[at] as (typeof bins)[number];
      bin.reads++;
      bin.current += current[i] as number;
      if (after !== null) bin.predicted += visibleWithin(after, ageUs);
    }
  }
  return bins;
}

/**
 * For each trial of the simulation, the time in microseconds after the write's commit from which reads return the
 * write. Null: nothing can be predicted.
 */
function predict(model: Model): Float64Array | null {
  const { n, r, w, quorums } = model.run;
  // Strict quorums that always overlap need no simulation: a committed write is visible at once.
  if (quorums !== "sloppy" && r + w > n) return Float64Array.of(0);
  const legs = quorums === "sloppy" ? null : legsOf(measureLegs(model));
  const after = legs === null ? null : visibility(legs, { quorums: { n, r, w }, trials, seed });
  return after === null || after.length === 0 ? null : after;
}

function shareOf(
  { reads, current, predicted }: Bin,
  after: Float64Array | null,
): Readonly<Record<string, Measurement>> {
  const { share, low, high } = wilson(current, reads);
  return { reads, current, share, low, high, predicted: after === null ? null : predicted / reads };
}

/** The figure, or null for Infinity, which JSON does not have. */
const finite = (figure: number): number | null => (figure === Infinity ? null : figure);
