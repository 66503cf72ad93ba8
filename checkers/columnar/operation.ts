/** Pairs invocations with their completions. */
import { OperationTable } from "./operation-table.ts";
import { OperationViews } from "./operation-view.ts";
import type {
  HistoryEvent,
  Json,
  Key,
  NodeName,
  Value,
  VersionedValue,
  VersionVector,
} from "../language/history.ts";

/** One operation of one client from invocation to completion. Times are microseconds of the history's clock. */
export interface Operation {
  readonly op: number;
  readonly client: string;
  readonly process: number;
  readonly node: NodeName;
  readonly f: string;
  readonly key: Key;
  /** The value of a write. Null for a delete, absent for a read. */
  readonly value?: Value | undefined;
  /** For operations of other workloads: their arguments and result. */
  readonly args?: Json | undefined;
  readonly result?: Json | undefined;
  readonly r?: number | undefined;
  readonly w?: number | undefined;
  readonly pr?: number | undefined;
  readonly pw?: number | undefined;
  readonly dw?: number | undefined;
  /** Siblings: the operation whose context this write carried. Absent: a blind write. */
  readonly contextOf?: number | undefined;
  /** Whether the operation belongs to the final reads. */
  readonly final: boolean;
  readonly startUs: number;
  /** When the client got the answer or gave up. Infinity: never completed. */
  readonly endUs: number;
  /** `info` also for an operation without a completion, whose outcome nobody knows. */
  readonly outcome: "ok" | "fail" | "info";
  /** For a read: what it returned. For a write: its version. Empty unless ok. */
  readonly versions: readonly VersionedValue[];
  readonly context?: VersionVector | undefined;
  /** The code of the error, unless ok. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** Whether the operation is an acknowledged write or delete. */
export const isAcknowledged = (operation: Operation): boolean =>
  operation.f !== "read" && operation.outcome === "ok";

/**
 * Pairs the invocations of a history with their completions.
 *
 * @returns The operations, in the order of their invocations.
 * @throws HistoryError if a completion has no open invocation.
 */
export function operationsOf(events: Iterable<HistoryEvent>): readonly Operation[] {
  const table = new OperationTable();
  for (const event of events) table.add(event);
  return new OperationViews(table).list();
}

/**
 * Whether the store refused a request that was impossible, such as siblings that would outgrow a frame or a delete of
 * something that the client has not read. An operation that may still take effect was not refused.
 */
export const isRefusal = ({ outcome, code }: Pick<Operation, "outcome" | "code">): boolean =>
  outcome === "fail" && code === "bad-request";
