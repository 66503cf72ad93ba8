/**
 * Finds anomalies of single reads and writes, for which no order of transactions is needed. Most of their names are
 * those of Adya's thesis and of Elle (VLDB 2020).
 */
import { nobody, type Writers } from "./writers.ts";
import { initialVersion, outcomes, step, type TransactionColumns } from "./transaction-table.ts";
import type { ListOrders } from "./list-orders.ts";
import type { TransactionWords } from "./transaction-words.ts";
import type { ReadAnomalyKind } from "./levels.ts";
import type { WorkloadFindings } from "../language/workload-findings.ts";

type Found = Pick<WorkloadFindings<ReadAnomalyKind>, "found">;

export interface ReadQuestion {
  readonly columns: TransactionColumns;
  readonly writers: Writers;
  /** The orders of the lists. Null: the keys are registers. */
  readonly orders: ListOrders | null;
  readonly words: TransactionWords;
}

export function findReadAnomalies(question: ReadQuestion, findings: Found): void {
  const { size, outcome } = question.columns;
  const own = new OwnTransaction(question, findings);
  const returned = new ReturnedVersions(question, findings);
  for (let t = 0; t < size; t++) {
    if (outcome[t] !== outcomes.ok) continue;
    own.check(t);
    returned.check(t);
  }
  if (question.orders !== null) {
    findIncompatible(question, question.orders, findings);
    findReordered(question, question.orders, findings);
    findDirtyUpdates(question, question.orders, findings);
  }
  findLostUpdates(question, findings);
}

/**
 * Compares each read with earlier reads and writes of the same transaction (axiom INT of Cerone, Bernardi, Gotsman,
 * CONCUR 2015), and with later writes of that transaction.
 */
class OwnTransaction {
  readonly #question: ReadQuestion;
  readonly #findings: Found;
  /**
   * For each key: the transaction that used the key last, the step of that transaction's last read of the key, and its
   * writes to the key since then.
   */
  readonly #transaction: Int32Array;
  readonly #lastRead: Int32Array;
  readonly #since: number[][];

  constructor(question: ReadQuestion, findings: Found) {
    this.#question = question;
    this.#findings = findings;
    const keys = question.columns.keys.length;
    this.#transaction = new Int32Array(keys).fill(-1);
    this.#lastRead = new Int32Array(keys);
    this.#since = Array.from({ length: keys }, () => []);
  }

  check(t: number): void {
    const { firstStep, kind, key, version } = this.#question.columns;
    for (let at = firstStep[t] as number; at < (firstStep[t + 1] as number); at++) {
      const of = key[at] as number;
      const since = this.#since[of] as number[];
      const isFirst = this.#transaction[of] !== t;
      if (isFirst) {
        this.#transaction[of] = t;
        this.#lastRead[of] = -1;
        since.length = 0;
      }
      if (kind[at] === step.write) {
        this.#checkFuture(t, at);
        since.push(version[at] as number);
      } else if (kind[at] === step.read) {
        if (!isFirst && !this.#agrees(at)) this.#foundInternal(t, at);
        this.#lastRead[of] = at;
        since.length = 0;
      }
    }
  }

  #agrees(at: number): boolean {
    const { model, key, version, length, read } = this.#question.columns;
    const of = key[at] as number;
    const since = this.#since[of] as number[];
    const last = this.#lastRead[of] as number;
    if (model === "rw-register") {
      const expected = since.at(-1) ?? (last < 0 ? undefined : version[last]);
      return expected === undefined || expected === version[at];
    }
    const from = version[at] as number;
    const size = length[at] as number;
    const before = size - since.length;
    if (before < 0 || (last >= 0 && length[last] !== before)) return false;
    if (since.some((element, i) => read[from + before + i] !== element)) return false;
    if (last < 0) return true;
    const offset = (version[last] as number) - from;
    for (let i = from; i < from + before; i++) if (read[i] !== read[i + offset]) return false;
    return true;
  }

