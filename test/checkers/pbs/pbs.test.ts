import { describe, expect, test } from "vitest";
import { quorumMiss, withinVersions } from "../../../checkers/pbs/pbs-quorums.ts";
import {
  type Leg,
  type Legs,
  type Trial,
  visibility,
  visibleAfter,
  visibleFor,
  visibleWithin,
} from "../../../checkers/pbs/pbs-wars.ts";
import { legsOf } from "../../../checkers/pbs/pbs-legs.ts";
import { chance } from "../support.ts";
import { sampleSize } from "../sample-size.ts";

const histories = sampleSize(20_000);

describe("partial quorums", () => {
  const subsets = (n: number, size: number): number[] =>
    [...Array(1 << n).keys()].filter(
      (mask) => [...mask.toString(2)].filter((bit) => bit === "1").length === size,
    );

  test("miss one another as often as a count of all pairs of quorums says", () => {
    for (let n = 1; n <= 6; n++)
      for (let r = 1; r <= n; r++)
        for (let w = 1; w <= n; w++) {
          const pairs = subsets(n, r).flatMap((read) =>
            subsets(n, w).map((write) => (read & write) === 0),
          );
          expect(quorumMiss({ n, r, w }), `N ${n}, R ${r}, W ${w}`).toBeCloseTo(
            pairs.filter(Boolean).length / pairs.length,
            12,
          );
        }
  });

  test("the paper's examples: N = 3 with R = W = 1, and R = 1, W = 2", () => {
    expect(quorumMiss({ n: 3, r: 1, w: 1 })).toBeCloseTo(2 / 3, 12);
    // From section 3.1 of the paper: a read is within 2, 3, 5 and 10 versions with the probabilities 0.555…, 0.703…, >
    // 0.868 and > 0.98. With W = 2, it is within 1, 2, 3 and 5 versions with 0.6…, 0.888…, > 0.96 and > 0.995.
    expect([2, 3, 5, 10].map((k) => withinVersions({ n: 3, r: 1, w: 1 }, k).toFixed(3))).toEqual([
      "0.556",
      "0.704",
      "0.868",
      "0.983",
    ]);
    expect([1, 2, 3, 5].map((k) => withinVersions({ n: 3, r: 1, w: 2 }, k).toFixed(3))).toEqual([
      "0.667",
      "0.889",
      "0.963",
      "0.996",
    ]);
  });
});

/**
 * Finds the result by the definition: tries t = 0, 1, 2, … until the write has reached one of the R fastest replicas
 * before the read does.
 */
function visibleByTrying(
  { write, ack, read, response }: Trial,
  r: number,
  w: number,
): number | null {
  const acknowledgements = [...write]
    .map((delay, i) => delay + (ack[i] ?? 0))
    .sort((a, b) => a - b);
  const committed = acknowledgements[w - 1] ?? Infinity;
  const replies = [...read]
    .map((delay, i) => ({ i, at: delay + (response[i] ?? 0) }))
    .sort((a, b) => a.at - b.at || a.i - b.i)
    .slice(0, r);
  if (committed === Infinity || replies.some(({ at }) => at === Infinity)) return null;
  for (let t = 0; t < 100; t++)
    if (replies.some(({ i }) => committed + t + (read[i] ?? 0) >= (write[i] ?? 0))) return t;
  return Infinity;
}

test(`a trial of WARS agrees with its definition on ${histories} small cases`, () => {
  const counts = { none: 0, atOnce: 0, later: 0, never: 0 };
  for (let seed = 0; seed < histories; seed++) {
    const { int } = chance(seed);
    const n = 1 + int(5);
    const delays = (): Float64Array =>
      Float64Array.from({ length: n }, () => (int(8) === 0 ? Infinity : int(10)));
    const trial = { write: delays(), ack: delays(), read: delays(), response: delays() };
    const r = 1 + int(n);
    const w = 1 + int(n);
    const wanted = visibleByTrying(trial, r, w);
    expect(visibleAfter(trial, { n, r, w }), `seed ${seed}`).toBe(wanted);
    counts[
      wanted === null ? "none" : wanted === 0 ? "atOnce" : wanted === Infinity ? "never" : "later"
    ]++;
  }
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(histories / 200);
});

test("quorums that meet see every write at once", () => {
  for (let seed = 0; seed < sampleSize(2_000); seed++) {
    const { int } = chance(seed);
    const n = 1 + int(5);
    const delays = (): Float64Array => Float64Array.from({ length: n }, () => int(10));
    const r = 1 + int(n);
    expect(
      visibleAfter(
        { write: delays(), ack: delays(), read: delays(), response: delays() },
        { n, r, w: n - r + 1 },
      ),
    ).toBe(0);
  }
});

