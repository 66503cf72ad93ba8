/** Types for the checkers of single workloads, which know nothing of quorate's own history format. */
import type { Outcome } from "./verdict.ts";

/** One operation of one client in any workload. */
export interface ClientOperation {
  /** The operation's number in results, unique in the history. */
  readonly op: number;
  /** The client's process. One process runs one operation at a time. */
  readonly process: string;
  /** Microseconds, or any other unit that orders events. */
  readonly invokeUs: number;
  /**
   * Infinity without a known completion. An `info` operation may take effect at any time after its invocation, whatever
   * this value is.
   */
  readonly returnUs: number;
  /** ok: it happened. fail: it did not happen. info: nobody knows. */
  readonly outcome: "ok" | "fail" | "info";
}

/** A proof that a history breaks a rule. */
export interface WorkloadAnomaly<Kind extends string = string> {
  readonly kind: Kind;
  /** One sentence that names the operations. */
  readonly sentence: string;
  /** `op` of the operations that prove it. Those of a cycle are in its order. */
  readonly operations: readonly number[];
  /** The key or element that the anomaly concerns, if it concerns one. */
  readonly key?: string;
  /** For a cycle: why each operation comes before the next, and the last before the first. */
  readonly cycle?: readonly string[];
}

/** The result of a workload's checker. */
export interface WorkloadResult<Kind extends string = string> {
  readonly verdict: Outcome;
  /** Why the verdict is unknown. */
  readonly reason?: string;
  /** The anomalies that make the history invalid: at most `anomaliesKept` of each kind. */
  readonly anomalies: readonly WorkloadAnomaly<Kind>[];
  /** The number of anomalies of each kind, including those that were not kept. */
  readonly counts: Readonly<Partial<Record<Kind, number>>>;
  /** Anomalies that the chosen rule allows. */
  readonly notes: readonly WorkloadAnomaly<Kind>[];
  /** The number of judged operations. Never 0 with verdict valid. */
  readonly judged: number;
}

/** Names an operation in sentences, such as "line 17". */
export type OperationNames = (op: number) => string;

export const numbered: OperationNames = (op) => `operation ${op}`;
