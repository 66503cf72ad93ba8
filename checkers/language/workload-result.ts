/** Types for the checkers of single workloads, which know nothing of quorate's own history format. */
import type { Outcome } from "./verdict.ts";

/** One operation of one client in any workload. */
export interface ClientOperation {
  /** The operation's number, unique in the history. Results name the operation by it. */
  readonly op: number;
  /** The client's process. A process runs one operation at a time. */
  readonly process: string;
  /** The time of the invocation in microseconds, or in any other unit that orders events. */
  readonly invokeUs: number;
  /**
   * The time of the completion. Infinity: no completion is known. An `info` operation may take effect at any time after
   * its invocation, whatever this value is.
   */
  readonly returnUs: number;
  /** `ok`: the operation happened. `fail`: it did not happen. `info`: nobody knows. */
  readonly outcome: "ok" | "fail" | "info";
}

/** A proof that a history breaks a rule. */
export interface WorkloadAnomaly<Kind extends string = string> {
  readonly kind: Kind;
  /** One sentence that says what is wrong and names the operations. */
  readonly sentence: string;
  /**
   * The numbers (`op`) of the operations that prove the anomaly. The operations of a cycle are in the order of the
   * cycle.
   */
  readonly operations: readonly number[];
  /** The key or element that the anomaly concerns. Absent: it concerns none. */
  readonly key?: string;
  /**
   * For a cycle: one sentence for each operation that says why the operation comes before the next. The last one says
   * why the last operation comes before the first.
   */
  readonly cycle?: readonly string[];
}

/** The result of a workload's checker. */
export interface WorkloadResult<Kind extends string = string> {
  readonly verdict: Outcome;
  /** Why the verdict is unknown. Absent for other verdicts. */
  readonly reason?: string;
  /** The anomalies that make the history invalid: at most `anomaliesKept` of each kind. */
  readonly anomalies: readonly WorkloadAnomaly<Kind>[];
  /** The number of anomalies of each kind, including notes, and including anomalies that were counted but not kept. */
  readonly counts: Readonly<Partial<Record<Kind, number>>>;
  /** Anomalies that the chosen rule allows: at most `anomaliesKept` of each kind. */
  readonly notes: readonly WorkloadAnomaly<Kind>[];
  /** The number of judged operations or, for some rules, elements. If it is 0, the verdict is not `valid`. */
  readonly judged: number;
}

/** Names an operation in sentences, such as "line 17". */
export type OperationNames = (op: number) => string;

export const numbered: OperationNames = (op) => `operation ${op}`;
