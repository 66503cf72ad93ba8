/**
 * Interprets the operations of a history under one reading: the function, the key, and the written or returned value of
 * each.
 */
import { HistoryError } from "../language/history-error.ts";
import { etcdFunction } from "./etcd-operations.ts";
import { type ForeignHistory, Outcome } from "./foreign-history.ts";
import { absent, Kind, nil, type ValueTable } from "./value-table.ts";

/** For each function, the names that tools use for it. */
const functionNames = {
  read: ["read", "get", "r"],
  write: ["write", "put", "set", "w"],
  cas: ["cas", "compare-and-set", "compare-and-swap", "compareandset", "compareandswap"],
  append: ["append"],
  add: ["add", "broadcast", "increment", "incr", "inc"],
  remove: ["remove", "decrement", "decr", "dec"],
  contains: ["contains", "contains?", "member", "member?", "exists"],
  enqueue: ["enqueue", "push"],
  dequeue: ["dequeue", "pop"],
  drain: ["drain"],
  acquire: ["acquire", "lock"],
  release: ["release", "unlock"],
  generate: ["generate"],
  txn: ["txn"],
  transfer: ["transfer"],
  send: ["send"],
  poll: ["poll"],
  log: ["assign", "subscribe", "crash", "debug-topic-partitions"],
  etcd: [etcdFunction.slice(1)],
} as const;

export type ForeignFunction = keyof typeof functionNames | "other";

export const functions = [
  ...(Object.keys(functionNames) as (keyof typeof functionNames)[]),
  "other",
] as const satisfies readonly ForeignFunction[];

export const fn = Object.fromEntries(functions.map((name, code) => [name, code])) as Readonly<
  Record<ForeignFunction, number>
>;

const codeOfName: ReadonlyMap<string, number> = new Map(
  Object.entries(functionNames).flatMap(([name, aliases]) =>
    aliases.map((alias): [string, number] => [alias, fn[name as ForeignFunction]]),
  ),
);

/**
 * Where a history has the keys of its operations: nowhere, in the field `:key`, or in the value, which then is a tuple
 * [key value] of jepsen.independent.
 */
export type KeyPlace = "none" | "field" | "tuples";

export interface Reading {
  readonly keys: KeyPlace;
  /** Which value counts if the answer to a write has another value than the request. */
  readonly written: "answered" | "asked";
}

/** The operations of a history under one reading, in columns. Failed operations are among them. */
export interface Operations {
  readonly history: ForeignHistory;
  readonly values: ValueTable;
  readonly reading: Reading;
  readonly count: number;
  /** The number of each operation's function, as in `fn`. */
  readonly f: Uint8Array;
  /** The key of each operation. `absent`: it has none. */
  readonly key: Int32Array;
  /**
   * The value that each operation wrote, added or enqueued, or that it returned (`absent` if unknown). For a cas: the
   * new value. For a query for one element: the element. For etcd: the response.
   */
  readonly value: Int32Array;
  /**
   * For a cas: the expected value. For a query for one element: the answer, true or false. For etcd: the request. For
   * all others: `absent`.
   */
  readonly expected: Int32Array;
  readonly start: Float64Array;
  /** The end of each operation. Infinity unless it succeeded. */
  readonly end: Float64Array;
  /** Whether the answer to some write has another value than the request. A status such as `true` does not count. */
  readonly answersDiffer: boolean;
}

/** The name of an operation's function as in the history. It tells functions apart that are all `other` in `fn`. */
export const functionName = ({ history, values }: Operations, op: number): string =>
  values.nameOf(history.f[op] as number).replace(/^:/, "");

/** The number of each operation's function, as in `fn`. */
export function codeFunctions({ values, count, f }: ForeignHistory): Uint8Array {
  const codes = new Map<number, number>();
  const coded = new Uint8Array(count);
  for (let op = 0; op < count; op++) {
    const name = f[op] as number;
    let code = codes.get(name);
    if (code === undefined) {
      const text = values.kindOf(name) >= Kind.list ? "" : values.nameOf(name);
      code = codeOfName.get(text.replace(/^:/, "").toLowerCase().replaceAll("_", "-")) ?? fn.other;
      codes.set(name, code);
    }
    coded[op] = code;
  }
  return coded;
}

/** The functions for which the value of an operation is its answer. */
export const returns = new Set([fn.read, fn.dequeue, fn.drain, fn.generate]);
/** The functions whose request has no value: if the history has tuples, the request is [key nil]. */
const asksNothing = new Set([...returns, fn.acquire, fn.release]);

