/** Invocations paired with their completions. */
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

/**
 * One operation of one client, from its invocation to its completion. Times are microseconds of the history's clock.
 */
export interface Operation {
  readonly op: number;
  readonly client: string;
  readonly process: number;
  readonly node: NodeName;
  readonly f: string;
  readonly key: Key;
  /** What a write wrote, null for a delete; absent for a read. */
  readonly value?: Value | undefined;
  /** Operations of other workloads: what they are about, and what they returned. */
  readonly args?: Json | undefined;
  readonly result?: Json | undefined;
  readonly r?: number | undefined;
  readonly w?: number | undefined;
  readonly pr?: number | undefined;
  readonly pw?: number | undefined;
  readonly dw?: number | undefined;
  /** Siblings: the operation whose context this write carried. Absent: a blind write. */
  readonly contextOf?: number | undefined;
  /** Part of the final phase's sweep. */
  readonly final: boolean;
  readonly startUs: number;
  /** When the client heard, or gave up; Infinity for an operation that was never completed. */
  readonly endUs: number;
  /** `info` also for an operation without any completion: nobody knows. */
  readonly outcome: "ok" | "fail" | "info";
  /** A read: what it returned. A write: the version that it was given. Empty unless ok. */
  readonly versions: readonly VersionedValue[];
  readonly context?: VersionVector | undefined;
  /** Of the error, unless ok. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** An acknowledged write or delete. */
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
 * Whether the store did not try, because nobody could do what was asked: siblings that would outgrow a frame, say, or a
 * deletion of what the client has not read. An operation that may still take effect was tried.
 */
export const isRefusal = ({ outcome, code }: Pick<Operation, "outcome" | "code">): boolean =>
  outcome === "fail" && code === "bad-request";
