/**
 * Jepsen's checkers that read a history once (queue, total-queue, unique-ids), and judges of mutexes, locks, queues,
 * counters and registers under transactions, some of which need a search.
 */
import { addToGroup } from "../numbers/groups.ts";
import type { Budget } from "./shared-budget.ts";
import { Findings, type ForeignJudgement } from "./foreign-findings.ts";
import { Outcome } from "./foreign-history.ts";
import { counterMachine, lockMachine, queueMachine, transactionMachine } from "./machines.ts";
import { byKey, fn, type Operations } from "./foreign-operations.ts";
import { countOk } from "./judge-registers.ts";
import { judgeMutex, judgeOwnedLock } from "./linearizable-lock.ts";
import { judgeDistinctQueue } from "./linearizable-queue.ts";
import { searchKeys } from "./search-keys.ts";
import type { MachineOf } from "./smallest-part.ts";
import { absent, nil } from "./value-table.ts";
import { andFailed, brief, endLineOf, keyOf, named, shown } from "./foreign-messages.ts";

/**
 * The starts and ends of a key's operations in order. Each is a number: twice the operation, plus one if it is the
 * operation's end.
 */
function eventsOf({ start, end }: Operations, of: Int32Array): number[] {
  const events: number[] = [];
  for (const op of of) {
    events.push(2 * op);
    if (end[op] !== Infinity) events.push(2 * op + 1);
  }
  const at = (event: number): number => (event % 2 === 0 ? start : end)[event >> 1] as number;
  return events.sort((a, b) => at(a) - at(b));
}

/** Judges whether each element that came out of a queue had been put in before, and at least as often. */
export function judgeQueue(operations: Operations): ForeignJudgement {
  const findings = new Findings("no-thin-air");
  const { f, history, value } = operations;
  let judged = 0;
  for (const of of byKey(operations).values()) {
    const held = new Map<number, number>();
    const failed = new Map<number, number>();
    const took = (op: number, element: number): void => {
      judged++;
      const left = held.get(element);
      held.set(element, (left ?? 0) - 1);
      if (left !== undefined && left > 0) return;
      const cause = left === undefined ? failed.get(element) : undefined;
      findings.found(() => ({
        explanation: `${named(operations, op)} took out ${shown(operations, element)}, which ${cause === undefined ? `had not been put in often enough before line ${endLineOf(operations, op)}` : `only ${andFailed(operations, cause)}, had tried to put in`}`,
        operations: cause === undefined ? [op] : [cause, op],
        ...keyOf(operations, op),
      }));
    };
    for (const event of eventsOf(operations, of)) {
      const op = event >> 1;
      const element = value[op] as number;
      if (f[op] === fn.enqueue) {
        if (event % 2 === 1) judged++;
        else if (history.outcome[op] === Outcome.fail) failed.set(element, op);
        else held.set(element, (held.get(element) ?? 0) + 1);
      } else if (event % 2 === 1) for (const one of taken(operations, op)) took(op, one);
    }
  }
  return findings.conclude(judged);
}

/** The elements that a dequeue or drain took out. */
function taken({ f, value, values }: Operations, op: number): readonly number[] {
  const element = value[op] as number;
  if (element === absent || element === nil) return [];
  return f[op] === fn.drain ? Array.from(values.childrenOf(element)) : [element];
}

/**
 * Judges whether each element whose enqueue was acknowledged came out of the queue, and no element came out that nobody
 * tried to put in.
 */