/**
 * Whether the history's values are tuples [key value]. Tuples are printed like vectors, so the history itself must show
 * this: a tag marks the tuples, or a read or another request without a value is [key nil] (or [key [nil nil]] for a
 * versioned register).
 * Throws HistoryError if only some values are tuples, since their meaning is then unclear. But reads may be answered
 * without keys if none is answered with a key.
 */
export function areTuples(history: ForeignHistory, f: Uint8Array): boolean {
  const { values, count, asked, tuples } = history;
  let tells = false;
  for (let op = 0; op < count && !tells; op++) {
    const value = asked[op] as number;
    tells =
      tuples.has(value) ||
      (asksNothing.has(f[op] as number) && isPairOfKeyAndNothing(values, value));
  }
  if (!tells) return false;
  // Some histories have the key only in the request of a read.
  let answersHaveKeys = false;
  let answersHaveNone = false;
  for (let op = 0; op < count; op++) {
    if (f[op] !== fn.read || !history.isOk(op)) continue;
    if (values.isPair(history.answered[op] as number)) answersHaveKeys = true;
    else answersHaveNone = true;
  }
  for (let op = 0; op < count; op++) {
    const value = asked[op] as number;
    const fits =
      values.isPair(value) &&
      history.key[op] === absent &&
      (!asksNothing.has(f[op] as number) ||
        isNothing(values, values.childrenOf(value)[1] as number)) &&
      (f[op] !== fn.cas || isCasTuple(values, value));
    if (!fits) throw mixed(history, f, op, value, history.startLine[op] as number);
    const answer = history.answered[op] as number;
    if (answersHaveKeys && f[op] === fn.read && history.isOk(op) && !values.isPair(answer))
      throw mixed(history, f, op, answer, history.endLine[op] as number);
  }
  if (answersHaveNone)
    history.notes.push("no answer to a read names its key, so the key in the request counts");
  return true;
}

/** Whether a cas has the form [key [old new]], or with a version [key [version [old new]]]. */
function isCasTuple(values: ValueTable, value: number): boolean {
  return values.isPair(values.childrenOf(value)[1] as number);
}

const isNothing = (values: ValueTable, value: number): boolean =>
  value === nil ||
  (values.isPair(value) && values.childrenOf(value).every((child) => child === nil));

const isPairOfKeyAndNothing = (values: ValueTable, value: number): boolean =>
  values.isPair(value) &&
  value !== nil &&
  values.childrenOf(value)[0] !== nil &&
  isNothing(values, values.childrenOf(value)[1] as number);

function mixed(
  history: ForeignHistory,
  f: Uint8Array,
  op: number,
  value: number,
  line: number,
): HistoryError {
  const { values } = history;
  const name = values.nameOf(history.f[op] as number).replace(/^:/, "");
  const isAnswer = line !== history.startLine[op];
  const shape = asksNothing.has(f[op] as number)
    ? isAnswer
      ? "[key value]"
      : "[key nil]"
    : f[op] === fn.cas
      ? "[key [old new]]"
      : "[key value]";
  return new HistoryError(
    "mixed-tuples",
    `${name} ${shape}, since other operations have tuples of jepsen.independent`,
    `${name} ${values.briefOf(value)}${history.key[op] === absent ? "" : " with a :key"}`,
    line,
  );
}

/** Where the history has the keys of its operations. Throws HistoryError if only some values are tuples. */
export function keyPlaceOf(history: ForeignHistory, f: Uint8Array): KeyPlace {
  if (areTuples(history, f)) return "tuples";
  for (let op = 0; op < history.count; op++) if (history.key[op] !== absent) return "field";
  return "none";
}

/**
 * Interprets the history under one reading. Throws HistoryError if what an operation returned has another key than its
 * request, or if a cas does not have two values.
 */
