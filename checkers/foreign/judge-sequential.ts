/**
 * Judges sequential consistency over all keys (Lamport, IEEE Trans. Comput. 1979): one order of all operations must
 * contain the order of each process and fit every answer. Real time between processes does not count. The problem is
 * NP-complete, so this is a search within a budget, with a memo of (progress of each process, state of each key).
 */
import type { Budget } from "./shared-budget.ts";
import { Findings, type ForeignJudgement } from "./foreign-findings.ts";
import type { Machine } from "./machines.ts";
import { byKey, type Operations } from "./foreign-operations.ts";
import { countOk } from "./judge-registers.ts";
import { brief } from "./foreign-messages.ts";

interface Move {
  readonly op: number;
  readonly machine: number;
  /** The index of the operation in its state machine. */
  readonly index: number;
  readonly isOptional: boolean;
  readonly isPure: boolean;
}

/** The operations of one process, in the order of the process. */
type Session = readonly Move[];

/**
 * Judges whether the history is sequentially consistent.
 * @param refute Reports errors that can be found without a search. Returns whether there are any.
 */
export function judgeSequential(
  operations: Operations,
  machineOf: (of: Int32Array) => Machine,
  budget: Budget,
  refute: (findings: Findings) => boolean = () => false,
): ForeignJudgement {
  const findings = new Findings("sequential");
  if (refute(findings)) return findings.conclude(countOk(operations));
  const machines = [...byKey(operations).values()].map(machineOf);
  const sessions = sessionsOf(operations, machines);
  const search = new SequentialSearch(machines, sessions, budget);
  const result = search.run();
  if (result === "none")
    findings.found(() => {
      const next = search.furthest.map(({ op }) => op);
      return {
        explanation: `no order of all operations keeps each process' own order and explains every answer: after the longest order that was found, none of these operations fits: ${next.map((op) => brief(operations, op)).join("; ")}`,
        operations: next,
      };
    });
  else if (result !== "order") findings.undecided(result);
  return findings.conclude(countOk(operations));
}

function sessionsOf(operations: Operations, machines: readonly Machine[]): Session[] {
  const { history, start, end } = operations;
  const sessions = new Map<number, Move[]>();
  for (const [machine, { of, problem }] of machines.entries())
    for (const [index, op] of of.entries()) {
      const process = history.process[op] as number;
      const move = {
        op,
        machine,
        index,
        isOptional: end[op] === Infinity,
        isPure: problem.pure[index] === 1,
      };
      const session = sessions.get(process);
      if (session === undefined) sessions.set(process, [move]);
      else session.push(move);
    }
  for (const session of sessions.values())
    session.sort((a, b) => (start[a.op] as number) - (start[b.op] as number));
  return [...sessions.values()];
}

class SequentialSearch {
  readonly #machines: readonly Machine[];
  readonly #sessions: readonly Session[];
  readonly #budget: Budget;
  readonly #memo = new Set<string>();
  #memoBytes = 0;
  readonly #at: Int32Array;
  readonly #state: Int32Array;
  /** The number of operations that certainly happened and are not placed yet. */
  #left: number;
  #fewestLeft = Infinity;
  /**
   * The next operation of each session, in the state in which the fewest operations were left to place. Indeterminate
   * operations that would fit are left out.
   */
  furthest: readonly Move[] = [];

  constructor(machines: readonly Machine[], sessions: readonly Session[], budget: Budget) {
    this.#machines = machines;
    this.#sessions = sessions;
    this.#budget = budget;
    this.#at = new Int32Array(sessions.length);
    this.#state = Int32Array.from(machines, ({ problem }) => problem.initial);
    this.#left = sessions.flat().filter(({ isOptional }) => !isOptional).length;
  }

  /** Runs the search. Returns `order` or `none`, or a sentence that says why the result is unknown. */
  run(): string {
    /**
     * The moves so far. Each has its session, the state before it, whether it skipped the operation, and the move to
     * try next.
     */
    const stack: { session: number; before: number; skipped: boolean; next: number }[] = [];
    let next = 0;
    for (let step = 1; ; step++) {
      if ((step & 1023) === 0) {
        const spent = this.#budget.take(1024);
        if (spent !== undefined) return spent;
        if (this.#memoBytes > this.#budget.bytes)
          return `the search would need more than ${this.#budget.bytes} bytes`;
      }
      if (next === 0) {
        if (this.#left === 0) return "order";
        this.#noteFurthest();
        if (this.#isKnown()) next = 2 * this.#sessions.length;
      }
      const move = this.#advance(next);
      if (move !== undefined) {
        stack.push(move);
        next = 0;
        continue;
      }
      const last = stack.pop();
      if (last === undefined) return "none";
      this.#undo(last);
      next = last.next;
    }
  }

  #noteFurthest(): void {
    if (this.#left >= this.#fewestLeft) return;
    this.#fewestLeft = this.#left;
    this.furthest = this.#sessions
      .flatMap((session, i) => session.slice(this.#at[i], (this.#at[i] as number) + 1))
      .filter((move) => !move.isOptional || this.#stepOf(move) < 0);
  }

  #isKnown(): boolean {
    const name = `${this.#at.join(",")};${this.#state.join(",")}`;
    if (this.#memo.has(name)) return true;
    this.#memo.add(name);
    this.#memoBytes += 2 * name.length + 40;
    return false;
  }

  /**
   * Makes the first possible move from number `from` on. Move 2i places the next operation of session i. Move 2i + 1
   * decides that this operation never happens, which is possible only if it is indeterminate. Undefined: no move is
   * possible.
   */
  #advance(
    from: number,
  ): { session: number; before: number; skipped: boolean; next: number } | undefined {
    if (from === 0) {
      // A read that fits may be placed at once: if there is an order, there is also one with the read at this place.
      for (let session = 0; session < this.#sessions.length; session++) {
        const move = this.#sessions[session]?.[this.#at[session] as number];
        if (move?.isPure === true && this.#stepOf(move) >= 0)
          return this.#make(session, move, false, 2 * this.#sessions.length);
      }
    }
    for (let choice = from; choice < 2 * this.#sessions.length; choice++) {
      const session = choice >> 1;
      const move = this.#sessions[session]?.[this.#at[session] as number];
      if (move === undefined) continue;
      const skips = choice % 2 === 1;
      if (skips ? !move.isOptional : this.#stepOf(move) < 0) continue;
      return this.#make(session, move, skips, choice + 1);
    }
    return undefined;
  }

  #stepOf({ machine, index }: Move): number {
    return this.#machines[machine]?.problem.step(this.#state[machine] ?? 0, index) ?? -1;
  }

  #make(
    session: number,
    move: Move,
    skipped: boolean,
    next: number,
  ): { session: number; before: number; skipped: boolean; next: number } {
    const before = this.#state[move.machine] as number;
    if (!skipped) this.#state[move.machine] = this.#stepOf(move);
    this.#at[session] = (this.#at[session] as number) + 1;
    if (!move.isOptional) this.#left--;
    return { session, before, skipped, next };
  }

  #undo({ session, before }: { readonly session: number; readonly before: number }): void {
    const at = (this.#at[session] as number) - 1;
    this.#at[session] = at;
    const move = this.#sessions[session]?.[at];
    if (move === undefined) return;
    this.#state[move.machine] = before;
    if (!move.isOptional) this.#left++;
  }
}
