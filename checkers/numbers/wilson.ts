/**
 * The share of hits among some trials, with Wilson's score interval (E. B. Wilson, JASA 1927). The interval is useful
 * even for shares near 0 and 1 and for few trials.
 */

export interface Share {
  /** The number of hits divided by the number of trials. 0 if there were no trials. */
  readonly share: number;
  /** The interval from `low` to `high` contains the true share with 95 % confidence. */
  readonly low: number;
  readonly high: number;
}

/** The two-sided 95 % quantile of the normal distribution. */
const z = 1.959964;

export function wilson(hits: number, trials: number): Share {
  if (trials === 0) return { share: 0, low: 0, high: 1 };
  const share = hits / trials;
  const scale = 1 + (z * z) / trials;
  const middle = (share + (z * z) / (2 * trials)) / scale;
  const half =
    (z / scale) * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  return { share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
