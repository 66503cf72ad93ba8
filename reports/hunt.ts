/**
 * The content of hunt.json: which planted bugs a hunt found, how likely a history finds each bug, and the results of
 * control runs.
 */

export interface HuntReport {
  readonly format: "quorate-hunt/1";
  readonly on: string;
  readonly seed: number;
  /** The largest number of histories for each bug. */
  readonly max: number;
  /** True: nodes recorded evidence. False: histories were judged from clients and inspection only. */
  readonly evidence: boolean;
  readonly command: string;
  readonly version: string;
  readonly startedAt: string;
  readonly elapsedMs: number;
  /** Why the hunt is incomplete. Absent for a complete hunt. */
  readonly interrupted?: string;
  /** The results of a hunt for bugs. */
  readonly bugs?: readonly HuntedBug[];
  /** The results of control runs. */
  readonly controlRuns?: readonly HuntedControl[];
}

export interface HuntedBug {
  readonly bug: string;
  readonly source: string;
  /**
   * The guarantees that the bug may break. `found` is true if a history broke one of them. Absent in files of earlier
   * versions.
   */
  readonly breaks?: readonly string[];
  readonly found: boolean;
  /** The number of histories until the bug was found or given up. */
  readonly histories: number;
  readonly seconds: number;
  readonly guarantee: string | null;
  readonly explanation: string | null;
  /** The probable causes of the failure. Absent in files of earlier versions. */
  readonly because?: readonly string[];
  readonly shrunk: {
    readonly operations: number;
    readonly faults: number;
    readonly nodes: number;
    /** How long shrinking took. Absent in files of earlier versions. */
    readonly seconds?: number;
  } | null;
  readonly replay: string | null;
  /**
   * The share of histories that find the bug, with its 95 % interval, and the median number of histories until a
   * detection. Null without --table.
   */
  readonly measured: {
    readonly share: number;
    readonly low: number;
    readonly high: number;
    readonly medianHistories: number | null;
  } | null;
}

export interface HuntedControl {
  readonly bug: string;
  readonly histories: number;
  readonly alarms: readonly { readonly explanation: string; readonly replay: string }[];
  readonly unknown: number;
  /** The share of all operations that succeeded. */
  readonly okShare: number;
}
