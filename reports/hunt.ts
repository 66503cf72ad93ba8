/** hunt.json: which planted bugs a hunt found, how likely a history finds each, and what their control runs did. */

export interface HuntReport {
  readonly format: "quorate-hunt/1";
  readonly on: string;
  readonly seed: number;
  /** At most so many histories a bug. */
  readonly max: number;
  /** False: judged from clients and inspection alone. */
  readonly evidence: boolean;
  readonly command: string;
  readonly version: string;
  readonly startedAt: string;
  readonly elapsedMs: number;
  /** Why not all was hunted that was asked for; absent: all was. */
  readonly interrupted?: string;
  /** Of a hunt for bugs. */
  readonly bugs?: readonly HuntedBug[];
  /** Of their control runs. */
  readonly controlRuns?: readonly HuntedControl[];
}

export interface HuntedBug {
  readonly bug: string;
  readonly source: string;
  /** The guarantees that it may break: any of them finds it. Absent in files of earlier versions. */
  readonly breaks?: readonly string[];
  readonly found: boolean;
  /** Run until it was found, or in vain. */
  readonly histories: number;
  readonly seconds: number;
  readonly guarantee: string | null;
  readonly explanation: string | null;
  /** What the evidence says of its cause; absent in files of earlier versions. */
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
   * Of a measuring hunt: the share of histories that find it with its 95 % interval, and the median number from one to
   * the next.
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
  /** Of all operations, the share that succeeded. */
  readonly okShare: number;
}
