/**
 * t-visibility by Monte Carlo simulation of WARS (Bailis et al., VLDB 2012, section 4): how long after its commit a
 * write can be missed by reads because of message delays alone, without repair or exchanges. Times may have any one
 * unit.
 */
import { chanceFrom } from "./chance.ts";
import type { Quorums } from "./pbs-quorums.ts";

/** Draws a delay with random figures in [0, 1). Infinity: the message is lost. */
export type Leg = (chance: () => number) => number;

/** The four message delays between a coordinator and a replica. */
export interface Legs {
  /** W: from sending a write until the replica shows it. */
  readonly write: Leg;
  /** A: the replica's acknowledgement. */
  readonly ack: Leg;
  /** R: from sending a read to its arrival. */
  readonly read: Leg;
  /** S: the replica's response. */
  readonly response: Leg;
}

/** The delays of one trial by replica. */
export interface Trial {
  readonly write: Float64Array;
  readonly ack: Float64Array;
  readonly read: Float64Array;
  readonly response: Float64Array;
}

/**
 * The smallest t ≥ 0 such that a read begun t after the commit returns the write: L is the W-th smallest W + A, and
 * among the first R replicas by R + S one has L + t + R_i ≥ W_i. Infinity: never. Null: one of the quorums is never
 * reached.
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
 * The sum of two delays at this index (from 0) in sorted order. Infinity: there are fewer. N is small, so nothing is
 * sorted or allocated.
 */
function nthSum(a: Float64Array, b: Float64Array, place: number): number {
  for (let i = 0; i < a.length; i++) {
    const sum = (a[i] as number) + (b[i] as number);
    if (placeOf(sum, i, a, b) === place) return sum;
  }
  return Infinity;
}

/** The number of sums before the one at this index. Of equal sums, the lower index comes first. */
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

/** The time t from which the write was visible, for each trial in which both quorums were reached. Ascending. */
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

/** The share of trials in which a read begun t after the commit returns the write. */
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

/** The smallest t after which at least this share of reads returns the write. Infinity: there is none. */
export const visibleFor = (sorted: Float64Array, share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Infinity;
