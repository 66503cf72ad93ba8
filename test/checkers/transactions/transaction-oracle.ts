/**
 * Decides isolation levels by their definitions: tries all orders of a few transactions. Shares no code with the
 * checker, only its input.
 */
import type {
  MicroOperation,
  Transaction,
  TransactionLevel,
  TransactionModel,
} from "../../../checkers/transactions/index.ts";

type Value = readonly string[] | string | null;
type Store = ReadonlyMap<string, Value>;
type Order = "none" | "session" | "realtime";

/** Whether all successful transactions, together with some of the indeterminate ones, satisfy the level. */
export function satisfies(
  model: TransactionModel,
  level: TransactionLevel,
  transactions: readonly Transaction[],
): boolean {
  const order: Order = level.startsWith("strong-session")
    ? "session"
    : level.startsWith("str")
      ? "realtime"
      : "none";
  const ok = transactions.filter(({ outcome }) => outcome === "ok");
  const info = transactions.filter(({ outcome }) => outcome === "info");
  for (const some of subsets(info)) {
    const happened = [...ok, ...some];
    const before = (a: Transaction, b: Transaction): boolean =>
      a.outcome === "ok" &&
      ((order === "session" && a.process === b.process && a.returnUs <= b.invokeUs) ||
        (order === "realtime" &&
          (a.returnUs < b.invokeUs || (a.process === b.process && a.returnUs <= b.invokeUs))));
    const world: World = { model, happened, before };
    if (level.endsWith("serializable") ? isSerializable(world) : false) return true;
    if (level.endsWith("snapshot-isolation") ? isSnapshot(world) : false) return true;
    if (level.endsWith("read-atomic") ? isAtomic(world) : false) return true;
    if (level.endsWith("read-committed") ? isCommitted(world) : false) return true;
  }
  return false;
}

interface World {
  readonly model: TransactionModel;
  readonly happened: readonly Transaction[];
  readonly before: (a: Transaction, b: Transaction) => boolean;
}

/** The state after a transaction. Null if one of its reads returned something else than the state has. */
function execute(model: TransactionModel, from: Store, one: Transaction): Store | null {
  const store = new Map(from);
  const initial = model === "list-append" ? [] : null;
  for (const micro of one.micro) {
    const now = store.get(micro.key) ?? initial;
    if (micro.f === "w")
      store.set(
        micro.key,
        model === "list-append" ? [...(now as readonly string[]), micro.value] : micro.value,
      );
    else if (
      one.outcome === "ok" &&
      micro.value !== undefined &&
      !equal(micro.value ?? initial, now)
    )
      return null;
  }
  return store;
}

const equal = (a: Value, b: Value): boolean => JSON.stringify(a) === JSON.stringify(b);

function isSerializable({ model, happened, before }: World): boolean {
  const go = (store: Store, rest: readonly Transaction[]): boolean =>
    rest.length === 0 ||
    rest.some((one) => {
      if (rest.some((other) => other !== one && before(other, one))) return false;
      const next = execute(model, store, one);
      return (
        next !== null &&
        go(
          next,
          rest.filter((other) => other !== one),
        )
      );
    });
  return go(new Map(), happened);
}

/**
 * Whether the transactions satisfy snapshot isolation: each one reads the state at its start, and of two overlapping
 * ones that write the same key, only one commits.
 */
function isSnapshot({ model, happened, before }: World): boolean {
  interface Running {
    readonly one: Transaction;
    readonly from: Store;
  }
  const keysOf = (one: Transaction): string[] =>
    one.micro.filter(({ f }) => f === "w").map(({ key }) => key);
  const go = (
    store: Store,
    waiting: readonly Transaction[],
    running: readonly Running[],
  ): boolean => {
    if (waiting.length === 0 && running.length === 0) return true;
    for (const one of waiting) {
      const uncommitted = [...waiting, ...running.map((r) => r.one)];
      if (uncommitted.some((other) => other !== one && before(other, one))) continue;
      if (execute(model, store, one) === null) continue;
      const rest = waiting.filter((other) => other !== one);
      if (go(store, rest, [...running, { one, from: store }])) return true;
    }
    for (const { one, from } of running) {
      if (keysOf(one).some((key) => store.get(key) !== from.get(key))) continue;
      const after = execute(model, from, one) as Store;
      const next = new Map(store);
      for (const key of keysOf(one)) next.set(key, after.get(key) as Value);
      const rest = running.filter((other) => other.one !== one);
      if (go(next, waiting, rest)) return true;
    }
    return false;
  };
  return go(new Map(), happened, []);
}

/**
 * Whether the transactions satisfy read atomicity by Cerone, Bernardi and Gotsman: there is a total arbitration order
 * and, for each transaction, a set of earlier ones that it sees (axioms INT and EXT).
 */
