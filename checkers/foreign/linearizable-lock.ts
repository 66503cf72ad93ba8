/** Decides in nearly linear time whether a mutex or a lock is linearizable. */
import type { Findings } from "./foreign-findings.ts";
import { Outcome } from "./foreign-history.ts";
import { brief, endLineOf, keyOf } from "./foreign-messages.ts";
import { fn, type Operations } from "./foreign-operations.ts";

/**
 * Judges a mutex, which any process may release. Acquires and releases must alternate, and all operations of one kind
 * are alike. Therefore no order is lost if each operation takes effect as late as possible, when it ends. If the other
 * kind is next at that time, an operation of the other kind takes effect just before: of those that have begun, the one
 * that ends first. Unanswered operations never end, so they are used last.
 *
 * @param of The operations of one key.
 * @param findings Receives the first operation that cannot take effect. Nothing after that is judged.
 */
export function judgeMutex(operations: Operations, of: Int32Array, findings: Findings): void {
  const { f, history, start, end } = operations;
  const possible = of.filter((op) => history.outcome[op] !== Outcome.fail);
  const byStart = possible.slice().sort((a, b) => (start[a] as number) - (start[b] as number));
  const byEnd = possible
    .filter((op) => end[op] !== Infinity)
    .sort((a, b) => (end[a] as number) - (end[b] as number));
  const acquires = new OpenOperations(end);
  const releases = new OpenOperations(end);
  const isDone = new Set<number>();
  let lastDone: number | undefined;
  let isHeld = false;
  let begun = 0;
  for (const op of byEnd) {
    for (; begun < byStart.length; begun++) {
      const other = byStart[begun] as number;
      if ((start[other] as number) > (end[op] as number)) break;
      (f[other] === fn.acquire ? acquires : releases).add(other);
    }
    if (isDone.delete(op)) continue;
    const isAcquire = f[op] === fn.acquire;
    if (isAcquire === isHeld) {
      const other = (isAcquire ? releases : acquires).take();
      if (other === undefined) {
        const last = lastDone;
        findings.found(() => ({
          explanation: stuckMutex(operations, op, last),
          operations: last === undefined ? [op] : [last, op],
          ...keyOf(operations, op),
        }));
        return;
      }
      if (end[other] !== Infinity) isDone.add(other);
    }
    (isAcquire ? acquires : releases).remove(op);
    lastDone = op;
    isHeld = isAcquire;
  }
}

/** The operations of one kind that have begun and not yet taken effect. */
class OpenOperations {
  readonly #end: Float64Array;
  /** The answered operations, sorted by end, the one that ends last first. */
  readonly #answered: number[] = [];
  readonly #unanswered: number[] = [];

  constructor(end: Float64Array) {
    this.#end = end;
  }

  add(op: number): void {
    const end = this.#end[op] as number;
    if (end === Infinity) {
      this.#unanswered.push(op);
      return;
    }
    let at = this.#answered.length;
    while (at > 0 && (this.#end[this.#answered[at - 1] as number] as number) < end) at--;
    this.#answered.splice(at, 0, op);
  }

  remove(op: number): void {
    this.#answered.splice(this.#answered.lastIndexOf(op), 1);
  }

  /**
   * Removes and returns the operation that ends first. Unanswered operations come after all others. Undefined: there is
   * none.
   */
  take(): number | undefined {
    return this.#answered.pop() ?? this.#unanswered.pop();
  }
}

function stuckMutex(operations: Operations, op: number, last: number | undefined): string {
  const isAcquire = operations.f[op] === fn.acquire;
  const since =
    last === undefined
      ? ""
      : `, at the latest since ${brief(operations, last)} was answered in line ${endLineOf(operations, last)}`;
  const why = isAcquire
    ? `the lock can only be held${since}, because no release that had begun by then is left for this acquire`
    : `the lock can only be free${since}, because no acquire that had begun by then is left for this release`;
  return `${brief(operations, op)} was answered in line ${endLineOf(operations, op)} and cannot be placed: ${why}`;
}

/**
 * Judges a lock that only its holder may release. Each process must acquire and release in turn. It holds the lock at
 * least from the end of its acquire to the start of its release, and these times of different processes must not
 * overlap. If they do not overlap, the lock is linearizable: acquires can take effect when they end, and releases when
 * they start.
 *
 * @param of The operations of one key.
 * @param findings Receives what is wrong.
 * @returns True if the lock was judged. False if a process ran two operations at once, so that the lock must be judged
 * by search.
 */
export function judgeOwnedLock(
  operations: Operations,
  of: Int32Array,
  findings: Findings,
): boolean {
  const { f, history, start, end } = operations;
  const found = (proof: readonly number[], say: () => string): true => {
    findings.found(() => ({
      explanation: say(),
      operations: proof,
      ...keyOf(operations, proof[0] as number),
    }));
    return true;
  };
  const byProcess = new Map<number, number[]>();
  for (const op of of.slice().sort((a, b) => (start[a] as number) - (start[b] as number))) {
    if (history.outcome[op] === Outcome.fail) continue;
    const own = byProcess.get(history.process[op] as number);
    if (own === undefined) byProcess.set(history.process[op] as number, [op]);
    else if ((end[own.at(-1) as number] as number) < (start[op] as number)) own.push(op);
    else return false;
  }
  const held: { readonly acquire: number; readonly from: number; readonly to: number }[] = [];
  for (const own of byProcess.values())
    for (const [i, op] of own.entries()) {
      const isAcquire = f[op] === fn.acquire;
      const before = own[i - 1];
      // The last operation of a process may be unanswered. What is best for other holders is assumed: an unanswered
      // acquire did not happen, and an unanswered release did.
      if (isAcquire && end[op] === Infinity) continue;
      const isHeld = before !== undefined && f[before] === fn.acquire;
      if (isAcquire === isHeld) {
        if (end[op] === Infinity) continue;
        return found(before === undefined ? [op] : [before, op], () =>
          isAcquire
            ? `${brief(operations, op)} was answered, but its process already held the lock since ${brief(operations, before ?? op)}`
            : `${brief(operations, op)} was answered, but its process did not hold the lock`,
        );
      }
      if (!isAcquire) continue;
      const release = own[i + 1];
      held.push({
        acquire: op,
        from: end[op] as number,
        to:
          release === undefined || f[release] === fn.acquire
            ? Infinity
            : (start[release] as number),
      });
    }
  held.sort((a, b) => a.from - b.from);
  let longest = held[0];
  for (const one of held.slice(1)) {
    const other = longest as typeof one;
    if (one.from < other.to)
      found(
        [other.acquire, one.acquire],
        () =>
          `${brief(operations, one.acquire)} was answered in line ${endLineOf(operations, one.acquire)}, while the lock could only be held by process ${operations.values.textOf(history.process[other.acquire] as number)} since ${brief(operations, other.acquire)}`,
      );
    if (one.to > other.to) longest = one;
  }
  return true;
}
