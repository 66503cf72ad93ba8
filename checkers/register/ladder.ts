/**
 * The register levels: one algorithm with three predicates, for one key whose values are numbered 0, 1, 2, … (0 is the
 * initial value).
 *
 * Each value v has two times: by F, v must have been written; until S, v must still have been current or not yet
 * written. v must precede u if F of v < S of u. A violation is a pair of values that must each precede the other. Pairs
 * suffice: in any longer cycle the value with the smallest F also precedes its own predecessor.
 *
 * linearizable: the zones of Gibbons and Korach, "Testing Shared Memories", SIAM J. Comput. 26(4), 1997.
 */
import { countBelow, orderOf } from "../numbers/order.ts";

export type Level = "regular-stamped" | "regular" | "linearizable";

/**
 * The writes and reads of one key as numbers. Writes are indexed by the value that they wrote. The initial value is a
 * write from −∞ to −∞. Each value that was read has a write.
 */
export interface CodedRegister {
  readonly writeStart: Float64Array;
  /** The end of each write. Infinity: the write is indeterminate. */
  readonly writeEnd: Float64Array;
  readonly readValue: Int32Array;
  readonly readStart: Float64Array;
  readonly readEnd: Float64Array;
}

/** The times F (`first`) and S (`last`) of each value. */
export interface Zones {
  readonly first: Float64Array;
  readonly last: Float64Array;
}

/** Two values of which each must precede the other. */
export interface Violation {
  readonly v: number;
  readonly u: number;
}

/** Whether the write of `v` had ended before that of `u` began. The initial value was written before all others. */
export const isWrittenBefore = (
  { writeStart, writeEnd }: CodedRegister,
  v: number,
  u: number,
): boolean => (writeEnd[v] as number) < (writeStart[u] as number);

/**
 * Whether `v` is the older of two values that must each precede the other, so that a read of `v` is stale. If their
 * writes overlapped, the older value is the one whose last needed read began later.
 *
 * @param lastRead The start of the last read that the proof needs of a value, or -Infinity if it needs none.
 */
export const isOlder = (
  register: CodedRegister,
  { v, u }: Violation,
  lastRead: (value: number) => number,
): boolean =>
  isWrittenBefore(register, v, u) ||
  (!isWrittenBefore(register, u, v) && lastRead(v) >= lastRead(u));

/** A time after that of the initial value (−∞) and before every other. */
const justAfterInitial = -Number.MAX_VALUE;

export function zones(level: Level, register: CodedRegister): Zones {
  const { writeStart, writeEnd, readValue, readStart, readEnd } = register;
  const first = writeEnd.slice();
  const last =
    level === "regular-stamped"
      ? new Float64Array(writeStart.length).fill(justAfterInitial)
      : writeStart.slice();
  last[0] = -Infinity;
  for (let read = 0; read < readValue.length; read++) {
    const value = readValue[read] as number;
    const start = readStart[read] as number;
    const end = readEnd[read] as number;
    if (start > (last[value] as number)) last[value] = start;
    if (level === "linearizable" && end < (first[value] as number)) first[value] = end;
  }
  return { first, last };
}

/** Cached, since a register never changes and several levels and figures need the result. */
const known: Readonly<Record<Level, WeakMap<CodedRegister, Violation | "none">>> = {
  "regular-stamped": new WeakMap(),
  regular: new WeakMap(),
  linearizable: new WeakMap(),
};

/** The result of findViolation for a register at a level, computed once. */
export function violationAt(level: Level, register: CodedRegister): Violation | null {
  let found = known[level].get(register);
  if (found === undefined)
    known[level].set(register, (found = findViolation(zones(level, register)) ?? "none"));
  return found === "none" ? null : found;
}

/**
 * Finds two values of which each must precede the other. Null: there are none. Prefers a v with the smallest F. Takes
 * O(n log n): with the values sorted by F, the candidates u for each v (F of u < S of v) are a prefix, and the best
 * candidate is the one with the largest S.
 */
export function findViolation(zones: Zones): Violation | null {
  const byFirst = orderByFirst(zones);
  if (!anyViolation(zones, byFirst)) return null;
  const search = precedence(zones, byFirst);
  for (const v of byFirst) {
    const u = search.conflict(v, zones.first[v] as number, zones.last[v] as number);
    if (u !== null) return { v, u };
  }
  return null;
}

/** The values sorted by F. Leaves out values without F: a value that was never certainly written precedes nothing. */
export function orderByFirst({ first }: Zones): Int32Array {
  const values = new Int32Array(first.length);
  let count = 0;
  for (let value = 0; value < first.length; value++)
    if (first[value] !== Infinity) values[count++] = value;
  return orderOf(first, values.subarray(0, count));
}

/**
 * Whether any two zones conflict, in one pass over the values in the order of F. Two zones conflict if both are forward
 * (F < S) and overlap, or if a backward zone lies strictly inside a forward one. As long as no forward zones overlap, a
 * zone can only conflict with the last forward zone that began before it.
 */
export function anyViolation({ first, last }: Zones, byFirst: Int32Array): boolean {
  let forwardFirst = -Infinity;
  let forwardLast = -Infinity;
  for (const value of byFirst) {
    const from = first[value] as number;
    const to = last[value] as number;
    if (from < forwardLast && (from < to || forwardFirst < to)) return true;
    if (from < to) {
      forwardFirst = from;
      forwardLast = to;
    }
  }
  return false;
}

export interface Precedence {
  /** Finds a u ≠ v that conflicts with v, as if v's zone were (first, last). Null: there is none. */
  conflict(v: number, first: number, last: number): number | null;
}

/** Prepares the search for conflicts among zones. */
export function precedence(
  { first, last }: Zones,
  byFirst: Int32Array = orderByFirst({ first, last }),
): Precedence {
  const size = byFirst.length;
  const sortedFirst = Float64Array.from(byFirst, (value) => first[value] as number);
  // The values with the largest and the second largest S of each prefix. The second is used if v itself has the
  // largest.
  const best = new Int32Array(size);
  const second = new Int32Array(size);
  let top = -1;
  let next = -1;
  for (let i = 0; i < size; i++) {
    const value = byFirst[i] as number;
    if (top < 0 || (last[value] as number) > (last[top] as number)) {
      next = top;
      top = value;
    } else if (next < 0 || (last[value] as number) > (last[next] as number)) {
      next = value;
    }
    best[i] = top;
    second[i] = next;
  }
  return {
    conflict(v, ownFirst, ownLast) {
      const prefix = countBelow(sortedFirst, ownLast);
      if (prefix === 0) return null;
      const largest = best[prefix - 1] as number;
      const u = largest === v ? (second[prefix - 1] as number) : largest;
      return u >= 0 && (last[u] as number) > ownFirst ? u : null;
    },
  };
}
