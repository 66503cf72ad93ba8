/**
 * How likely partial quorums miss one another: Bailis et al., "Probabilistically Bounded Staleness for Practical
 * Partial Quorums", VLDB 2012, section 3.
 */

/** Of N replicas: how many a read and a write wait for. */
export interface Quorums {
  readonly n: number;
  readonly r: number;
  readonly w: number;
}

/**
 * The chance that a read quorum holds none of the W replicas that acknowledged a write, both taken at random: C(N − W,
 * R) / C(N, R). 0 where R + W > N.
 */
export function quorumMiss({ n, r, w }: Quorums): number {
  let chance = 1;
  for (let i = 0; i < Math.min(r, n); i++) chance *= Math.max(0, n - w - i) / (n - i);
  return chance;
}

/** The chance that a read returns one of the last k versions, where nothing but the quorums spreads them. */
export const withinVersions = (quorums: Quorums, k: number): number => 1 - quorumMiss(quorums) ** k;