  #foundInternal(t: number, at: number): void {
    const { key } = this.#question.columns;
    const { words } = this.#question;
    const of = key[at] as number;
    const since = this.#since[of] as number[];
    const last = this.#lastRead[of] as number;
    this.#findings.found("internal", () => ({
      sentence: `${words.name(t)} ${words.readOf(at)}, although the same transaction ${words.before(last, since)}.`,
      operations: [words.op(t)],
      key: words.key(of),
    }));
  }

  #checkFuture(t: number, at: number): void {
    const { firstStep, kind, key } = this.#question.columns;
    const { columns, words } = this.#question;
    if (this.#lastRead[key[at] as number] === -1) return;
    const wrote = columns.version[at] as number;
    for (let before = firstStep[t] as number; before < at; before++) {
      if (kind[before] !== step.read || key[before] !== key[at]) continue;
      if (!shows(columns, before, wrote)) continue;
      this.#findings.found("future-read", () => ({
        sentence: `${words.name(t)} ${words.readOf(before)}, which shows ${words.value(wrote)}, and wrote ${words.value(wrote)} only afterwards.`,
        operations: [words.op(t)],
        key: words.key(key[at] as number),
      }));
      return;
    }
  }
}

/** Whether the read in this step returned the version, for a list as one of its elements. */
function shows(
  { model, version, length, read }: TransactionColumns,
  at: number,
  of: number,
): boolean {
  if (model === "rw-register") return version[at] === of;
  const from = version[at] as number;
  return read.subarray(from, from + (length[at] as number)).includes(of);
}

/**
 * Finds reads of versions whose write failed, of versions that nobody wrote, of versions that their own writer
 * overwrote, and of lists with duplicate elements.
 */
class ReturnedVersions {
  readonly #question: ReadQuestion;
  readonly #findings: Found;
  /** For each version, the last step that returned it. −1: none did. */
  readonly #seen: Int32Array;

  constructor(question: ReadQuestion, findings: Found) {
    this.#question = question;
    this.#findings = findings;
    this.#seen = new Int32Array(question.columns.values.length).fill(-1);
  }

  check(t: number): void {
    const { model, firstStep, kind, version, length, read } = this.#question.columns;
    for (let at = firstStep[t] as number; at < (firstStep[t + 1] as number); at++) {
      if (kind[at] !== step.read) continue;
      if (model === "rw-register") {
        const of = version[at] as number;
        if (of !== initialVersion) {
          this.#version(t, at, of);
          this.#last(t, at, of);
        }
        continue;
      }
      const from = version[at] as number;
      const to = from + (length[at] as number);
      for (let i = from; i < to; i++) {
        const of = read[i] as number;
        if (this.#seen[of] === at) this.#duplicate(t, at, of);
        this.#seen[of] = at;
        this.#version(t, at, of);
      }
      if (to > from) this.#last(t, at, read[to - 1] as number);
    }
  }

  #version(t: number, at: number, of: number): void {
    const { writer, failed } = this.#question.writers;
    if (writer[of] !== nobody) return;
    const { words } = this.#question;
    const by = failed[of] as number;
    if (by === nobody)
      this.#findings.found("unwritten-read", () => ({
        sentence: `${words.name(t)} ${words.readOf(at)}, but no transaction wrote ${words.value(of)}.`,
        operations: [words.op(t)],
        key: words.keyOf(of),
      }));
    else
      this.#findings.found("G1a", () => ({
        sentence: `${words.name(t)} ${words.readOf(at)}, but ${words.name(by)}, which wrote ${words.value(of)}, failed.`,
        operations: [words.op(t), words.op(by)],
        key: words.keyOf(of),
      }));
  }

  #last(t: number, at: number, of: number): void {
    const { writer, isIntermediate } = this.#question.writers;
    const by = writer[of] as number;
    if (by < 0 || by === t || isIntermediate[of] === 0) return;
    const { words, columns } = this.#question;
    const more =
      columns.model === "list-append" ? "appended more to that list" : "overwrote that value";
    this.#findings.found("G1b", () => ({
      sentence: `${words.name(t)} ${words.readOf(at)}, an intermediate state: ${words.name(by)} wrote ${words.value(of)} and then ${more} in the same transaction.`,
      operations: [words.op(t), words.op(by)],
      key: words.keyOf(of),
    }));
  }

  #duplicate(t: number, at: number, of: number): void {
    const { words } = this.#question;
    this.#findings.found("duplicate-elements", () => ({
      sentence: `${words.name(t)} ${words.readOf(at)}, which holds ${words.value(of)} twice.`,
      operations: [words.op(t)],
      key: words.keyOf(of),
    }));
  }
}

