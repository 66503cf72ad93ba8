/**
 * Logs of messages at offsets, such as Kafka's topics. Applies the rules of Maelstrom's `kafka`, and those of Jepsen's
 * except for cycles of transactions.
 */
import { countBelow } from "../numbers/order.ts";
import {
  type ClientOperation,
  numbered,
  type OperationNames,
  type WorkloadResult,
} from "../language/workload-result.ts";
import { WorkloadFindings } from "../language/workload-findings.ts";

/** A message of a log. */
export interface LogMessage {
  readonly key: string;
  /** Undefined: unknown. */
  readonly offset: number | undefined;
  readonly value: string;
}

/** A sent message, or polled messages. */
export type LogStep =
  | { readonly f: "send"; readonly message: LogMessage }
  /** The messages of each key in the order in which the poll returned them. undefined: nobody knows. */
  | { readonly f: "poll"; readonly messages: readonly LogMessage[] | undefined };

/** A message is sent to a key at most once. */
export type LogOperation = ClientOperation &
  (
    | {
        /** One send, one poll, or a transaction of several. */
        readonly f: "txn";
        readonly steps: readonly LogStep[];
        /** Keys whose position in the log was reassigned during the operation. */
        readonly rebalanced?: readonly string[];
      }
    /** The client goes on with these keys and forgets its place in all others. */
    | { readonly f: "assign" | "subscribe"; readonly keys: readonly string[] }
    /** The client says how far it has read. */
    | { readonly f: "commit"; readonly offsets: ReadonlyMap<string, number> }
    /** The client asks how far it had read. undefined: nobody knows what it returned. */
    | { readonly f: "committed"; readonly offsets: ReadonlyMap<string, number> | undefined }
  );

/** Anomalies of a log. */
export type LogAnomalyKind =
  /** Two messages at one offset. */
  | "inconsistent-offsets"
  /** One message at two offsets. */
  | "duplicate"
  /** A poll returned what a failed transaction sent. */
  | "G1a"
  /** A poll returned what nobody sent. */
  | "unwritten-read"
  /** A poll returned what its own transaction sent. */
  | "precommitted-read"
  /** A message that was acknowledged is missing although later ones were polled. */
  | "lost-write"
  /**
   * Polls skip messages, or do not go forward: within one transaction (`int-`), or from one transaction of a process to
   * its next.
   */
  | "int-poll-skip"
  | "int-nonmonotonic-poll"
  | "poll-skip"
  | "nonmonotonic-poll"
  /** The same for sends. */
  | "int-send-skip"
  | "int-nonmonotonic-send"
  | "nonmonotonic-send"
  /** The committed offset of a key went back. */
  | "commit-went-back";

/** Options for judging a log. */
export interface LogQuestion {
  readonly nameOf?: OperationNames;
  /**
   * Clients subscribe, and the system may move keys between them at any time, so polls of a process may skip messages
   * and go back.
   */
  readonly isSubscribed?: boolean;
}

type Transaction = LogOperation & { readonly f: "txn" };

interface Place {
  readonly index: number;
  readonly op: number;
  readonly value: string;
}

/** Judges a log. Linear except for sorting. */
export function checkLog(
  operations: readonly LogOperation[],
  { nameOf = numbered, isSubscribed = false }: LogQuestion = {},
): WorkloadResult<LogAnomalyKind> {
  const allowed = new Set<LogAnomalyKind>(
    isSubscribed ? ["int-send-skip", "poll-skip", "nonmonotonic-poll"] : ["int-send-skip"],
  );
  const findings = new WorkloadFindings<LogAnomalyKind>((kind) => !allowed.has(kind));
  const check = new LogCheck(operations, { findings, nameOf });
  check.offsets();
  check.polls();
  check.processes();
  check.lost();
  check.commits();
  return findings.conclude(check.judged);
}

class LogCheck {
  readonly #operations: readonly LogOperation[];
  readonly #transactions: readonly Transaction[];
  readonly #findings: WorkloadFindings<LogAnomalyKind>;
  readonly #nameOf: OperationNames;
  /** By key: the log as offset → message. */
  readonly #logs = new Map<string, Map<number, string>>();
  /** By key and value: the position among all messages with known offsets, without gaps. */
  readonly #index = new Map<string, Map<string, number>>();
  /** By key and value: the transaction that sent the message. */
  readonly #senders = new Map<string, Map<string, Transaction>>();
  /** By key: the polled messages, and who polled them first. */
  readonly #polled = new Map<string, Map<string, Transaction>>();

