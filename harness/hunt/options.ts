import type { Cluster } from "../platforms/cluster.ts";
import type { Search } from "../search/index.ts";

export interface HuntOptions {
  readonly cluster: Cluster;
  /** Plan i of every hunt depends only on (seed, i) and on the settings and faults of the bug's row. */
  readonly seed: number;
  /** How plans are found. */
  readonly search: Search;
  /** The largest number of histories for each bug. */
  readonly max: number;
  /** The number of threads that run simulated histories. Results do not depend on it. Absent: 1. */
  readonly jobs?: number;
  /** Draws plans as `run --bug` does, without the settings and faults of the bug's row. */
  readonly plain?: boolean;
  /** False: judges from clients and inspection only. */
  readonly evidence: boolean;
  /**
   * Runs all `max` histories, to measure how likely a history is to find the bug. Otherwise the first detection ends
   * the hunt.
   */
  readonly measure: boolean;
  /** Null: no shrinking. */
  readonly shrinkTimeoutMs: number | null;
  readonly signal: AbortSignal;
}
