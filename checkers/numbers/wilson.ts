/**
 * Wilson's score interval (E. B. Wilson, JASA 1927) for a counted share. It is sensible also near 0 and 1 and for few
 * trials.
 */

export interface Share {
  /** hits / trials. 0 if there were no trials. */
  readonly share: number;
  /** The interval that contains the true share with 95 % confidence. */
  readonly low: number;
  readonly high: number;
}

/** The normal distribution's two-sided 95 % quantile. */
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
