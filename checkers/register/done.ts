/** Operations with their arguments and results, for checkers of workloads with more than reads and writes. */
import { milliseconds } from "../messages/operation-messages.ts";
import type { Operation } from "../columnar/operation.ts";

/** An operation with its arguments and its result. */
export interface Done extends Pick<
  Operation,
  "op" | "client" | "node" | "key" | "startUs" | "endUs" | "outcome"
> {
  readonly f: string;
  /** The value that a write wrote. Null for a delete. Absent: the operation has none, or its value is in `args`. */
  readonly value?: string | null | undefined;
  /** The operation's further arguments as JSON. */
  readonly args?: unknown;
  /** The operation's result as JSON. Absent unless the operation succeeded. */
  readonly result?: unknown;
  /** The versions that a read returned, or the version that a write was given. Absent or empty: there are none. */
  readonly versions?: Operation["versions"];
}

/** The operations of each key, in the order of the keys' first operations. */
export function byKey(operations: readonly Done[]): ReadonlyMap<string, readonly Done[]> {
  const keys = new Map<string, Done[]>();
  for (const operation of operations) {
    const of = keys.get(operation.key);
    if (of === undefined) keys.set(operation.key, [operation]);
    else of.push(operation);
  }
  return keys;
}

/** Whether the operation took effect or may have done so. A definite failure did not. */
export const mayCount = ({ outcome }: Done): boolean => outcome !== "fail";

/** The field `name` of an operation's `args` or `result`. Undefined: there is no such field. */
export function field(json: unknown, name: string): unknown {
  return typeof json === "object" && json !== null
    ? (json as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** The time from `fromUs` to `toUs` as text: `3.4 ms`. */
export const ago = (fromUs: number, toUs: number): string => milliseconds(toUs - fromUs);
