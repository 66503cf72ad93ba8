import type { Cluster } from "../platforms/cluster.ts";
import type { Search } from "../search/index.ts";

export interface HuntOptions {
  readonly cluster: Cluster;
  /**
   * The seed of the plans. In a random search, plan i depends on no other plan, but only on the seed, on i, and on what
   * the bug's row and the cluster allow.
   */
  readonly seed: number;
  /** How plans are found: `random` or `guided`. */
  readonly search: Search;
  /** The largest number of histories for each bug or profile. */
  readonly max: number;
  /** The number of threads that run simulated histories. Results do not depend on it. Absent: 1. */
  readonly jobs?: number;
  /**
   * Draws plans much as `run --bug` does: of the bug's row, they take only the kind of versions, not the other settings
   * and not the faults.
   */
  readonly plain?: boolean;
  /** Whether evidence is recorded. If false, histories are judged only by what clients and inspection show. */
  readonly evidence: boolean;
  /**
   * If true, the hunt runs all `max` histories, to measure how likely a history is to find the bug. If false, the first
   * detection ends the hunt.
   */
  readonly measure: boolean;
  /** The time that shrinking may take, in ms. Null: the hunt does not shrink. */
  readonly shrinkTimeoutMs: number | null;
  readonly signal: AbortSignal;
}
