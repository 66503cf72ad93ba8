/** Chooses the model by which a history is judged, and its initial value, from all its operations. */
import { Outcome } from "./foreign-history.ts";
import type { ForeignModel } from "./foreign-models.ts";
import {
  askedValue,
  byKey,
  fn,
  functionName,
  functions,
  type Operations,
  returns,
} from "./foreign-operations.ts";
import { isCollection } from "./judge-collections.ts";
import { absent, Kind, nil } from "./value-table.ts";
import { isVersioned } from "./judge-versioned.ts";
import { isMicroList, microKind, microKinds } from "./micro-operations.ts";

/** The chosen model, or a sentence (`unknown`) that says why none was chosen and, if a flag would decide, which one. */
export type Choice = { readonly model: ForeignModel } | { readonly unknown: string };

/** Workloads to name in the reason if no model has an operation, with a pattern for the operation's name. */
const workloads: readonly (readonly [RegExp, string])[] = [
  [/^transfer$/, "Jepsen's bank"],
  [/^(?:insert|delete|update|upsert)$/, "Jepsen's dirty reads, or a table"],
  [/^echo$/, "Maelstrom's echo"],
];

/**
 * Chooses the model that fits all operations, or says why none does.
 * @param isInitialGiven Whether the user named the initial value. If so, reads of registers are accepted even if none
 * has the shape of a written value.
 */
export function chooseModel(operations: Operations, isInitialGiven = false): Choice {
  const { f, count } = operations;
  const used = new Set<number>();
  for (let op = 0; op < count; op++) used.add(f[op] as number);
  const has = (...names: readonly (keyof typeof fn)[]): boolean =>
    names.some((name) => used.has(fn[name]));
  if (used.has(fn.other)) return { unknown: strangeOf(operations) };
  if (has("etcd")) return { model: "etcd" };
  // Some tests call a transaction `read` or `write` if it only reads or only writes.
  if (has("txn") && allValues(operations, (value) => isMicroList(operations.values, value)))
    return transactions(operations);
  const families = [
    has("txn") && !has("send", "poll", "log"),
    has("send", "poll", "log"),
    has("transfer"),
    has("enqueue", "dequeue", "drain"),
    has("acquire", "release"),
    has("generate"),
    has("add", "remove", "contains"),
    has("write", "cas", "append"),
  ].filter(Boolean).length;
  if (families > 1) return { unknown: mixtureOf(used) };
  if (has("transfer")) return { model: "bank" };
  if (has("send", "poll", "log")) return { model: "log" };
  if (has("txn")) return transactions(operations);
  if (has("enqueue", "dequeue", "drain")) return queues(operations);
  if (has("acquire", "release")) return { model: "mutex" };
  if (has("generate")) return { model: "unique-ids" };
  if (has("contains")) return { model: "membership" };
  if (has("add", "remove")) return setOrCounter(operations);
  return registers(operations, has, isInitialGiven);
}

function strangeOf(operations: Operations): string {
  const { f, count } = operations;
  const names = new Set<string>();
  for (let op = 0; op < count; op++)
    if (f[op] === fn.other) names.add(functionName(operations, op));
  const list = [...names].slice(0, 5).join(", ");
  const workload = workloads.find(([pattern]) => [...names].some((name) => pattern.test(name)));
  return `no model has the operation${names.size > 1 ? "s" : ""} ${list}${workload === undefined ? "" : `; the history looks like ${workload[1]}, which quorate cannot judge`}`;
}

const mixtureOf = (used: ReadonlySet<number>): string =>
  `the operations ${[...used].map((code) => functions[code] ?? "").join(", ")} together do not tell the model; name a --model that has all of them, or remove the operations that do not matter`;

function transactions(operations: Operations): Choice {
  const kinds = microKinds(operations);
  if (kinds.has("send")) return { model: "log" };
  const strange = [...kinds].find((kind) => !["r", "w", "append"].includes(kind));
  if (strange !== undefined)
    return { unknown: `no model has transactions with the micro-operation ${strange}` };
  if (kinds.has("append") && kinds.has("w"))
    return { unknown: "some transactions append and some write, and no model has both" };
  if (kinds.has("append"))
    return unlessOdd({ model: "list-append" }, operations, (op) =>
      microValues(operations, op, true),
    );
  // Only if each value is written once is it known which write a read saw.
  if (kinds.has("w"))
    return unlessOdd(
      { model: writesTwice(operations) ? "multi-register" : "rw-register" },
      operations,
      (op) => microValues(operations, op, false),
    );
  return {
    unknown: "the transactions only read; name --model list-append or --model rw-register",
  };
}