  constructor(
    operations: readonly LogOperation[],
    {
      findings,
      nameOf,
    }: { readonly findings: WorkloadFindings<LogAnomalyKind>; readonly nameOf: OperationNames },
  ) {
    this.#operations = [...operations].sort((a, b) => a.invokeUs - b.invokeUs);
    this.#transactions = this.#operations.filter((one): one is Transaction => one.f === "txn");
    this.#findings = findings;
    this.#nameOf = nameOf;
    for (const one of this.#transactions) {
      for (const { key, value } of sentBy(one)) inner(this.#senders, key).set(value, one);
      if (one.outcome !== "ok") continue;
      for (const { key, value } of polledBy(one)) {
        const polled = inner(this.#polled, key);
        if (!polled.has(value)) polled.set(value, one);
      }
    }
  }

  get judged(): number {
    return this.#operations.filter(({ outcome }) => outcome === "ok").length;
  }

  /** An indeterminate transaction happened if one of its messages was polled. */
  #happened(one: Transaction): boolean {
    if (one.outcome !== "info") return one.outcome === "ok";
    return sentBy(one).some(({ key, value }) => this.#polled.get(key)?.has(value) === true);
  }

  /**
   * Finds the message at each offset, from sends that happened and from all polls. Reports offsets with two messages,
   * and messages with two offsets.
   */
  offsets(): void {
    const offsetsOf = new Map<string, Map<string, number>>();
    for (const one of this.#transactions) {
      const messages = [...(this.#happened(one) ? sentBy(one) : []), ...polledBy(one)];
      for (const { key, offset, value } of messages) {
        if (offset === undefined) continue;
        const log = inner(this.#logs, key);
        const other = log.get(offset);
        if (other !== undefined && other !== value)
          this.#found("inconsistent-offsets", one, key, [
            `has ${value} at offset ${offset} of ${key}, where others have ${other}`,
          ]);
        else log.set(offset, value);
        const known = inner(offsetsOf, key);
        const before = known.get(value);
        if (before !== undefined && before !== offset)
          this.#found("duplicate", one, key, [
            `has ${value} at offset ${offset} of ${key}, where it is at offset ${before} too`,
          ]);
        else known.set(value, offset);
      }
    }
    for (const [key, log] of this.#logs) {
      const sorted = [...log].sort(([a], [b]) => a - b);
      const index = inner(this.#index, key);
      for (const [i, [, value]] of sorted.entries()) if (!index.has(value)) index.set(value, i);
    }
  }

  /** Checks the polls and sends of single transactions. */
  polls(): void {
    for (const one of this.#transactions) {
      const sent = sentBy(one);
      if (one.outcome === "ok") {
        for (const message of polledBy(one)) this.#origin(one, message);
        this.#steps(one, polledBy(one), "poll");
      }
      if (one.outcome !== "fail") this.#steps(one, sent, "send");
    }
  }

  #origin(one: Transaction, { key, value }: LogMessage): void {
    const sender = this.#senders.get(key)?.get(value);
    if (sender === undefined)
      this.#found("unwritten-read", one, key, [
        `polled ${value} of ${key}, which no operation sent`,
      ]);
    else if (sender === one)
      this.#found("precommitted-read", one, key, [
        `polled ${value} of ${key}, which it sent itself`,
      ]);
    else if (sender.outcome === "fail")
      this.#found(
        "G1a",
        one,
        key,
        [`polled ${value} of ${key}, but ${this.#nameOf(sender.op)}, which sent it, failed`],
        [sender.op],
      );
  }

  #steps(one: Transaction, messages: readonly LogMessage[], what: "poll" | "send"): void {
    const last = new Map<string, Place>();
    for (const { key, value } of messages) {
      const index = this.#index.get(key)?.get(value);
      const before = last.get(key);
      const isRebalanced = what === "poll" && one.rebalanced?.includes(key) === true;
      if (before !== undefined && index !== undefined && !isRebalanced) {
        const verb = what === "poll" ? "polled" : "sent";
        if (index > before.index + 1)
          this.#found(`int-${what}-skip`, one, key, [
            `${verb} ${before.value} and then ${value} of ${key}, and skipped ${index - before.index - 1} between them`,
          ]);
        if (index <= before.index)
          this.#found(`int-nonmonotonic-${what}`, one, key, [
            `${verb} ${before.value} and then ${value} of ${key}, which does not come later in the log`,
          ]);
      }
      if (index === undefined) last.delete(key);
      else last.set(key, { index, op: one.op, value });
    }
  }

  /** Checks each process's transactions against its next ones. */
  processes(): void {
    const polls = new Map<string, Map<string, Place>>();
    const sends = new Map<string, Map<string, Place>>();
    for (const one of this.#operations) {
      const polled = inner(polls, one.process);
      const sent = inner(sends, one.process);
      if (one.f === "assign" || one.f === "subscribe") {
        if (one.outcome === "fail") continue;
        keepOnly(polled, one.keys);
        keepOnly(sent, one.keys);
      } else if (one.f === "txn" && one.outcome !== "fail") {
        if (one.outcome === "ok") this.#goesOn(one, polledBy(one), polled, "poll");
        this.#goesOn(one, sentBy(one), sent, "send");
      }
    }
  }

  #goesOn(
    one: Transaction,
    messages: readonly LogMessage[],
    places: Map<string, Place>,
    what: "poll" | "send",
  ): void {
    const verb = what === "poll" ? "polled" : "sent";
    const isFirst = new Set<string>();
    for (const { key, value } of messages) {
      const index = this.#index.get(key)?.get(value);
      const before = places.get(key);
      if (!isFirst.has(key) && before !== undefined && index !== undefined) {
        const after = `after the same process had ${verb} ${before.value} in ${this.#nameOf(before.op)}`;
        if (index <= before.index)
          this.#found(
            `nonmonotonic-${what}`,
            one,
            key,
            [`${verb} ${value} of ${key}, which does not come later in the log, ${after}`],
            [before.op],
          );
        if (what === "poll" && index > before.index + 1)
          this.#found(
            "poll-skip",
            one,
            key,
            [`polled ${value} of ${key} and skipped ${index - before.index - 1}, ${after}`],
            [before.op],
          );
      }
      isFirst.add(key);
      if (index === undefined) places.delete(key);
      else places.set(key, { index, op: one.op, value });
    }
  }

  /** Below the last polled message, every certainly sent message must have been polled. */
  lost(): void {
    for (const [key, polled] of this.#polled) {
      const index = this.#index.get(key);
      let most:
        { readonly index: number; readonly value: string; readonly by: Transaction } | undefined;
      for (const [value, by] of polled) {
        const place = index?.get(value) ?? -1;
        if (place > (most?.index ?? -1)) most = { index: place, value, by };
      }
      if (index === undefined || most === undefined) continue;
      for (const [value, place] of index) {
        if (place > most.index || polled.has(value)) continue;
        const sender = this.#senders.get(key)?.get(value);
        if (sender === undefined || !this.#happened(sender)) continue;
        this.#found(
          "lost-write",
          sender,
          key,
          [
            `sent ${value} to ${key}, and no poll returned it, although ${this.#nameOf(most.by.op)} polled ${most.value}, which comes later`,
          ],
          [most.by.op],
        );
      }
    }
  }

  /** A committed offset may be lower than an earlier known one only if somebody committed it again. */
  commits(): void {
    const commits = new Map<string, Told[]>();
    const known = new Map<string, Told[]>();
    for (const one of this.#operations) {
      if ((one.f !== "commit" && one.f !== "committed") || one.offsets === undefined) continue;
      if (one.outcome === "fail") continue;
      for (const [key, offset] of one.offsets) {
        const end = one.outcome === "ok" ? one.returnUs : Infinity;
        const told = { one, offset, end };
        if (one.f === "commit") push(commits, key, told);
        if (one.outcome === "ok") push(known, key, told);
      }
    }
    for (const [key, told] of known) {
      const highest = new Highest(told);
      for (const now of told) {
        if (now.one.f !== "committed" || highest.before(now.one.invokeUs) <= now.offset) continue;
        const lastCommit = (commits.get(key) ?? [])
          .filter(({ offset }) => offset === now.offset)
          .reduce((last, { end }) => Math.max(last, end), -Infinity);
        const before = told.find(
          ({ one, offset, end }) =>
            offset > now.offset && end < now.one.invokeUs && one.invokeUs > lastCommit,
        );
        if (before === undefined) continue;
        this.#found(
          "commit-went-back",
          now.one,
          key,
          [
            `was told that ${now.offset} is committed of ${key}, although ${this.#nameOf(before.one.op)} had ${before.offset} before, and nobody committed ${now.offset} since`,
          ],
          [before.one.op],
        );
      }
    }
  }

  #found(
    kind: LogAnomalyKind,
    one: LogOperation,
    key: string,
    [what]: readonly [string],
    others: readonly number[] = [],
  ): void {
    this.#findings.found(kind, () => ({
      sentence: `${this.#nameOf(one.op)} ${what}.`,
      operations: [one.op, ...others],
      key,
    }));
  }
}

