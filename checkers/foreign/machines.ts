/** Turns the operations of one key into a problem for the general search, in which states are numbers. */
import type { SearchProblem } from "../search/search.ts";
import { Outcome } from "./foreign-history.ts";
import { fn, type Operations } from "./foreign-operations.ts";
import { counterRead, deltaOf, exactSums } from "./amounts.ts";
import { microKind } from "./micro-operations.ts";
import { absent, Kind, nil } from "./value-table.ts";

export interface Machine {
  readonly problem: SearchProblem;
  /** The history's operations, by their numbers in the problem. */
  readonly of: Int32Array;
  /** Describes a state for people: "3", "free", "held by process 2". */
  readonly stateText: (state: number) => string;
  /** The object that holds the state, for sentences: "the register". */
  readonly noun: string;
  /** The number of bytes that the states take. Absent: the states are only numbers. */
  readonly heldBytes?: () => number;
}

/** Numbers items 0, 1, 2, … in the order of their first use. */
class Numbering<T> {
  readonly items: T[] = [];
  readonly #known = new Map<T, number>();

  of(item: T): number {
    let number = this.#known.get(item);
    if (number === undefined) {
      this.#known.set(item, (number = this.items.length));
      this.items.push(item);
    }
    return number;
  }
}

/** The operations that happened or may have happened, without unanswered reads. */
const possible = ({ history, f, value }: Operations, of: Int32Array): Int32Array =>
  of.filter(
    (op) => history.outcome[op] !== Outcome.fail && !(value[op] === absent && f[op] === fn.read),
  );

function times(
  { start, end }: Operations,
  of: Int32Array,
): { readonly start: Float64Array; readonly end: Float64Array } {
  const own = { start: new Float64Array(of.length), end: new Float64Array(of.length) };
  for (let i = 0; i < of.length; i++) {
    own.start[i] = start[of[i] as number] as number;
    own.end[i] = end[of[i] as number] as number;
  }
  return own;
}

/**
 * The kind of each operation. Indeterminate operations with the same effect on every state have the same kind. The
 * others need none and get 0.
 */
function kindsOf({ f, value, expected, end }: Operations, of: Int32Array): Int32Array {
  const kinds = new Numbering<string>();
  const own = new Int32Array(of.length);
  for (let i = 0; i < of.length; i++) {
    const op = of[i] as number;
    if (end[op] === Infinity) own[i] = kinds.of(`${f[op]} ${value[op]} ${expected[op]}`);
  }
  return own;
}

/** The machine of a register with reads, writes and compare-and-set. */
export function registerMachine(operations: Operations, all: Int32Array, initial: number): Machine {
  const { f, value, expected, values } = operations;
  const of = wanted(operations, possible(operations, all));
  const codes = new Numbering<number>();
  const first = codes.of(initial);
  const after = Int32Array.from(of, (op) => codes.of(value[op] as number));
  const before = Int32Array.from(of, (op) => codes.of(expected[op] as number));
  const what = Uint8Array.from(of, (op) => f[op] as number);
  return {
    of,
    noun: "the register",
    stateText: (state) => values.briefOf(codes.items[state] ?? nil),
    problem: {
      initial: first,
      ...times(operations, of),
      step: (state, i) => {
        if (what[i] === fn.read) return after[i] === state ? state : -1;
        if (what[i] === fn.cas) return before[i] === state ? (after[i] as number) : -1;
        return after[i] as number;
      },
      pure: Uint8Array.from(of, (_, i) =>
        what[i] === fn.read || (what[i] === fn.cas && before[i] === after[i]) ? 1 : 0,
      ),
      kind: kindsOf(operations, of),
    },
  };
}

/**
 * Leaves out indeterminate operations whose value no other operation read or expected: an order stays legal without
 * them.
 */
function wanted({ f, value, expected, end }: Operations, of: Int32Array): Int32Array {
  const asked = new Set<number>();
  for (const op of of)
    if (f[op] === fn.read) asked.add(value[op] as number);
    else if (f[op] === fn.cas) asked.add(expected[op] as number);
  return of.filter((op) => end[op] !== Infinity || asked.has(value[op] as number));
}

/**
 * The machine of a text that can be replaced and appended to. For an append, nil counts as an empty text. A state is
 * the number of a value in the history's ValueTable.
 */
