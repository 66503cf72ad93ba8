/** Finds the smallest part of a key's operations that has no legal order, for people who read the proof. */
import { search } from "../search/search.ts";
import { Outcome } from "./foreign-history.ts";
import { fn, type Operations } from "./foreign-operations.ts";
import type { Machine } from "./machines.ts";
import type { Budget } from "./shared-budget.ts";

/** Makes the search problem of a key. `operations` may have later ends than in the history. */
export type MachineOf = (operations: Operations, of: Int32Array) => Machine;

/** The steps of all searches for one part. Making the problem of a search takes a step for each operation. */
const stepsAtMost = 200_000;
/** A part with more operations would be too long to help a reader. */
const operationsAtMost = 20;

/**
 * Frees operations as long as the others have no legal order. A freed read is left out. Any other freed operation may
 * take effect at any time after its start, or never. So the result proves that the whole key has no legal order, which a
 * part without some writes would not do.
 *
 * @param of The operations of a key without a legal order.
 * @param stuck The number of the operation that a search could not place.
 * @returns The numbers of the operations that cannot be freed, of which none can be left out, and for each value that
 * they read or expect an operation that writes it. Undefined if these are too many or the steps do not suffice.
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
  /** Whether the key has no legal order if these operations are free. */
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
  // Reads come first, since a part with fewer reads needs fewer of their writes.
  const answered = [...of]
    .filter((op) => end[op] !== Infinity)
    .sort((a, b) => Number(f[b] === fn.read) - Number(f[a] === fn.read));
  // A history is also illegal up to the end of the operation that cannot be placed.
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

/** The last operation that began before `op` ended and wrote what `op` needs, if the part has none that did. */
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
