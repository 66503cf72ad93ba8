/**
 * Judges the register of each key: by the register levels if it has only reads and writes and each value is written
 * once. Otherwise linearizability is searched for, and other guarantees stay undecided.
 */
import {
  type CodedRegister,
  findViolation,
  isOlder,
  type Level,
  type Violation,
  zones,
} from "../register/ladder.ts";
import type { Budget } from "./shared-budget.ts";
import { Findings, type ForeignJudgement } from "./foreign-findings.ts";
import { Outcome } from "./foreign-history.ts";
import { registerMachine, textMachine } from "./machines.ts";
import { byKey, fn, type Operations } from "./foreign-operations.ts";
import { searchKeys } from "./search-keys.ts";
import { type Refutation, refuteText } from "./refute-text.ts";
import { andFailed, brief, endLineOf, keyOf, shown } from "./foreign-messages.ts";

export interface RegisterQuestion {
  readonly guarantee: Level;
  /** The initial value of each key, as a number of the history's value table. */
  readonly initial: number;
  readonly budget: Budget;
}

export function judgeRegisters(
  operations: Operations,
  { guarantee, initial, budget }: RegisterQuestion,
): ForeignJudgement {
  const findings = new Findings(guarantee);
  const writers = new Writers(operations, initial);
  const left: Int32Array[] = [];
  const isText = operations.f.includes(fn.append);
  for (const of of byKey(operations).values()) {
    writers.enter(of);
    const rejected = writers.rejected(of);
    for (const read of rejected) findings.found(() => thinAir(operations, writers, read));
    const coded = writers.isOnce ? code(operations, writers, of, new Set(rejected)) : undefined;
    if (coded !== undefined) judgeLevel(operations, guarantee, coded, findings);
    else if (guarantee !== "linearizable")
      findings.undecided(
        `${forKey(operations, of)}${guarantee} can be judged only for reads and writes of values that are written once`,
      );
    else if (rejected.length === 0) left.push(of);
    writers.leave(of);
  }
  if (!findings.isBroken)
    searchKeys(
      operations,
      {
        keys: left,
        machineOf: (all, of) => (isText ? textMachine : registerMachine)(all, of, initial),
        refute: (of) => isText && refuteText(operations, of, initial, findings),
      },
      findings,
      budget,
    );
  return findings.conclude(countOk(operations));
}

/**
 * Reports reads and cas that saw a value which no operation can have written, and which no order can therefore explain.
 * Returns whether there are any. Leaves out keys with appends.
 */
export function findUnwritten(
  operations: Operations,
  initial: number,
  findings: Findings,
): boolean {
  const writers = new Writers(operations, initial);
  for (const of of byKey(operations).values()) {
    writers.enter(of);
    for (const read of writers.rejected(of))
      if (writers.of(readValue(operations, read)) < 0)
        findings.found(() => thinAir(operations, writers, read));
    writers.leave(of);
  }
  return findings.isBroken;
}

/** The number of operations that succeeded. */
export function countOk({ history, count }: Operations): number {
  let ok = 0;
  for (let op = 0; op < count; op++) if (history.isOk(op)) ok++;
  return ok;
}

const forKey = (operations: Operations, of: Int32Array): string => {
  const { key } = keyOf(operations, of[0] ?? 0);
  return key === undefined ? "" : `key ${key}: `;
};

/** Finds the write of each value, for one key at a time. */
class Writers {
  readonly #operations: Operations;
  readonly #initial: number;
  /** For each value, the first write of it that may have happened, plus one. 0: there is none. */
  readonly #writer: Int32Array;
  /**
   * Whether the key has only reads and writes, and each written value is written once and differs from the initial
   * value.
   */
  isOnce = true;
  #hasAppends = false;

  constructor(operations: Operations, initial: number) {
    this.#operations = operations;
    this.#initial = initial;
    this.#writer = new Int32Array(operations.values.count);
  }

