/** Searches for a legal order of the operations of each key. All keys share one budget. */
import { search } from "../search/search.ts";
import type { Budget } from "./shared-budget.ts";
import type { Findings } from "./foreign-findings.ts";
import type { Machine } from "./machines.ts";
import type { Operations } from "./foreign-operations.ts";
import { brief, endLineOf, keyOf } from "./foreign-messages.ts";
import { type MachineOf, smallestPart } from "./smallest-part.ts";

/**
 * The largest number of steps for each key, round by round. One key without an order decides the history, and most such
 * keys are found quickly. Therefore every key gets a few steps before any key gets more.
 */
const rounds = [100_000, 1_000_000, 10_000_000, Infinity];

export interface KeySearch {
  /** The operations of each key. */
  readonly keys: readonly Int32Array[];
  /** Makes the problem of a key. Called only when the key is searched, since problems take memory. */
  readonly machineOf: MachineOf;
  /** Tries to show without a search that an undecided key has no legal order. Returns whether it reported an error. */
  readonly refute?: (of: Int32Array) => boolean;
}

export function searchKeys(
  operations: Operations,
  { keys, machineOf, refute = () => false }: KeySearch,
  findings: Findings,
  budget: Budget,
): void {
  let open = keys;
  for (const [round, steps] of rounds.entries()) {
    const again: Int32Array[] = [];
    let reason: string | undefined;
    for (const of of open) {
      if (round === 1 && refute(of)) continue;
      const spent = budget.spent;
      if (spent !== undefined) {
        again.push(of);
        reason ??= spent;
        continue;
      }
      const machine = machineOf(operations, of);
      const result = search(machine.problem, budget.forSearch(steps, machine.heldBytes));
      if (result.found === "none") {
        // Only for the first anomaly, since a page shows one part.
        const part = findings.isBroken
          ? undefined
          : smallestPart(operations, machineOf, of, machine.of[result.stuck] as number, budget);
        findings.found(() => ({
          ...stuckWords(operations, machine, result),
          ...(part === undefined ? {} : { part }),
        }));
      }
      if (result.found !== "unknown") continue;
      again.push(of);
      const key = keyOf(operations, machine.of[0] ?? 0).key;
      reason ??= key === undefined ? result.reason : `key ${key}: ${result.reason}`;
    }
    open = again;
    if (open.length === 0 || findings.isBroken) return;
    const isOver = budget.spent !== undefined || steps === Infinity || isMemory(reason);
    if (!isOver) continue;
    for (let i = 0; i < open.length; i++)
      findings.undecided(reason ?? "the budget of the search was spent");
    return;
  }
}

/** Whether a search gave up for lack of memory. More steps do not help then. */
const isMemory = (reason: string | undefined): boolean => reason?.includes("bytes") === true;

/** Explains why a key has no legal order: the longest legal order, and the operation that cannot follow it. */
function stuckWords(
  operations: Operations,
  { of, problem, stateText, noun }: Machine,
  {
    stuck,
    states,
    prefix,
  }: {
    readonly stuck: number;
    readonly states: readonly number[];
    readonly prefix: readonly number[];
  },
): { readonly explanation: string; readonly operations: readonly number[]; readonly key?: string } {
  const op = of[stuck] as number;
  const end = problem.end[stuck] as number;
  const answered = problem.end.filter((one) => one < end).length;
  const values = states.map(stateText).sort();
  const could =
    values.length <= 5
      ? values.join(" or ")
      : `${values.slice(0, 5).join(" or ")} or one of ${values.length - 5} other values`;
  const last = prefix.findLast((index) => problem.pure[index] === 0);
  const setter = last === undefined ? [] : [of[last] as number];
  const line = endLineOf(operations, op);
  const earlier = answered === 1 ? "operation that was" : `${answered} operations that were`;
  const before =
    answered === 0
      ? "no operation was answered before this one"
      : `the ${earlier} answered before line ${line} can be put in order`;
  const after = setter
    .map((one) => ` (in one such order the last change is ${brief(operations, one)})`)
    .join("");
  const state = `${noun} can only ${noun === "the lock" ? "be" : "hold"} ${could}`;
  const placed = `${brief(operations, op)} was answered in line ${line} and cannot be placed`;
  return {
    explanation: `${placed}: ${before}${after}, but after that ${state}`,
    operations: [...setter, op],
    ...keyOf(operations, op),
  };
}