test("Monte Carlo approaches what all combinations of measured delays give", () => {
  const quorums = { n: 2, r: 1, w: 1 };
  const measured = { write: [1, 9], ack: [1, 2], read: [1, 4], response: [1, 3, Infinity] };
  const two = (delays: readonly number[]): Float64Array[] =>
    delays.flatMap((first) => delays.map((second) => Float64Array.of(first, second)));
  const every = two(measured.write).flatMap((write) =>
    two(measured.ack).flatMap((ack) =>
      two(measured.read).flatMap((read) =>
        two(measured.response).map((response) =>
          visibleAfter({ write, ack, read, response }, quorums),
        ),
      ),
    ),
  );
  const exact = every.filter((after) => after !== null);
  const legs = legsOf(measured) as Legs;
  const sorted = visibility(legs, { quorums, trials: 40_000, seed: 7 });
  expect(sorted.length / 40_000).toBeCloseTo(exact.length / every.length, 2);
  for (const t of [0, 1, 2, 3, 4, 5, 6])
    expect(visibleWithin(sorted, t), `t = ${t}`).toBeCloseTo(
      exact.filter((after) => after <= t).length / exact.length,
      2,
    );
});

test("shares and times are each other's inverse", () => {
  const sorted = Float64Array.of(0, 0, 3, 5, Infinity);
  expect([-1, 0, 2, 3, 5, 1e9].map((t) => visibleWithin(sorted, t))).toEqual([
    0, 0.4, 0.4, 0.6, 0.8, 0.8,
  ]);
  expect([0, 0.4, 0.5, 0.6, 0.8, 0.81, 1].map((share) => visibleFor(sorted, share))).toEqual([
    0,
    0,
    3,
    3,
    5,
    Infinity,
    Infinity,
  ]);
  expect(visibleWithin(new Float64Array(0), 5)).toBe(0);
  expect(visibleFor(new Float64Array(0), 0.5)).toBe(Infinity);
});

test("legs of which none was measured predict nothing", () => {
  expect(legsOf({ write: [1], ack: [1], read: [], response: [1] })).toBeNull();
});

/** Distributions that fit production systems, in milliseconds (Bailis et al., VLDB 2012, table 3). */
const pareto =
  (least: number, shape: number): Leg =>
  (figure) =>
    least / (1 - figure()) ** (1 / shape);
const exponential =
  (rate: number): Leg =>
  (figure) =>
    -Math.log(1 - figure()) / rate;
const mixture =
  (share: number, one: Leg, other: Leg): Leg =>
  (figure) =>
    figure() < share ? one(figure) : other(figure);

describe("the published fits, with N = 3 and R = W = 1", () => {
  const ssd = mixture(0.9122, pareto(0.235, 10), exponential(1.66));
  const disk = mixture(0.38, pareto(1.05, 1.51), exponential(0.183));
  const ymmrWrite = mixture(0.939, pareto(3, 3.35), exponential(0.0028));
  const ymmrRest = mixture(0.982, pareto(1.5, 3.8), exponential(0.0217));
  const of = (write: Leg, rest: Leg): Float64Array =>
    visibility(
      { write, ack: rest, read: rest, response: rest },
      { quorums: { n: 3, r: 1, w: 1 }, trials: 100_000, seed: 11 },
    );

  test("LNKD-DISK: 43.9 % of reads are current at once, 92.5 % after 10 ms", () => {
    const after = of(disk, ssd);
    expect(Math.abs(visibleWithin(after, 0) - 0.439)).toBeLessThan(0.01);
    expect(Math.abs(visibleWithin(after, 10) - 0.925)).toBeLessThan(0.01);
  });

  test("LNKD-SSD: 97.4 % at once, 99.9 % after 1.85 ms", () => {
    const after = of(ssd, ssd);
    expect(Math.abs(visibleWithin(after, 0) - 0.974)).toBeLessThan(0.01);
    expect(Math.abs(visibleFor(after, 0.999) / 1.85 - 1)).toBeLessThan(0.15);
  });

  test("YMMR: 89.3 % at once, 99.9 % after 1364 ms", () => {
    const after = of(ymmrWrite, ymmrRest);
    expect(Math.abs(visibleWithin(after, 0) - 0.893)).toBeLessThan(0.01);
    expect(Math.abs(visibleFor(after, 0.999) / 1364 - 1)).toBeLessThan(0.15);
  });
});