export function textMachine(operations: Operations, all: Int32Array, initial: number): Machine {
  const { f, value, end, values } = operations;
  const of = possible(operations, all);
  const isSeen = beginsSomeRead(operations, of);
  const fits = fitsLongestRead(operations, of);
  const empty = values.scalar(Kind.string, "");
  const what = new Uint8Array(of.length);
  const text = new Int32Array(of.length);
  const pure = new Uint8Array(of.length);
  for (let i = 0; i < of.length; i++) {
    const op = of[i] as number;
    what[i] = f[op] as number;
    text[i] = value[op] as number;
    pure[i] = f[op] === fn.read ? 1 : 0;
  }
  const append = (state: number, i: number): number => {
    const more = text[i] as number;
    return values.joined(state === nil ? empty : state, more === nil ? empty : more);
  };
  return {
    of,
    noun: "the register",
    stateText: (state) => values.briefOf(state),
    heldBytes: () => values.bytes,
    problem: {
      initial,
      ...times(operations, of),
      step: (state, i) => {
        if (what[i] === fn.read) return text[i] === state ? state : -1;
        if (what[i] === fn.write) return text[i] as number;
        const next = append(state, i);
        return (end[of[i] as number] !== Infinity || isSeen(next)) && fits(next) ? next : -1;
      },
      pure,
      kind: kindsOf(operations, of),
    },
  };
}

/**
 * Returns a function that says whether a text can be a state of the key. If the key has only appends, each state must
 * be a prefix of the longest text that was read, or extend it. Any other text is impossible before and after that read.
 */
function fitsLongestRead(
  { f, value, values }: Operations,
  of: Int32Array,
): (text: number) => boolean {
  const reads = of.filter((op) => f[op] === fn.read && value[op] !== nil);
  if (reads.length === 0 || of.some((op) => f[op] === fn.write)) return () => true;
  let longest: string | undefined;
  const known = new Map<number, boolean>();
  return (text) => {
    let answer = known.get(text);
    if (answer === undefined) {
      longest ??= Array.from(reads, (op) => values.nameOf(value[op] as number)).reduce((a, b) =>
        b.length > a.length ? b : a,
      );
      const name = values.nameOf(text);
      known.set(text, (answer = longest.startsWith(name) || name.startsWith(longest)));
    }
    return answer;
  };
}

/**
 * Returns a function that says whether a text is a prefix of some text that was read. An unanswered append need not
 * have happened if the text after it is no such prefix.
 */
function beginsSomeRead(
  { f, value, values }: Operations,
  of: Int32Array,
): (text: number) => boolean {
  let shown: readonly string[] | undefined;
  const known = new Map<number, boolean>();
  return (text) => {
    let answer = known.get(text);
    if (answer === undefined) {
      shown ??= [
        ...new Set(
          Array.from(
            of.filter((op) => f[op] === fn.read && value[op] !== nil),
            (op) => values.nameOf(value[op] as number),
          ),
        ),
      ].sort();
      const name = values.nameOf(text);
      answer = shown[lowerBound(shown, name)]?.startsWith(name) === true;
      known.set(text, answer);
    }
    return answer;
  };
}

function lowerBound(sorted: readonly string[], text: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as string) < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function counterMachine(operations: Operations, all: Int32Array, initial: number): Machine {
  const { f } = operations;
  const of = possible(operations, all);
  const sums = new Numbering<number>();
  const delta = Float64Array.from(of, (op) =>
    f[op] === fn.read ? (counterRead(operations, op) ?? NaN) : deltaOf(operations, op),
  );
  const exact = exactSums([[initial, ...delta.filter((_, i) => f[of[i] as number] !== fn.read)]]);
  return {
    of,
    noun: "the counter",
    stateText: (state) => String(sums.items[state] ?? 0),
    problem: {
      initial: sums.of(initial),
      ...times(operations, of),
      step: (state, i) => {
        const sum = sums.items[state] as number;
        if (f[of[i] as number] === fn.read) return delta[i] === sum ? state : -1;
        return sums.of(exact(sum + (delta[i] as number)));
      },
      pure: Uint8Array.from(of, (op, i) => (f[op] === fn.read || delta[i] === 0 ? 1 : 0)),
      kind: kindsOf(operations, of),
    },
  };
}

/**
 * The machine of a lock that only its holder may release. The state is the holder's number plus one, or 0 if nobody
 * holds the lock.
 */
