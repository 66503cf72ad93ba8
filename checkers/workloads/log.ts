/**
 * Judges logs of messages at offsets, such as Kafka's topics. Applies the rules of Maelstrom's `kafka`, and those of
 * Jepsen's `kafka` except for cycles of transactions.
 */
import { countBelow } from "../numbers/order.ts";
import {
  type ClientOperation,
  numbered,
  type OperationNames,
  type WorkloadResult,
} from "../language/workload-result.ts";
import { WorkloadFindings } from "../language/workload-findings.ts";

/** A message in the log of a key. */
export interface LogMessage {
  readonly key: string;
  /** The position of the message in the log. Undefined: it is unknown. */
  readonly offset: number | undefined;
  readonly value: string;
}

/** A step of an operation: sends one message, or polls messages. */
export type LogStep =
  | { readonly f: "send"; readonly message: LogMessage }
  /**
   * A poll. `messages` has the messages of each key in the order in which the poll returned them. Undefined: the result
   * is unknown.
   */
  | { readonly f: "poll"; readonly messages: readonly LogMessage[] | undefined };

/** One operation on logs. A message may be sent to a key at most once. */
export type LogOperation = ClientOperation &
  (
    | {
        /** A send, a poll, or a transaction of several sends and polls. */
        readonly f: "txn";
        readonly steps: readonly LogStep[];
        /**
         * The keys of which the client's position changed during the operation because keys were assigned to clients
         * anew.
         */
        readonly rebalanced?: readonly string[];
      }
    /** If the operation did not fail, the client goes on with these keys and forgets its position in all others. */
    | { readonly f: "assign" | "subscribe"; readonly keys: readonly string[] }
    /** The client says up to which offset of each key it has read. */
    | { readonly f: "commit"; readonly offsets: ReadonlyMap<string, number> }
    /** The client asks up to which offset of each key it had read. `offsets` is undefined if the result is unknown. */
    | { readonly f: "committed"; readonly offsets: ReadonlyMap<string, number> | undefined }
  );

/** The kinds of anomalies of logs. */
export type LogAnomalyKind =
  /** Two messages of one key have the same offset. */
  | "inconsistent-offsets"
  /** One message has two offsets. */
  | "duplicate"
  /** A poll returned a message that a failed transaction sent. */
  | "G1a"
  /** A poll returned a message that nobody sent. */
  | "unwritten-read"
  /** A poll returned a message that its own transaction sent. */
  | "precommitted-read"
  /** No poll returned a message that was certainly sent, although a poll returned a later message of the same key. */
  | "lost-write"
  /**
   * `skip`: polls of a key skip messages. `nonmonotonic`: they do not go forward in the log. With `int-` this happens
   * within one transaction, otherwise from one transaction of a process to the process's next.
   */
  | "int-poll-skip"
  | "int-nonmonotonic-poll"
  | "poll-skip"
  | "nonmonotonic-poll"
  /**
   * For the messages that a process sends. `skip`: there are other messages between them. `nonmonotonic`: they do not
   * go forward in the log. With `int-` this happens within one transaction, otherwise from one to the process's next.
   */
  | "int-send-skip"
  | "int-nonmonotonic-send"
  | "nonmonotonic-send"
  /** The committed offset of a key went back. */
  | "commit-went-back";

/** Options for judging a log. */
export interface LogQuestion {
  readonly nameOf?: OperationNames;
  /**
   * Whether clients subscribe to keys. The system may then move keys between clients at any time, so that the polls of
   * a process may skip messages and go back. Default: false.
   */
  readonly isSubscribed?: boolean;
}

type Transaction = LogOperation & { readonly f: "txn" };

interface Place {
  readonly index: number;
  readonly op: number;
  readonly value: string;
}

/** Judges the operations on logs. Takes linear time except for sorting. */
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
  /** For each key, the message at each known offset. */
  readonly #logs = new Map<string, Map<number, string>>();
  /**
   * For each key and message, the message's position among all messages with known offsets: 0, 1, 2, … without gaps.
   */
  readonly #index = new Map<string, Map<string, number>>();
  /** For each key and message, the transaction that sent the message. */
  readonly #senders = new Map<string, Map<string, Transaction>>();
  /** For each key and polled message, the transaction that polled the message first. */
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

  /** Whether the transaction certainly happened. An indeterminate one did if a poll returned one of its messages. */
  #happened(one: Transaction): boolean {
    if (one.outcome !== "info") return one.outcome === "ok";
    return sentBy(one).some(({ key, value }) => this.#polled.get(key)?.has(value) === true);
  }

  /**
   * Finds the message at each offset, from the sends that happened and from all polls. Reports an offset with two
   * messages, and a message with two offsets.
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
            `has ${value} at offset ${offset} of ${key}, where other operations have ${other}`,
          ]);
        else log.set(offset, value);
        const known = inner(offsetsOf, key);
        const before = known.get(value);
        if (before !== undefined && before !== offset)
          this.#found("duplicate", one, key, [
            `has ${value} at offset ${offset} of ${key}, but ${value} is also at offset ${before}`,
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

  /** Checks the polls and sends within each transaction. */
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
        `polled ${value} of ${key}, which the same operation sent`,
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
            `${verb} ${before.value} and then ${value} of ${key} (messages skipped between them: ${index - before.index - 1})`,
          ]);
        if (index <= before.index)
          this.#found(`int-nonmonotonic-${what}`, one, key, [
            index === before.index
              ? `${verb} ${value} of ${key} twice`
              : `${verb} ${before.value} and then ${value} of ${key}, although ${value} comes before ${before.value} in the log`,
          ]);
      }
      if (index === undefined) last.delete(key);
      else last.set(key, { index, op: one.op, value });
    }
  }

  /** Checks the polls and sends of each process from one transaction to the next. */
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
            [
              index === before.index
                ? `${verb} ${value} of ${key} again, ${after}`
                : `${verb} ${value} of ${key} ${after}, although ${value} comes before ${before.value} in the log`,
            ],
            [before.op],
          );
        if (what === "poll" && index > before.index + 1)
          this.#found(
            "poll-skip",
            one,
            key,
            [
              `polled ${value} of ${key} ${after} (messages skipped in between: ${index - before.index - 1})`,
            ],
            [before.op],
          );
      }
      isFirst.add(key);
      if (index === undefined) places.delete(key);
      else places.set(key, { index, op: one.op, value });
    }
  }

  /** Reports each message that was certainly sent and never polled, although a later message of the key was polled. */
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
            `sent ${value} to ${key}, and no poll returned it, although ${this.#nameOf(most.by.op)} polled ${most.value}, which comes later in the log`,
          ],
          [most.by.op],
        );
      }
    }
  }

  /**
   * Reports a committed offset that is lower than one known before, unless somebody has committed the lower one since
   * then.
   */
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
        push(known, key, told);
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
            `was told that offset ${now.offset} of ${key} is committed, although ${this.#nameOf(before.one.op)} had shown offset ${before.offset} as committed before, and no client committed ${now.offset} after that`,
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

/** Finds the highest offset among the operations that had ended before a time. */
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
