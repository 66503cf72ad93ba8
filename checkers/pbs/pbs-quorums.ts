/**
 * Computes how likely partial quorums are to miss each other: Bailis et al., "Probabilistically Bounded Staleness for
 * Practical Partial Quorums", VLDB 2012, section 3.
 */

/** The number of replicas (n), and how many of them a read (r) and a write (w) wait for. */
export interface Quorums {
  readonly n: number;
  readonly r: number;
  readonly w: number;
}

/**
 * The probability that a random read quorum contains none of the W random replicas that acknowledged a write: C(N − W,
 * R) / C(N, R). 0 if R + W > N.
 */
export function quorumMiss({ n, r, w }: Quorums): number {
  let chance = 1;
  for (let i = 0; i < Math.min(r, n); i++) chance *= Math.max(0, n - w - i) / (n - i);
  return chance;
}

/** The probability that a read returns one of the last k versions, if nothing but quorums spreads the versions. */
export const withinVersions = (quorums: Quorums, k: number): number => 1 - quorumMiss(quorums) ** k;