export function interpret(history: ForeignHistory, f: Uint8Array, reading: Reading): Operations {
  const { values, count } = history;
  const key = new Int32Array(count);
  const value = new Int32Array(count);
  const expected = new Int32Array(count).fill(absent);
  const start = new Float64Array(count);
  const end = new Float64Array(count);
  let answersDiffer = false;
  for (let op = 0; op < count; op++) {
    const code = f[op] as number;
    const isOk = history.outcome[op] === Outcome.ok;
    start[op] = history.start[op] as number;
    end[op] = isOk ? (history.end[op] as number) : Infinity;
    let asked = history.asked[op] as number;
    let answered = history.answered[op] as number;
    key[op] = reading.keys === "field" ? (history.key[op] as number) : absent;
    if (reading.keys === "tuples") {
      const [of = absent, inner = absent] = values.childrenOf(asked);
      key[op] = of;
      asked = inner;
      answered = answerUnder(history, op, of, code);
    }
    if (code === fn.etcd) {
      value[op] = answered;
      expected[op] = asked;
    } else if (code === fn.contains) {
      value[op] = asked;
      expected[op] = isOk ? answerFor(values, asked, answered) : absent;
    } else if (returns.has(code)) value[op] = !isOk ? absent : answered === absent ? nil : answered;
    else {
      const isAnswer =
        isOk &&
        answered > nil &&
        answered !== asked &&
        (code === fn.cas ? values.isPair(answered) : !isStatus(values, answered));
      if (isAnswer) answersDiffer = true;
      const written = isAnswer && reading.written === "answered" ? answered : asked;
      if (code === fn.cas) [expected[op], value[op]] = casOf(history, op, written);
      else value[op] = written;
    }
  }
  return { history, values, reading, count, f, key, value, expected, start, end, answersDiffer };
}

/** The answer to a query for one element. The answer may repeat the element: `[element true]`. */
function answerFor(values: ValueTable, asked: number, answered: number): number {
  const [element, isInside = absent] = values.isPair(answered) ? values.childrenOf(answered) : [];
  return element === asked ? isInside : answered;
}

/** Whether the answer is a status, such as `true` or "OK", and not the written value. */
const isStatus = (values: ValueTable, value: number): boolean =>
  values.kindOf(value) === Kind.boolean ||
  (values.kindOf(value) < Kind.list &&
    /^:?(?:ok|success|done|acknowledged)$/i.test(values.nameOf(value)));

/** The expected and the new value of a cas. Throws HistoryError if the value is not a pair. */
function casOf({ values, startLine }: ForeignHistory, op: number, pair: number): [number, number] {
  if (!values.isPair(pair))
    throw new HistoryError(
      "bad-field",
      "a cas whose :value is [old new]",
      values.briefOf(pair),
      startLine[op],
    );
  const [old = nil, next = nil] = values.childrenOf(pair);
  return [old, next];
}

/** The value of an operation's request, without the key. */
export function askedValue({ history, values, reading }: Operations, op: number): number {
  const asked = history.asked[op] as number;
  return reading.keys === "tuples" ? (values.childrenOf(asked)[1] ?? nil) : asked;
}

/**
 * The value of an operation's answer, without the key. The answer to a write need not be a tuple. The tuple that a read
 * returned must have the key that was asked for.
 */
function answerUnder(history: ForeignHistory, op: number, key: number, code: number): number {
  const { values } = history;
  const answered = history.answered[op] as number;
  if (answered === absent || !values.isPair(answered))
    return code !== fn.read && code !== fn.contains ? absent : answered === absent ? nil : answered;
  const [of, inner = absent] = values.childrenOf(answered);
  if (of === key) return inner;
  if (!returns.has(code)) return absent;
  throw new HistoryError(
    "no-open-operation",
    `an open ${functionNameOf(history, op)} of key ${values.briefOf(of ?? absent)} of process ${values.textOf(history.process[op] as number)}`,
    `one of key ${values.briefOf(key)}`,
    history.endLine[op],
  );
}

const functionNameOf = ({ values, f }: ForeignHistory, op: number): string =>
  values.nameOf(f[op] as number).replace(/^:/, "");

const groupsOf = new WeakMap<Operations, ReadonlyMap<number, Int32Array>>();

/**
 * The operations of each key, in the order in which the keys first occur. Operations without a key are under `absent`.
 */
export function byKey(operations: Operations): ReadonlyMap<number, Int32Array> {
  let groups = groupsOf.get(operations);
  if (groups === undefined) groupsOf.set(operations, (groups = group(operations)));
  return groups;
}

function group({ key, count, values }: Operations): Map<number, Int32Array> {
  // Indexed by the key's number plus one, since `absent` is −1.
  const sizes = new Int32Array(values.count + 1);
  const keys: number[] = [];
  for (let op = 0; op < count; op++) {
    const of = (key[op] as number) + 1;
    if (sizes[of] === 0) keys.push(of - 1);
    sizes[of] = (sizes[of] as number) + 1;
  }
  const groups = new Map(keys.map((of) => [of, new Int32Array(sizes[of + 1] as number)]));
  sizes.fill(0);
  for (let op = 0; op < count; op++) {
    const of = (key[op] as number) + 1;
    const at = sizes[of] as number;
    sizes[of] = at + 1;
    (groups.get(of - 1) as Int32Array)[at] = op;
  }
  return groups;
}
