/** Finds a small part of a key's operations that has no legal order, for people who read the proof. */
import { search } from "../search/search.ts";
import { Outcome } from "./foreign-history.ts";
import { fn, type Operations } from "./foreign-operations.ts";
import type { Machine } from "./machines.ts";
import type { Budget } from "./shared-budget.ts";

/**
 * Makes the machine, with its search problem, for the operations `of` of a key. The ends in `operations` may be later
 * than in the history.
 */
export type MachineOf = (operations: Operations, of: Int32Array) => Machine;

/**
 * The largest number of steps that all searches for one part may take together. Making the problem of a search counts
 * as one step for each operation of the key.
 */
const stepsAtMost = 200_000;
/** A part with more operations would be too long to help a reader. */
const operationsAtMost = 20;

/**
 * Frees operations as long as the others have no legal order. A freed read is left out. Any other freed operation may
 * take effect at any time after its start, or never. So the operations that cannot be freed prove that the whole key
 * has no legal order. A part in which writes were left out would not prove that.
 *
 * @param of The operations of a key without a legal order.
 * @param stuck The number of the operation that a search could not place.
 * @returns The numbers of the operations that cannot be freed. For a value that these read or expect, also an operation
 * that may have written the value, if the key has one. Undefined if there are too many numbers or the steps do not
 * suffice.
 */
export function smallestPart(
  operations: Operations,
  machineOf: MachineOf,
  of: Int32Array,
  stuck: number,
  budget: Budget,
): readonly number[] | undefined {
  const { f, start } = operations;
  const end = operations.end.slice();
  let left = stepsAtMost;
  let freed = new Set<number>();
  /**
   * Whether a search shows that the key has no legal order if these operations are free. Also false if the steps do not
   * suffice.
   */
  const isIllegal = (free: ReadonlySet<number>): boolean => {
    if ((left -= of.length) <= 0) return false;
    for (const op of free) end[op] = Infinity;
    const rest = of.filter((op) => f[op] !== fn.read || !free.has(op));
    const { problem, heldBytes } = machineOf({ ...operations, end }, rest);
    const limits = budget.forSearch(left, heldBytes);
    const stop = (): string | undefined => {
      left -= 1024;
      return limits.stop?.();
    };
    const { found } = search(problem, { ...limits, stop });
    for (const op of free) end[op] = operations.end[op] as number;
    if (found === "unknown") left = 0;
    return found === "none";
  };
  const tryToFree = (ops: readonly number[]): void => {
    const more = new Set([...freed, ...ops]);
    if (more.size > freed.size && isIllegal(more)) freed = more;
  };
  // Reads are freed first, since a part with fewer reads needs fewer of the writes that wrote their values.
  const answered = [...of]
    .filter((op) => end[op] !== Infinity)
    .sort((a, b) => Number(f[b] === fn.read) - Number(f[a] === fn.read));
  // The search already failed at the end of `stuck`, so operations that ended later are probably not needed.
  tryToFree(answered.filter((op) => (end[op] as number) > (end[stuck] as number)));
  for (let size = answered.length; size > 0; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at < answered.length; at += size) tryToFree(answered.slice(at, at + size));
  if (left <= 0) return undefined;
  const part = answered.filter((op) => !freed.has(op));
  for (const op of part) {
    if (part.length > operationsAtMost) return undefined;
    const writer = missingWriter(operations, of, part, op);
    if (writer !== undefined) part.push(writer);
  }
  return part.sort((a, b) => (start[a] as number) - (start[b] as number));
}

/**
 * Of the operations that began before `op` ended and may have written the value that `op` needs, the one that began
 * last. Undefined if there is none, or if one of them is in the part already.
 */
function missingWriter(
  { f, value, expected, start, end, history }: Operations,
  of: Int32Array,
  part: readonly number[],
  op: number,
): number | undefined {
  const needed = f[op] === fn.read ? value[op] : f[op] === fn.cas ? expected[op] : undefined;
  const writes = [...of].filter(
    (one) =>
      one !== op &&
      (f[one] === fn.write || f[one] === fn.cas) &&
      value[one] === needed &&
      history.outcome[one] !== Outcome.fail &&
      (start[one] as number) < (end[op] as number),
  );
  if (writes.some((one) => part.includes(one))) return undefined;
  return writes.sort((a, b) => (start[a] as number) - (start[b] as number)).at(-1);
}
