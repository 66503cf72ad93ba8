/**
 * Computes the k-atomicity of one key: the smallest k for which an order of the operations exists in which each read
 * returns one of the last k writes.
 */
import { type CodedRegister, violationAt } from "../register/ladder.ts";
import { isTwoAtomic } from "./two-atomic.ts";
import { search, type SearchBudget, type SearchProblem } from "../search/search.ts";

/**
 * The budget of one search. No fast algorithm for k > 2 is known. The figure only informs people, so that a lower bound
 * of k is enough for a large history.
 */
const budget: SearchBudget = { steps: 50_000, bytes: 64 * 1024 * 1024 };
const mostSearched = 1_000;

export interface AtomicityK {
  /** The smallest k. Null: only a lower bound is known. */
  readonly k: number | null;
  /** A lower bound of k. */
  readonly atLeast: number;
}

/**
 * The smallest k for the key: 1 is decided by the register levels, 2 by LBT, larger numbers up to `most` by search if
 * the key has few operations. Each value that was read must have a write that was invoked before the read ended.
 */
export function leastK(register: CodedRegister, most = 10): AtomicityK {
  if (violationAt("linearizable", register) === null) return { k: 1, atLeast: 1 };
  if (isTwoAtomic(register)) return { k: 2, atLeast: 2 };
  if (register.writeStart.length + register.readValue.length > mostSearched)
    return { k: null, atLeast: 3 };
  for (let k = 3; k <= most; k++) {
    const { found } = search(atomicityProblem(register, k), budget);
    if (found === "order") return { k, atLeast: k };
    if (found === "unknown") return { k: null, atLeast: k };
  }
  return { k: null, atLeast: most + 1 };
}

/**
 * The question whether a key is k-atomic, as a search problem. A state is the list of the last k values, newest first.
 */
export function atomicityProblem(
  { writeStart, writeEnd, readValue, readStart, readEnd }: CodedRegister,
  k: number,
): SearchProblem {
  const states: (readonly number[])[] = [[0]];
  const codes = new Map<string, number>([["0", 0]]);
  // Value 0 is the initial one: no operation wrote it. An indeterminate write that no read shows is left out.
  const read = new Set(readValue);
  const writes = Array.from(writeStart.keys()).filter(
    (value) => value !== 0 && (writeEnd[value] !== Infinity || read.has(value)),
  );
  const writeCount = writes.length;
  return {
    initial: 0,
    start: Float64Array.from([...writes.map((value) => writeStart[value] as number), ...readStart]),
    end: Float64Array.from([...writes.map((value) => writeEnd[value] as number), ...readEnd]),
    pure: Uint8Array.from({ length: writeCount + readValue.length }, (_, i) =>
      i < writeCount ? 0 : 1,
    ),
    kind: Int32Array.from({ length: writeCount + readValue.length }, (_, i) => i),
    step(state, operation) {
      const held = states[state] as readonly number[];
      if (operation >= writeCount)
        return held.includes(readValue[operation - writeCount] as number) ? state : -1;
      const next = [writes[operation] as number, ...held].slice(0, k);
      const name = next.join();
      const known = codes.get(name);
      if (known !== undefined) return known;
      codes.set(name, states.length);
      return states.push(next) - 1;
    },
  };
}