/** An offset that was committed or reported as committed. */
interface Told {
  readonly one: LogOperation;
  readonly offset: number;
  readonly end: number;
}

/** The highest offset among operations that had ended before a time. */
class Highest {
  readonly #ends: Float64Array;
  readonly #offsets: Float64Array;

  constructor(told: readonly Told[]) {
    const sorted = [...told].sort((a, b) => a.end - b.end);
    this.#ends = Float64Array.from(sorted, ({ end }) => end);
    this.#offsets = new Float64Array(sorted.length + 1).fill(-Infinity);
    for (const [i, { offset }] of sorted.entries())
      this.#offsets[i + 1] = Math.max(offset, this.#offsets[i] as number);
  }

  before(time: number): number {
    return this.#offsets[countBelow(this.#ends, time)] as number;
  }
}

const sentBy = ({ steps }: Transaction): LogMessage[] =>
  steps.flatMap((step) => (step.f === "send" ? [step.message] : []));

const polledBy = ({ steps }: Transaction): LogMessage[] =>
  steps.flatMap((step) => (step.f === "poll" ? [...(step.messages ?? [])] : []));

function inner<K, T>(map: Map<string, Map<K, T>>, key: string): Map<K, T> {
  let found = map.get(key);
  if (found === undefined) map.set(key, (found = new Map<K, T>()));
  return found;
}

function keepOnly(places: Map<string, unknown>, keys: readonly string[]): void {
  for (const key of [...places.keys()]) if (!keys.includes(key)) places.delete(key);
}

function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const found = map.get(key);
  if (found === undefined) map.set(key, [item]);
  else found.push(item);
}