/**
 * Whether the history has only transactions, and two of them that may have happened wrote the same value of a key.
 * False if a read returned a value other than nil and 0 that no such transaction wrote.
 */
function writesTwice({ f, values, history, count }: Operations): boolean {
  if (f.some((code) => code !== fn.txn)) return false;
  const writers = new Map<string, number>();
  const read = new Set<string>();
  let twice = false;
  for (let op = 0; op < count; op++) {
    if (history.outcome[op] === Outcome.fail) continue;
    for (const micro of values.childrenOf(history.asked[op] as number)) {
      const [, key, value] = values.childrenOf(micro);
      if (microKind(values, micro) !== "w") continue;
      const name = `${key} ${value}`;
      twice ||= (writers.get(name) ?? op) !== op;
      writers.set(name, op);
    }
    if (!history.isOk(op)) continue;
    for (const micro of values.childrenOf(history.answered[op] as number)) {
      const [, key, value = nil] = values.childrenOf(micro);
      if (microKind(values, micro) === "r" && value !== nil && values.numberOf(value) !== 0)
        read.add(`${key} ${value}`);
    }
  }
  return twice && [...read].every((one) => writers.has(one));
}

/**
 * Chooses between the two models of queues. In `total-queue` each element that went in must come out, which only a
 * drain of the queue shows.
 */
const queues = (operations: Operations): Choice =>
  unlessOdd(
    { model: operations.f.includes(fn.drain) ? "total-queue" : "queue" },
    operations,
    (op) => elementsAt(operations, op, operations.f[op] === fn.enqueue),
  );

function setOrCounter(operations: Operations): Choice {
  const { f, value, values, history } = operations;
  let collections = 0;
  let numbers = 0;
  let others = 0;
  let most = 0;
  for (const of of byKey(operations).values()) {
    let reads = 0;
    for (const op of of) {
      if (f[op] !== fn.read || !history.isOk(op)) continue;
      const read = value[op] as number;
      reads++;
      if (isCollection(values, read)) collections++;
      else if (Number.isNaN(values.numberOf(read))) others++;
      else numbers++;
    }
    most = Math.max(most, reads);
  }
  if (collections > 0 && numbers === 0)
    return unlessOdd(
      { model: most > 1 || f.includes(fn.remove) ? "set-full" : "set" },
      operations,
      (op) => elementsAt(operations, op, f[op] !== fn.read),
    );
  if (numbers > 0 && collections === 0) return { model: "counter" };
  if (numbers > 0)
    return {
      unknown:
        "some reads return numbers (a counter), others collections (a set); name --model counter or --model set-full",
    };
  if (others > 0)
    return { unknown: "reads return neither collections (a set) nor numbers (a counter)" };
  return {
    unknown: "nothing was read, so this may be a set or a counter, and neither could be judged",
  };
}

function registers(
  operations: Operations,
  has: (...names: readonly (keyof typeof fn)[]) => boolean,
  isInitialGiven: boolean,
): Choice {
  const { values } = operations;
  if (allValues(operations, (value) => isMicroList(values, value)))
    return {
      unknown:
        "every value is a list of micro-operations, as in Jepsen's long fork (--model long-fork); --model rw-register or --model list-append takes each list as a transaction, and --model register takes each list as one value",
    };
  if (isVersionedHistory(operations)) return { model: "versioned-register" };
  if (has("append")) {
    if (has("cas")) return { unknown: "no model has both append and cas" };
    return appendsText(operations)
      ? { model: "kv" }
      : {
          unknown:
            "an append or a read has a value that is not text, so the appends may be to lists; --model list-append judges each operation as a transaction of its own",
        };
  }
  const odd = isInitialGiven ? undefined : oddShape(operations);
  if (odd !== undefined) return { unknown: odd };
  return { model: has("cas") ? "cas-register" : "register" };
}

/** Whether `test` is true for all values in requests and answers, and there is at least one value. */
function allValues(operations: Operations, test: (value: number) => boolean): boolean {
  const { history, count } = operations;
  let any = false;
  for (let op = 0; op < count; op++)
    for (const value of [history.asked[op] as number, history.answered[op] as number]) {
      if (value === nil || value === absent) continue;
      if (!test(value)) return false;
      any = true;
    }
  return any;
}

/**
 * Whether the values have versions, as in etcd: there are writes, all of them ask for [nil value], or as cas for
 * [nil [old new]], and reads return [version value] or nil.
 */
