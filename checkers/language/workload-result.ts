/** What the checkers of single workloads take and say. They know nothing of quorate's own history format. */
import type { Outcome } from "./verdict.ts";

/** One operation of one client, whatever it does. */
export interface ClientOperation {
  /** The number by which results name the operation. No two operations share one. */
  readonly op: number;
  /** The client's process. One process runs one operation at a time. */
  readonly process: string;
  /** Microseconds, or any other unit that orders events. */
  readonly invokeUs: number;
  /**
   * Infinity where no completion is known. An `info` operation may take effect at any time after its invocation,
   * whatever this says.
   */
  readonly returnUs: number;
  /** ok: it happened. fail: it did not happen. info: nobody knows. */
  readonly outcome: "ok" | "fail" | "info";
}

/** Proof that a history breaks a rule. */
export interface WorkloadAnomaly<Kind extends string = string> {
  readonly kind: Kind;
  /** Plain English. Names the operations. */
  readonly sentence: string;
  /** `op` of the operations that prove it. A cycle's operations are in the order of the cycle. */
  readonly operations: readonly number[];
  /** What is read or written, where the anomaly concerns one key or element. */
  readonly key?: string;
  /** Of a cycle: for each operation why it comes before the next, and for the last why before the first. */
  readonly cycle?: readonly string[];
}

/** What a checker says of a history. */
export interface WorkloadResult<Kind extends string = string> {
  readonly verdict: Outcome;
  /** Why the verdict is unknown. */
  readonly reason?: string;
  /** What makes the history invalid: at most `anomaliesKept` of each kind. */
  readonly anomalies: readonly WorkloadAnomaly<Kind>[];
  /** How many anomalies of each kind there are, those that were not kept included. */
  readonly counts: Readonly<Partial<Record<Kind, number>>>;
  /** What is worth knowing but allowed by the rule that was asked for. */
  readonly notes: readonly WorkloadAnomaly<Kind>[];
  /** How many operations were judged. 0 never goes with valid. */
  readonly judged: number;
}

/** How sentences name an operation, such as "line 17". */
export type OperationNames = (op: number) => string;

export const numbered: OperationNames = (op) => `operation ${op}`;
