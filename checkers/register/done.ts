/** Operations with their arguments and results, for checkers of workloads with more than reads and writes. */
import type { Operation } from "../columnar/operation.ts";

/** An operation with its arguments and result. */
export interface Done extends Pick<
  Operation,
  "op" | "client" | "node" | "key" | "startUs" | "endUs" | "outcome"
> {
  readonly f: string;
  /** The value that it wrote, added or wanted to set. */
  readonly value?: string | null | undefined;
  /** Its further arguments as JSON. */
  readonly args?: unknown;
  /** Its result as JSON. Absent unless ok. */
  readonly result?: unknown;
  /** The versions that a read returned, if the target's reads of this workload return any. */
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

/** Whether it took effect or may have. A definite failure did not. */
export const mayCount = ({ outcome }: Done): boolean => outcome !== "fail";

/** The field of an operation's `args` or `result`. Undefined: it is absent. */
export function field(json: unknown, name: string): unknown {
  return typeof json === "object" && json !== null
    ? (json as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** The time from `fromUs` to `toUs`, as `3.4 ms`. */
export const ago = (fromUs: number, toUs: number): string =>
  `${((toUs - fromUs) / 1000).toFixed(1)} ms`;