function findIncompatible(
  { columns, words }: ReadQuestion,
  { longest, isIncompatible }: ListOrders,
  findings: Found,
): void {
  const { size, firstStep, key } = columns;
  const transactionOf = (at: number): number => words.transactionOf(at);
  for (let t = 0; t < size; t++) {
    for (let at = firstStep[t] as number; at < (firstStep[t + 1] as number); at++) {
      if (isIncompatible[at] === 0) continue;
      const best = longest[key[at] as number] as number;
      findings.found("incompatible-order", () => ({
        sentence: `${words.name(t)} ${words.readOf(at)}, and ${words.name(transactionOf(best))} ${words.readOf(best)}: neither is the beginning of the other, so no order of appends explains both.`,
        operations: [words.op(t), words.op(transactionOf(best))],
        key: words.key(key[at] as number),
      }));
    }
  }
}

/** Finds lists that show the appends of one transaction in another order than the transaction made them. */
function findReordered(
  { columns, writers, words }: ReadQuestion,
  { place }: ListOrders,
  findings: Found,
): void {
  const { size, firstStep, kind, key, version, keys } = columns;
  const transaction = new Int32Array(keys.length).fill(-1);
  const last = new Int32Array(keys.length);
  for (let t = 0; t < size; t++) {
    for (let at = firstStep[t] as number; at < (firstStep[t + 1] as number); at++) {
      const of = version[at] as number;
      if (kind[at] !== step.write || writers.writer[of] !== t) continue;
      const k = key[at] as number;
      const before = last[k] as number;
      if (
        transaction[k] === t &&
        (place[of] as number) >= 0 &&
        (place[before] as number) > (place[of] as number)
      )
        findings.found("incompatible-order", () => ({
          sentence: `${words.name(t)} appended ${words.value(before)} and then ${words.value(of)} to ${words.key(k)}, but reads show ${words.value(of)} first.`,
          operations: [words.op(t)],
          key: words.key(k),
        }));
      transaction[k] = t;
      last[k] = of;
    }
  }
}

function findDirtyUpdates(
  { columns, writers, words }: ReadQuestion,
  { order }: ListOrders,
  findings: Found,
): void {
  for (const elements of order) {
    let dirty = -1;
    for (const element of elements) {
      if (writers.failed[element] !== nobody) {
        if (dirty < 0) dirty = element;
        continue;
      }
      const by = writers.writer[element] as number;
      // Only a successful transaction counts, since an indeterminate one may have failed.
      if (by < 0 || dirty < 0 || columns.outcome[by] !== outcomes.ok) continue;
      const from = dirty;
      const failed = writers.failed[from] as number;
      findings.found("dirty-update", () => ({
        sentence: `${words.name(by)} appended ${words.value(element)} to ${words.keyOf(element)} after ${words.value(from)}, which ${words.name(failed)} had appended, but that transaction failed.`,
        operations: [words.op(by), words.op(failed)],
        key: words.keyOf(element),
      }));
      dirty = -1;
    }
  }
}

/** Finds two transactions that first read the same version of a key and then both wrote the key. */
function findLostUpdates({ columns, words }: ReadQuestion, findings: Found): void {
  const { model, size, firstStep, kind, key, version, length, read, outcome, keys, values } =
    columns;
  const transaction = new Int32Array(keys.length).fill(-1);
  /**
   * For each key, the version that the transaction read before it wrote the key (−1: the initial one). −2: the
   * transaction wrote the key first, or its write after the read has been counted already.
   */
  const first = new Int32Array(keys.length);
  const byVersion = new Int32Array(values.length).fill(-1);
  const byInitial = new Int32Array(keys.length).fill(-1);
  for (let t = 0; t < size; t++) {
    if (outcome[t] !== outcomes.ok) continue;
    for (let at = firstStep[t] as number; at < (firstStep[t + 1] as number); at++) {
      const of = key[at] as number;
      if (transaction[of] !== t) {
        transaction[of] = t;
        const size = length[at] as number;
        if (kind[at] !== step.read) first[of] = -2;
        else if (model === "rw-register") first[of] = version[at] as number;
        else first[of] = size === 0 ? -1 : (read[(version[at] as number) + size - 1] as number);
        continue;
      }
      const saw = first[of] as number;
      if (kind[at] !== step.write || saw === -2) continue;
      first[of] = -2;
      const other = (saw < 0 ? byInitial[of] : byVersion[saw]) as number;
      if (saw < 0) byInitial[of] = t;
      else byVersion[saw] = t;
      if (other < 0) continue;
      findings.found("lost-update", () => ({
        sentence: `${words.name(other)} and ${words.name(t)} both read ${saw < 0 ? "the initial state" : `the state that ${words.value(saw)} left`} of ${words.key(of)}, and both wrote ${words.key(of)}: one of them did not see the other's write.`,
        operations: [words.op(other), words.op(t)],
        key: words.key(of),
      }));
    }
  }
}
