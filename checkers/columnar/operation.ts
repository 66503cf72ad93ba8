/** Operations: invocations paired with their completions. */
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

/** One operation of one client, from invocation to completion. Times are microseconds of the history's clock. */
export interface Operation {
  readonly op: number;
  readonly client: string;
  readonly process: number;
  readonly node: NodeName;
  readonly f: string;
  readonly key: Key;
  /** The value of a write. Null for a delete, undefined for any other operation. */
  readonly value?: Value | undefined;
  /** The arguments and the result of an operation, for workloads other than registers and siblings. */
  readonly args?: Json | undefined;
  readonly result?: Json | undefined;
  readonly r?: number | undefined;
  readonly w?: number | undefined;
  readonly pr?: number | undefined;
  readonly pw?: number | undefined;
  readonly dw?: number | undefined;
  /**
   * For siblings: the number of the operation whose context this write carried. Undefined for a blind write, and for
   * operations that carry no context.
   */
  readonly contextOf?: number | undefined;
  /**
   * Whether the operation is one of the last ones of the final phase: the final reads, and what else clients do then.
   */
  readonly final: boolean;
  readonly startUs: number;
  /** The time at which the client got the answer or gave up. Infinity: the operation was never completed. */
  readonly endUs: number;
  /**
   * `ok`: it happened. `fail`: it did not happen. `info`: nobody knows. An operation without a completion is `info`
   * too.
   */
  readonly outcome: "ok" | "fail" | "info";
  /** The versions that a read returned, or the version that a write was given. Empty unless the operation succeeded. */
  readonly versions: readonly VersionedValue[];
  readonly context?: VersionVector | undefined;
  /** The code of the error. Undefined if the operation succeeded or was not completed. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** Whether the operation succeeded and is no read. */
export const isAcknowledged = (operation: Operation): boolean =>
  operation.f !== "read" && operation.outcome === "ok";

/**
 * Pairs the invocations of a history with their completions.
 *
 * @returns The operations, in the order of their invocations.
 * @throws HistoryError if an event contradicts earlier ones: for example, if a completion has no open invocation.
 */
export function operationsOf(events: Iterable<HistoryEvent>): readonly Operation[] {
  const table = new OperationTable();
  for (const event of events) table.add(event);
  return new OperationViews(table).list();
}

/**
 * Whether the store refused a request as impossible: for example a write whose siblings would not fit into a frame, or
 * a delete of something that the client has not read. A refused operation never takes effect.
 */
export const isRefusal = ({ outcome, code }: Pick<Operation, "outcome" | "code">): boolean =>
  outcome === "fail" && code === "bad-request";