export function lockMachine(operations: Operations, all: Int32Array): Machine {
  const { f, history, values } = operations;
  const of = possible(operations, all);
  const holders = new Numbering<number>();
  const holder = Int32Array.from(of, (op) => 1 + holders.of(history.process[op] as number));
  const kinds = new Numbering<string>();
  return {
    of,
    noun: "the lock",
    stateText: (state) =>
      state === 0 ? "free" : `held by process ${values.textOf(holders.items[state - 1] ?? nil)}`,
    problem: {
      initial: 0,
      ...times(operations, of),
      step: (state, i) => {
        if (f[of[i] as number] === fn.acquire) return state === 0 ? (holder[i] as number) : -1;
        return state === holder[i] ? 0 : -1;
      },
      pure: new Uint8Array(of.length),
      kind: Int32Array.from(of, (op, i) => kinds.of(`${f[op]} ${holder[i]}`)),
    },
  };
}

/**
 * The machine of several registers that transactions change atomically. A state has the value of each key. Keys are in
 * the order of their first use.
 */
export function transactionMachine(
  operations: Operations,
  all: Int32Array,
  initial: number,
): Machine {
  const { history, values } = operations;
  const of = all.filter((op) => history.outcome[op] !== Outcome.fail);
  const keys = new Numbering<number>();
  const whole = of.map((op) =>
    history.isOk(op) && (history.answered[op] as number) > nil
      ? (history.answered[op] as number)
      : (history.asked[op] as number),
  );
  const steps = Array.from(of, (op, i) =>
    Array.from(values.childrenOf(whole[i] as number), (micro) => {
      const [, key = nil, value = nil] = values.childrenOf(micro);
      const isRead = microKind(values, micro) === "r";
      return { isRead, isOk: history.isOk(op), key: keys.of(key), value };
    }),
  );
  const held: number[][] = [];
  const numbers = new Map<string, number>();
  const numberOf = (state: number[]): number => {
    const name = state.join(" ");
    let number = numbers.get(name);
    if (number === undefined) {
      numbers.set(name, (number = held.length));
      held.push(state);
    }
    return number;
  };
  return {
    of,
    noun: "the registers",
    stateText: (state) =>
      `{${keys.items.map((key, i) => `${values.textOf(key)} ${values.briefOf(held[state]?.[i] ?? nil, 20)}`).join(", ")}}`,
    heldBytes: () => held.length * (100 + 24 * keys.items.length),
    problem: {
      initial: numberOf(keys.items.map(() => initial)),
      ...times(operations, of),
      step: (state, i) => {
        const next = (held[state] as number[]).slice();
        for (const { isRead, isOk, key, value } of steps[i] ?? []) {
          if (!isRead) next[key] = value;
          else if (isOk && next[key] !== value) return -1;
        }
        return numberOf(next);
      },
      pure: Uint8Array.from(of, (_, i) => (steps[i]?.every(({ isRead }) => isRead) ? 1 : 0)),
      // Transactions with the same steps have the same effect, unless only one of them was answered and must have read
      // its values.
      kind: of.map((op, i) => 2 * (whole[i] as number) + (history.isOk(op) ? 1 : 0)),
    },
  };
}

/** The machine of a queue whose first element comes out first. A dequeue that returned nil found the queue empty. */
export function queueMachine(operations: Operations, all: Int32Array): Machine {
  const { f, value, values } = operations;
  const of = possible(operations, all);
  const states = new Numbering<string>();
  const empty = states.of("");
  return {
    of,
    noun: "the queue",
    // An upper bound: no state is longer than all elements together.
    heldBytes: () => states.items.length * (100 + 16 * of.length),
    stateText: (state) => {
      const held = (states.items[state] ?? "").split(" ").filter((one) => one !== "");
      return held.length === 0
        ? "nothing"
        : `[${held
            .slice(0, 5)
            .map((id) => values.briefOf(Number(id), 20))
            .join(" ")}${held.length > 5 ? " …" : ""}]`;
    },
    problem: {
      initial: empty,
      ...times(operations, of),
      step: (state, i) => {
        const op = of[i] as number;
        const held = states.items[state] as string;
        if (f[op] === fn.enqueue) return states.of(`${held}${value[op]} `);
        if (value[op] === nil) return state === empty ? state : -1;
        // A dequeue without an answer removes the first element, whichever it is.
        if (value[op] === absent) return states.of(held.slice(held.indexOf(" ") + 1));
        const front = `${value[op]} `;
        return held.startsWith(front) ? states.of(held.slice(front.length)) : -1;
      },
      pure: Uint8Array.from(of, (op) => (f[op] === fn.dequeue && value[op] === nil ? 1 : 0)),
      kind: kindsOf(operations, of),
    },
  };
}

/** Whether the value can be the text of a key: a string, or nil or absent for an empty text. */
export const isText = ({ values }: Operations, value: number): boolean =>
  value === nil || value === absent || values.kindOf(value) === Kind.string;
