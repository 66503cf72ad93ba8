import type { Cluster } from "../platforms/cluster.ts";
import type { Search } from "../search/index.ts";

export interface HuntOptions {
  readonly cluster: Cluster;
  /** Plan i of every hunt depends on (seed, i) and the row's settings and faults alone. */
  readonly seed: number;
  /** Where plans come from. */
  readonly search: Search;
  /** At most this many histories a bug. */
  readonly max: number;
  /** Threads that run histories, on the simulator; results are the same for any number. Absent: 1. */
  readonly jobs?: number;
  /** Plans as `run --bug` draws them: without the settings and faults of the bug's row. */
  readonly plain?: boolean;
  /** False: judged from clients and inspection alone. */
  readonly evidence: boolean;
  /**
   * Runs all `max` histories, to measure how likely one is to find the bug; otherwise the first detection ends the
   * hunt.
   */
  readonly measure: boolean;
  /** null: no shrinking. */
  readonly shrinkTimeoutMs: number | null;
  readonly signal: AbortSignal;
}