  enter(of: Int32Array): void {
    const { f, value, history, start } = this.#operations;
    this.isOnce = true;
    this.#hasAppends = false;
    for (const op of of) {
      const code = f[op];
      if (code === fn.read || history.outcome[op] === Outcome.fail) continue;
      const written = value[op] as number;
      if (code !== fn.write) this.isOnce = false;
      if (code === fn.append) this.#hasAppends = true;
      const before = (this.#writer[written] as number) - 1;
      if (written === this.#initial || before >= 0) this.isOnce = false;
      // Of several writes of a value, keeps the one that began first, since its value can be read earliest.
      if (before < 0 || (start[op] as number) < (start[before] as number))
        this.#writer[written] = op + 1;
    }
  }

  leave(of: Int32Array): void {
    for (const op of of) this.#writer[this.#operations.value[op] as number] = 0;
  }

  /**
   * The operation that may have written the value, or −1 if there is none. Of several operations, the one that began
   * first.
   */
  of(value: number): number {
    return (this.#writer[value] as number) - 1;
  }

  /**
   * The reads and cas that saw a value (not the initial one) of which no write had begun when they ended. Empty if the
   * key has appends, since these make values that no operation names.
   */
  rejected(of: Int32Array): number[] {
    const { f, value, start, end, history } = this.#operations;
    if (this.#hasAppends) return [];
    const rejected: number[] = [];
    for (const op of of) {
      if (f[op] === fn.write || history.outcome[op] !== Outcome.ok) continue;
      const read =
        f[op] === fn.read ? (value[op] as number) : (this.#operations.expected[op] as number);
      if (read === this.#initial) continue;
      const writer = this.of(read);
      if (writer < 0 || (start[writer] as number) > (end[op] as number)) rejected.push(op);
    }
    return rejected;
  }
}

function thinAir(operations: Operations, writers: Writers, op: number): Refutation {
  const failed = failedWriter(operations, op);
  const late = writers.of(readValue(operations, op));
  const verb = operations.f[op] === fn.cas ? "found" : "returned";
  const why =
    failed >= 0
      ? `${verb} a value that only ${andFailed(operations, failed)}, had tried to write (an aborted read)`
      : `${verb} a value that no operation had written before line ${endLineOf(operations, op)}${late < 0 && isFirst(operations, op) ? "; if the value was there from the beginning, name it with --initial" : ""}`;
  return {
    explanation: `${brief(operations, op)} ${why}`,
    operations: failed >= 0 ? [failed, op] : late >= 0 ? [op, late] : [op],
    ...keyOf(operations, op),
  };
}

/**
 * Whether no write of the key had begun when the operation ended. What the operation shows may then be older than the
 * history.
 */
function isFirst({ f, key, start, end, count }: Operations, op: number): boolean {
  for (let one = 0; one < count; one++)
    if (
      f[one] !== fn.read &&
      key[one] === key[op] &&
      one !== op &&
      (start[one] as number) < (end[op] as number)
    )
      return false;
  return true;
}

const readValue = ({ f, value, expected }: Operations, op: number): number =>
  (f[op] === fn.cas ? expected : value)[op] as number;

/** A failed write of the same key that had tried to write what the operation read, or −1 if there is none. */
function failedWriter(operations: Operations, op: number): number {
  const { f, key, value, history, count, start, end } = operations;
  const read = readValue(operations, op);
  for (let one = 0; one < count; one++)
    if (
      history.outcome[one] === Outcome.fail &&
      (f[one] === fn.write || f[one] === fn.cas) &&
      value[one] === read &&
      key[one] === key[op] &&
      (start[one] as number) < (end[op] as number)
    )
      return one;
  return -1;
}

interface Coded {
  /** The write of each value. −1: the value is the initial one. */
  readonly writes: readonly number[];
  readonly reads: readonly number[];
  readonly register: CodedRegister;
}

/** The operations of a key as numbers for the register levels. Each value of the key must be written once. */
function code(
  operations: Operations,
  writers: Writers,
  of: Int32Array,
  rejected: ReadonlySet<number>,
): Coded {
  const { f, value, start, end, history } = operations;
  const writes = [-1];
  const codeOf = new Map<number, number>();
  const reads: number[] = [];
  for (const op of of) {
    if (history.outcome[op] === Outcome.fail) continue;
    if (f[op] === fn.write) {
      codeOf.set(op, writes.length);
      writes.push(op);
    } else if (history.outcome[op] === Outcome.ok && !rejected.has(op)) reads.push(op);
  }
  return {
    writes,
    reads,
    register: {
      writeStart: Float64Array.from(writes, (op) => (op < 0 ? -Infinity : (start[op] as number))),
      writeEnd: Float64Array.from(writes, (op) => (op < 0 ? -Infinity : (end[op] as number))),
      readValue: Int32Array.from(reads, (op) => codeOf.get(writers.of(value[op] as number)) ?? 0),
      readStart: Float64Array.from(reads, (op) => start[op] as number),
      readEnd: Float64Array.from(reads, (op) => end[op] as number),
    },
  };
}

/** One of two values that must each come before the other, with the operations that show this. */
interface Side {
  readonly name: string;
  /** The write of the value. Negative: the value is the initial one, which no operation wrote. */
  readonly write: number;
  /** The operation by whose end the value had certainly been written: the write, or a read that returned the value. */
  readonly written: number;
  /** The operation at whose beginning the value was still current or not yet written. */
  readonly current: number;
}

function judgeLevel(operations: Operations, level: Level, coded: Coded, findings: Findings): void {
  const violation = findViolation(zones(level, coded.register));
  if (violation === null) return;
  findings.found(() => contradiction(operations, level, coded, violation));
}

/** Explains, with few operations, why each of two values would have to come before the other. */
function contradiction(
  operations: Operations,
  level: Level,
  { writes, reads, register }: Coded,
  { v, u }: Violation,
): Refutation {
  const kept = neededReads(level, register, { v, u });
  const { first, last } = zones(level, withReads(register, kept));
  const isRead = (op: number): boolean => operations.f[op] === fn.read;
  const side = (value: number, other: number): Side => {
    const write = writes[value] as number;
    const readWhere = (holds: (read: number) => boolean): number => {
      const read = kept.find((one) => register.readValue[one] === value && holds(one));
      return read === undefined ? write : (reads[read] as number);
    };
    const begins = level === "regular-stamped" ? -Infinity : (register.writeStart[value] as number);
    return {
      name: write < 0 ? "the initial value" : shown(operations, operations.value[write] as number),
      write,
      // If the value's own write suffices for the proof, no read is named in its place.
      written:
        (register.writeEnd[value] as number) < (last[other] as number)
          ? write
          : readWhere((read) => register.readEnd[read] === first[value]),
      current:
        begins > (first[other] as number)
          ? write
          : readWhere((read) => register.readStart[read] === last[value]),
    };
  };
  const a = side(v, u);
  const b = side(u, v);
  const lastRead = ({ current }: Side): number =>
    isRead(current) ? (operations.start[current] as number) : -Infinity;
  const isFirst = isOlder(register, { v, u }, (value) => lastRead(value === v ? a : b));
  const [old, young] = isFirst ? [a, b] : [b, a];
  const after = ({ current, name }: Side, { name: before, written }: Side): string => {
    const had = isRead(written)
      ? `${brief(operations, written)} had returned ${before}`
      : `${before} had been written`;
    return isRead(current)
      ? `${brief(operations, current)} returned ${name}, although ${had} before that read began`
      : `${brief(operations, current)} began after ${had}`;
  };
  const newer = old.write < 0 ? `${young.name} is newer than the initial value` : after(young, old);
  const both =
    isRead(old.current) && isRead(young.current) && old.write >= 0
      ? ", so each of these two values would have to be written after the other"
      : "";
  const proof = [
    old.write,
    young.write,
    ...[young, old].flatMap(({ written, current }) => [written, current]),
  ];
  const named = [...new Set(proof)].filter((op) => op >= 0);
  return {
    explanation: `${after(old, young)}, and ${newer}${both}`,
    operations: named.sort((one, other) => one - other),
    ...keyOf(operations, named[0] ?? 0),
  };
}

/**
 * The indices of at most four reads that, with the writes, show that the two values contradict each other. Without any
 * one of these reads, they would not show that.
 */
function neededReads(level: Level, register: CodedRegister, { v, u }: Violation): number[] {
  const whole = zones(level, register);
  const holds = (reads: readonly number[]): boolean => {
    const { first, last } = zones(level, withReads(register, reads));
    return (first[v] as number) < (last[u] as number) && (first[u] as number) < (last[v] as number);
  };
  const bounds = [v, u].flatMap((value) => {
    const readWhere = (is: (read: number) => boolean): number =>
      register.readValue.findIndex((of, read) => of === value && is(read));
    return [
      readWhere((read) => register.readStart[read] === whole.last[value]),
      readWhere((read) => register.readEnd[read] === whole.first[value]),
    ];
  });
  let needed = [...new Set(bounds)].filter((read) => read >= 0);
  for (const read of needed) {
    const fewer = needed.filter((one) => one !== read);
    if (holds(fewer)) needed = fewer;
  }
  return needed;
}

const withReads = (register: CodedRegister, reads: readonly number[]): CodedRegister => ({
  ...register,
  readValue: Int32Array.from(reads, (read) => register.readValue[read] as number),
  readStart: Float64Array.from(reads, (read) => register.readStart[read] as number),
  readEnd: Float64Array.from(reads, (read) => register.readEnd[read] as number),
});
