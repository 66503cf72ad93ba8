/**
 * Predicts t-visibility by a Monte Carlo simulation of WARS (Bailis et al., VLDB 2012, section 4): for how long after
 * its commit reads may miss a write because of message delays alone, without repair or exchanges. All times have the
 * same unit, whichever that is.
 */
import { chanceFrom } from "./chance.ts";
import type { Quorums } from "./pbs-quorums.ts";

/** Draws a delay. `chance` returns random numbers from 0 to below 1. Infinity: the message is lost. */
export type Leg = (chance: () => number) => number;

/** The four message delays between a coordinator and a replica: W, A, R and S. */
export interface Legs {
  /** W: the time from sending a write until the replica shows the write. */
  readonly write: Leg;
  /** A: the delay of the replica's acknowledgement. */
  readonly ack: Leg;
  /** R: the time from sending a read until the request arrives. */
  readonly read: Leg;
  /** S: the delay of the replica's response to a read. */
  readonly response: Leg;
}

/** The drawn delays of one trial, by replica. */
export interface Trial {
  readonly write: Float64Array;
  readonly ack: Float64Array;
  readonly read: Float64Array;
  readonly response: Float64Array;
}

/**
 * The smallest t ≥ 0 such that a read that begins t after the commit returns the write. The commit is at L, the W-th
 * smallest sum of a replica's W and A. The read waits for the first R replicas by the sum of R and S. It returns the
 * write if one of these has L + t + R ≥ W. Infinity: no read ever returns the write. Null: too few replicas answer the
 * write or the read.
 */
export function visibleAfter(
  { write, ack, read, response }: Trial,
  { r, w }: Quorums,
): number | null {
  const n = write.length;
  const committed = nthSum(write, ack, w - 1);
  if (committed === Infinity) return null;
  let least = Infinity;
  for (let i = 0; i < n; i++) {
    const answered = (read[i] as number) + (response[i] as number);
    if (placeOf(answered, i, read, response) >= r) continue;
    if (answered === Infinity) return null;
    least = Math.min(least, (write[i] as number) - committed - (read[i] as number));
  }
  return Math.max(0, least);
}

/**
 * The sum of two delays that has this place (from 0) if all sums are sorted. Infinity: there are fewer finite sums. N
 * is small, so nothing is sorted or allocated.
 */
function nthSum(a: Float64Array, b: Float64Array, place: number): number {
  for (let i = 0; i < a.length; i++) {
    const sum = (a[i] as number) + (b[i] as number);
    if (placeOf(sum, i, a, b) === place) return sum;
  }
  return Infinity;
}

/** The number of sums that come before the sum at `index`. Of equal sums, the one with the lower index comes first. */
function placeOf(sum: number, index: number, a: Float64Array, b: Float64Array): number {
  let place = 0;
  for (let i = 0; i < a.length; i++) {
    const other = (a[i] as number) + (b[i] as number);
    if (other < sum || (other === sum && i < index)) place++;
  }
  return place;
}

export interface VisibilityQuestion {
  readonly quorums: Quorums;
  readonly trials: number;
  readonly seed: number;
}

/** The time t from which the write was visible, for each trial in which enough replicas answered. Ascending. */
export function visibility(
  legs: Legs,
  { quorums, trials, seed }: VisibilityQuestion,
): Float64Array {
  const chance = chanceFrom(seed);
  const { n } = quorums;
  const trial = {
    write: new Float64Array(n),
    ack: new Float64Array(n),
    read: new Float64Array(n),
    response: new Float64Array(n),
  };
  const found = new Float64Array(trials);
  let count = 0;
  for (let i = 0; i < trials; i++) {
    for (let replica = 0; replica < n; replica++) {
      trial.write[replica] = legs.write(chance);
      trial.ack[replica] = legs.ack(chance);
      trial.read[replica] = legs.read(chance);
      trial.response[replica] = legs.response(chance);
    }
    const after = visibleAfter(trial, quorums);
    if (after !== null) found[count++] = after;
  }
  return found.subarray(0, count).sort();
}

/**
 * The share of trials in which a read that begins t after the commit returns the write.
 *
 * @param sorted The result of `visibility`.
 */
export function visibleWithin(sorted: Float64Array, t: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) <= t) low = middle + 1;
    else high = middle;
  }
  return sorted.length === 0 ? 0 : low / sorted.length;
}

/**
 * The smallest t such that at least this share of reads that begin t after the commit returns the write. Infinity:
 * there is none.
 */
export const visibleFor = (sorted: Float64Array, share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Infinity;
