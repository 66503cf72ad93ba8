/** What checkers of workloads beside the register know of an operation. */
import type { Operation } from "../columnar/operation.ts";

/** An operation with what its workload gave it and got back. */
export interface Done extends Pick<
  Operation,
  "op" | "client" | "node" | "key" | "startUs" | "endUs" | "outcome"
> {
  readonly f: string;
  /** What it wrote, added or wanted to put there. */
  readonly value?: string | null | undefined;
  /** What else it was given; JSON. */
  readonly args?: unknown;
  /** What it returned; JSON. Absent unless ok. */
  readonly result?: unknown;
  /** Of a target whose reads of this workload return versions too. */
  readonly versions?: Operation["versions"];
}

/** The operations of each key, in the order of the first of each. */
export function byKey(operations: readonly Done[]): ReadonlyMap<string, readonly Done[]> {
  const keys = new Map<string, Done[]>();
  for (const operation of operations) {
    const of = keys.get(operation.key);
    if (of === undefined) keys.set(operation.key, [operation]);
    else of.push(operation);
  }
  return keys;
}

/** It took effect, or may have. What failed definitely did not. */
export const mayCount = ({ outcome }: Done): boolean => outcome !== "fail";

/** `args[name]`, or `result[name]`. */
export function field(json: unknown, name: string): unknown {
  return typeof json === "object" && json !== null
    ? (json as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** `3.4 ms before`. */
export const ago = (fromUs: number, toUs: number): string =>
  `${((toUs - fromUs) / 1000).toFixed(1)} ms`;