export function judgeTotalQueue(operations: Operations): ForeignJudgement {
  const findings = new Findings("durable");
  const { f, history, value } = operations;
  let judged = 0;
  let duplicated = 0;
  let recovered = 0;
  for (const of of byKey(operations).values()) {
    const tried = new Map<number, number>();
    const enqueues = new Map<number, number[]>();
    const out = new Map<number, number[]>();
    for (const op of of) {
      const element = value[op] as number;
      if (f[op] === fn.enqueue) {
        tried.set(element, (tried.get(element) ?? 0) + 1);
        if (history.isOk(op)) addToGroup(enqueues, element, op);
      } else if (history.isOk(op))
        for (const one of taken(operations, op)) addToGroup(out, one, op);
    }
    for (const [element, ops] of enqueues) {
      judged += ops.length;
      const missing = ops.length - (out.get(element)?.length ?? 0);
      for (const op of missing > 0 ? ops.slice(-missing) : [])
        findings.found(() => ({
          explanation: `lost: ${brief(operations, op)} was acknowledged in line ${endLineOf(operations, op)}, but the element never came out`,
          operations: [op],
          ...keyOf(operations, op),
        }));
    }
    for (const [element, ops] of out) {
      const attempts = tried.get(element) ?? 0;
      const op = ops[0] as number;
      if (attempts === 0)
        findings.found(() => ({
          explanation: `${named(operations, op)} took out ${shown(operations, element)}, which nobody tried to put in`,
          operations: [op],
          ...keyOf(operations, op),
        }));
      else duplicated += Math.max(0, ops.length - attempts);
      recovered += Math.max(
        0,
        Math.min(ops.length, attempts) - (enqueues.get(element)?.length ?? 0),
      );
    }
  }
  if (duplicated > 0)
    findings.note(
      `elements came out ${duplicated === 1 ? "once" : `${duplicated} times`} more often than operations tried to put them in; Jepsen's total-queue allows that`,
    );
  findings.measurements = { acknowledged: judged, duplicated, recovered };
  return findings.conclude(judged);
}

/** Judges whether no id was given twice. */
export function judgeUniqueIds(operations: Operations): ForeignJudgement {
  const findings = new Findings("unique-ids");
  const { f, history, value, count } = operations;
  const given = new Map<number, number>();
  for (let op = 0; op < count; op++) {
    if (f[op] !== fn.generate || !history.isOk(op)) continue;
    const id = value[op] as number;
    const before = given.get(id);
    if (before === undefined) given.set(id, op);
    else
      findings.found(() => ({
        explanation: `${brief(operations, before)} and ${brief(operations, op)} gave the same id`,
        operations: [before, op],
      }));
  }
  return findings.conclude(countOk(operations));
}

/** Judges the mutex of each key. Any process may release it. */
export function judgeMutexes(operations: Operations): ForeignJudgement {
  const findings = new Findings("linearizable");
  for (const of of byKey(operations).values()) judgeMutex(operations, of, findings);
  return findings.conclude(countOk(operations));
}

/**
 * Judges whether some order that respects real time explains the operations of a counter, a lock, a queue, or registers
 * under transactions. A queue with a drain stays undecided.
 */
export function judgeByMachine(
  operations: Operations,
  model: "counter" | "lock" | "queue" | "multi-register",
  initial: number,
  budget: Budget,
): ForeignJudgement {
  const findings = new Findings("linearizable");
  if (model === "queue" && operations.f.includes(fn.drain)) {
    findings.undecided(
      "a drain takes out many elements at different times, so linearizable is not judged for a queue with a drain",
    );
    return findings.conclude(countOk(operations));
  }
  const machineOf: MachineOf = (all, of) => {
    switch (model) {
      case "counter":
        return counterMachine(all, of, initial);
      case "queue":
        return queueMachine(all, of);
      case "lock":
        return lockMachine(all, of);
      case "multi-register":
        return transactionMachine(all, of, initial);
    }
  };
  /** Tries to judge the operations of a key without a search. Returns whether that was possible. */
  const isDecided = (of: Int32Array): boolean => {
    if (model === "queue") return judgeDistinctQueue(operations, of, findings);
    if (model === "lock") return judgeOwnedLock(operations, of, findings);
    return false;
  };
  const keys = [...byKey(operations).values()].filter((of) => !isDecided(of));
  searchKeys(operations, { keys, machineOf }, findings, budget);
  return findings.conclude(countOk(operations));
}