function isAtomic({ model, happened, before }: World): boolean {
  return permutations(happened).some((arbitration) => {
    const isOrdered = arbitration.every((one, i) =>
      arbitration.slice(i + 1).every((later) => !before(later, one)),
    );
    if (!isOrdered) return false;
    // The state after each transaction, in the arbitration order.
    let store: Store = new Map();
    const after = arbitration.map((one) => (store = executeBlindly(model, store, one)));
    // A version of a list contains all appends so far. So a transaction that reads its own append also reads the
    // appends before it.
    const isPrefix = (micro: MicroOperation): boolean =>
      micro.f === "w" ||
      !Array.isArray(micro.value) ||
      micro.value.every((value, place) => (store.get(micro.key) as string[])?.[place] === value);
    return arbitration.every((one, i) => {
      if (one.outcome !== "ok") return true;
      if (!one.micro.every(isPrefix)) return false;
      return subsets(arbitration.slice(0, i)).some((seen) => {
        if (arbitration.slice(0, i).some((other) => before(other, one) && !seen.includes(other)))
          return false;
        const snapshot = new Map<string, Value>();
        for (const key of new Set(one.micro.map((micro) => micro.key))) {
          const last = seen.findLast((other) =>
            other.micro.some((micro) => micro.f === "w" && micro.key === key),
          );
          if (last !== undefined)
            snapshot.set(key, after[arbitration.indexOf(last)]?.get(key) as Value);
        }
        return execute(model, snapshot, one) !== null;
      });
    });
  });
}

function executeBlindly(model: TransactionModel, store: Store, one: Transaction): Store {
  return execute(model, store, { ...one, outcome: "info" }) as Store;
}

/** Whether the transactions satisfy Adya's PL-2: some order of each key's versions has no G0, G1a, G1b or G1c. */
function isCommitted({ model, happened, before }: World): boolean {
  const keys = [...new Set(happened.flatMap(({ micro }) => micro.map(({ key }) => key)))];
  const orders = keys.map((key) => permutations(writesOf(happened, key)));
  return product(orders).some((chosen) => {
    const edges = new Map<Transaction, Set<Transaction>>();
    const link = (a: Transaction, b: Transaction): void => {
      if (a !== b) edges.set(a, (edges.get(a) ?? new Set()).add(b));
    };
    for (const a of happened) for (const b of happened) if (before(a, b)) link(a, b);
    const isRead = chosen.every((order, k) => {
      const key = keys[k] as string;
      for (const [i, { one }] of order.entries())
        for (const b of order.slice(i + 1)) link(one, b.one);
      return happened.every((one) => {
        const own = order.filter((write) => write.one === one).map(({ at }) => at);
        if (own.some((at, i) => i > 0 && at < (own[i - 1] as number))) return false;
        return one.outcome !== "ok" || readsFrom({ model, one, key, order }, link);
      });
    });
    return isRead && isAcyclic(happened, edges);
  });
}

interface Written {
  readonly one: Transaction;
  /** The index of the step that writes. */
  readonly at: number;
  readonly value: string;
}

const writesOf = (happened: readonly Transaction[], key: string): Written[] =>
  happened.flatMap((one) =>
    one.micro.flatMap((micro, at) =>
      micro.f === "w" && micro.key === key ? [{ one, at, value: micro.value }] : [],
    ),
  );

/**
 * Whether a transaction's reads of a key fit an order of the key's versions. Adds an edge to the transaction from each
 * one whose write it read.
 */
function readsFrom(
  {
    model,
    one,
    key,
    order,
  }: {
    readonly model: TransactionModel;
    readonly one: Transaction;
    readonly key: string;
    readonly order: readonly Written[];
  },
  link: (a: Transaction, b: Transaction) => void,
): boolean {
  return one.micro.every((micro, at) => {
    if (micro.f !== "r" || micro.key !== key || micro.value === undefined) return true;
    const { value } = micro;
    const shown = typeof value === "string" ? [value] : (value ?? []);
    const isPrefix = shown.every((each, i) => order[i]?.value === each);
    if (model === "list-append" && !isPrefix) return false;
    const isLater = order.some(
      (write) => write.one === one && write.at > at && shown.includes(write.value),
    );
    if (isLater) return false;
    const last = shown.at(-1);
    if (last === undefined) return true;
    const from = order.find((write) => write.value === last);
    if (from === undefined) return false;
    if (from.one === one) return true;
    if (order.some((write) => write.one === from.one && write.at > from.at)) return false;
    link(from.one, one);
    return true;
  });
}

function isAcyclic<T>(nodes: readonly T[], edges: ReadonlyMap<T, ReadonlySet<T>>): boolean {
  let rest = [...nodes];
  for (;;) {
    const free = rest.filter((node) => !rest.some((other) => edges.get(other)?.has(node)));
    if (free.length === 0) return rest.length === 0;
    rest = rest.filter((node) => !free.includes(node));
  }
}

function permutations<T>(items: readonly T[]): T[][] {
  return items.length === 0
    ? [[]]
    : items.flatMap((item, i) =>
        permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
      );
}

function subsets<T>(items: readonly T[]): T[][] {
  return items.reduce<T[][]>((all, item) => [...all, ...all.map((one) => [...one, item])], [[]]);
}

function product<T>(choices: readonly (readonly T[])[]): T[][] {
  return choices.reduce<T[][]>(
    (all, some) => all.flatMap((one) => some.map((item) => [...one, item])),
    [[]],
  );
}