function isVersionedHistory(operations: Operations): boolean {
  const { f, value, values, history, count } = operations;
  let writes = 0;
  for (let op = 0; op < count; op++) {
    if (f[op] === fn.read) {
      const read = value[op] as number;
      if (history.isOk(op) && read !== nil && !isVersioned(values, read)) return false;
      continue;
    }
    const asked = askedValue(operations, op);
    if (!values.isPair(asked) || values.childrenOf(asked)[0] !== nil) return false;
    if (f[op] === fn.cas && !values.isPair(values.childrenOf(asked)[1] as number)) return false;
    writes++;
  }
  return writes > 0;
}

function appendsText({ f, value, values, count }: Operations): boolean {
  for (let op = 0; op < count; op++) {
    const of = value[op] as number;
    if (of !== nil && of !== absent && values.kindOf(of) !== Kind.string && f[op] !== fn.read)
      return false;
    if (f[op] === fn.read && of > nil && values.kindOf(of) !== Kind.string) return false;
  }
  return true;
}

/** The values that an operation tried to put in, and the values that its answer showed. */
interface Elements {
  readonly putIn: Iterable<number>;
  readonly shown: Iterable<number>;
}

/** The element that an operation puts in if `isPut`, otherwise the elements that its answer shows. */
function elementsAt({ value, values, history }: Operations, op: number, isPut: boolean): Elements {
  const what = value[op] as number;
  if (isPut) return { putIn: [what], shown: [] };
  if (!history.isOk(op)) return { putIn: [], shown: [] };
  return { putIn: [], shown: isCollection(values, what) ? values.childrenOf(what) : [what] };
}

/** The values that the micro-operations of a transaction wrote and read. */
function microValues({ values, history }: Operations, op: number, isLists: boolean): Elements {
  const micros = (whole: number, isRead: boolean): number[] =>
    whole === nil || whole === absent
      ? []
      : Array.from(values.childrenOf(whole))
          .filter((micro) => (microKind(values, micro) === "r") === isRead)
          .map((micro) => values.childrenOf(micro)[2] ?? nil);
  const read = history.isOk(op) ? micros(history.answered[op] as number, true) : [];
  return {
    putIn: micros(history.asked[op] as number, false),
    shown: isLists ? read.flatMap((list) => Array.from(values.childrenOf(list))) : read,
  };
}

/**
 * The choice, or `unknown` if values were put in and others came out, none of which has the same kind as a value that
 * was put in.
 */
function unlessOdd(
  choice: { readonly model: ForeignModel },
  { values, history, count }: Operations,
  elementsOf: (op: number) => Elements,
): Choice {
  const put = new Set<number>();
  /** For each kind of value that was shown, the first operation that showed one, and the value. */
  const seen = new Map<number, readonly [op: number, value: number]>();
  for (let op = 0; op < count; op++) {
    const { putIn, shown } = elementsOf(op);
    for (const one of putIn) put.add(values.kindOf(one));
    for (const one of shown)
      if (one !== nil && one !== absent && !seen.has(values.kindOf(one)))
        seen.set(values.kindOf(one), [op, one]);
    for (const kind of seen.keys()) if (put.has(kind)) return choice;
  }
  const [first] = seen.values();
  if (first === undefined || put.size === 0) return choice;
  const [op, value] = first;
  return {
    unknown: `${values.briefOf(value, 40)} was read (line ${history.endLine[op] ?? 0}), but no operation put in a value of that form; --model ${choice.model} judges the history nevertheless`,
  };
}

/**
 * A sentence if no read has the shape of a written value, or if reads return collections and nothing was written: the
 * reads then mean something else. Undefined: the shapes fit.
 */
function oddShape({ f, value, values, history, count }: Operations): string | undefined {
  const written = new Set<number>();
  const read = new Map<number, number>();
  for (let op = 0; op < count; op++) {
    const of = value[op] as number;
    if (of === nil || of === absent) continue;
    if (f[op] !== fn.read) written.add(values.kindOf(of));
    else if (history.isOk(op) && !read.has(values.kindOf(of))) read.set(values.kindOf(of), op);
  }
  if (read.size === 0) return undefined;
  const [kind, op] = [...read][0] as [number, number];
  const shown = values.briefOf(value[op] as number, 40);
  const where = `reads return ${shown} (line ${history.endLine[op] ?? 0})`;
  if (written.size === 0)
    return kind < Kind.list
      ? undefined
      : `${where}, and nothing was written${kind === Kind.map ? "; the history looks like Jepsen's bank (--model bank)" : ""}; --model register judges the history nevertheless`;
  if ([...read.keys()].some((one) => written.has(one))) return undefined;
  const rows = isCollection(values, value[op] as number)
    ? "; these look like reads of all rows, as in Jepsen's causal reverse (--model causal-reverse), comments or monotonic"
    : "";
  return `${where}, but no write has a value of that form${rows}; --model register judges the history nevertheless`;
}

/** The initial value of a history for which the user named none. */
export interface InitialGuess {
  readonly value: number;
  /** Another value that may be the initial one, and a clause that says why. Absent: no other value is tried. */
  readonly other?: { readonly value: number; readonly why: string };
}

/**
 * Guesses the initial value. A counter starts at 0, and multi-register has its own rule. For other models that have an
 * initial value, the first answered read of each key suggests its value, unless a write of that value that may have
 * happened had begun before. The usual value is nil, or "" for the model kv. If the reads suggest exactly one of nil, 0
 * and "", and not the usual value, that one is the initial value. Otherwise it is the usual value. If a failed write of
 * the suggested value had begun before, both values are possible.
 */
export function guessInitial(operations: Operations, model: ForeignModel): InitialGuess {
  const { values } = operations;
  if (model === "counter") return { value: values.integer(0) };
  const zero = values.integer(0);
  const text = values.scalar(Kind.string, "");
  const usual = model === "kv" ? text : nil;
  if (!hasInitial(model)) return { value: nil };
  if (model === "multi-register") return { value: initialOfTransactions(operations) };
  const votes = new Map<number, Vote>();
  for (const of of byKey(operations).values()) {
    const vote = voteOf(operations, of, model === "versioned-register");
    if (vote !== undefined && !votes.get(vote.value)?.isSure) votes.set(vote.value, vote);
  }
  if (votes.has(usual)) return { value: usual };
  const candidates = [nil, zero, text].filter((value) => votes.has(value));
  const [value, more] = candidates;
  if (value === undefined || more !== undefined) return { value: usual };
  const vote = votes.get(value) as Vote;
  return vote.isSure
    ? { value }
    : {
        value,
        other: {
          value: usual,
          why: `the write of ${values.textOf(value)} in line ${vote.failedLine} failed`,
        },
      };
}

export const hasInitial = (model: ForeignModel): boolean =>
  ["register", "cas-register", "kv", "versioned-register", "counter", "multi-register"].includes(
    model,
  );

/**
 * Guesses the initial value of transactions from the first answered read of each key: nil if one of these reads
 * returned nil, otherwise 0 or "" if one returned that, otherwise nil.
 */
function initialOfTransactions({ values, history, count }: Operations): number {
  const candidates = [values.integer(0), values.scalar(Kind.string, "")];
  const first = new Map<number, { readonly end: number; readonly value: number }>();
  for (let op = 0; op < count; op++) {
    if (!history.isOk(op)) continue;
    for (const micro of values.childrenOf(history.answered[op] as number)) {
      const [, key = absent, value = nil] = values.childrenOf(micro);
      const end = history.end[op] as number;
      if (microKind(values, micro) === "r" && end < (first.get(key)?.end ?? Infinity))
        first.set(key, { end, value });
    }
  }
  const read = [...first.values()].map(({ value }) => value);
  if (read.includes(nil)) return nil;
  return candidates.find((candidate) => read.includes(candidate)) ?? nil;
}

interface Vote {
  readonly value: number;
  /** Whether no failed write of the value had begun before the read ended. */
  readonly isSure: boolean;
  readonly failedLine: number;
}

/**
 * The initial value that the first answered read of a key suggests. Undefined: no read was answered, or a write that
 * may have happened can have written the value before.
 */
function voteOf(operations: Operations, of: Int32Array, versioned: boolean): Vote | undefined {
  const { f, value, values, start, end, history } = operations;
  let first = -1;
  for (const op of of)
    if (f[op] === fn.read && (end[op] as number) < (first < 0 ? Infinity : (end[first] as number)))
      first = op;
  if (first < 0) return undefined;
  const plainValue = (op: number): number => {
    const whole = value[op] as number;
    return versioned && values.isPair(whole) ? (values.childrenOf(whole)[1] as number) : whole;
  };
  const read = plainValue(first);
  let failedLine = 0;
  for (const op of of) {
    if (returns.has(f[op] as number) || plainValue(op) !== read) continue;
    if ((start[op] as number) > (end[first] as number)) continue;
    if (history.outcome[op] !== Outcome.fail) return undefined;
    failedLine = history.startLine[op] as number;
  }
  return { value: read, isSure: failedLine === 0, failedLine };
}
