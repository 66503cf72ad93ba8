/**
 * Generates large histories in other tools' formats, with twenty clients or more. An operation that takes effect does
 * so at some time between its invocation and its completion.
 */

interface Asked {
  readonly f: string;
  readonly value: string;
}

interface Simulated {
  readonly operations: number;
  readonly clients: number;
  /** The percentage of operations whose outcome is unknown. About half of them take no effect. */
  readonly indeterminatePercent?: number;
  /** The request of operation number `n`. */
  readonly ask: (n: number) => Asked;
  /** Applies a request to the object, and returns the value with which it is answered. */
  readonly apply: (asked: Asked) => string;
  readonly line: (process: number, type: string, f: string, value: string) => string;
}

type Open = Asked & { answer?: string };

function* simulate(
  { operations, clients, indeterminatePercent = 0, ask, apply, line }: Simulated,
  below: (limit: number) => number,
): Iterable<string> {
  const processes = Array.from({ length: clients }, (_, client) => client);
  let next = clients;
  const open = new Map<number, Open>();
  for (let begun = 0; begun < operations || open.size > 0;) {
    const client = below(clients);
    const process = processes[client] as number;
    const one = open.get(client);
    if (one === undefined) {
      if (begun === operations) continue;
      const asked = ask(begun++);
      open.set(client, { ...asked });
      yield line(process, "invoke", asked.f, asked.value);
    } else if (one.answer !== undefined) {
      open.delete(client);
      yield line(process, "ok", one.f, one.answer);
    } else if (below(100) < indeterminatePercent) {
      if (below(2) === 0) apply(one);
      open.delete(client);
      processes[client] = next++;
      yield line(process, "info", one.f, one.value);
    } else one.answer = apply(one);
  }
}

function chance(): (limit: number) => number {
  let seed = 1;
  return (limit) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 4294967296) * limit);
  };
}

const edn = (process: number, type: string, f: string, value: string): string =>
  `{:process ${process}, :type :${type}, :f :${f}, :value ${value}}\n`;

/** Texts by key, with get, put and append, in the format of Porcupine's tests. */
export function porcupineText(operations: number, keys: number): Iterable<string> {
  const below = chance();
  const states = new Map<string, string>();
  return simulate(
    {
      operations,
      clients: 20,
      ask: (n) => {
        const key = below(keys);
        const kind = below(10);
        const f = kind < 4 ? "get" : kind < 7 ? "put" : "append";
        return { f, value: `:key "${key}", :value ${f === "get" ? "nil" : `"x${n};"`}` };
      },
      apply: ({ f, value }) => {
        const at = value.indexOf(", :value ");
        const key = value.slice(0, at);
        const text = value.slice(at + 9);
        const before = states.get(key) ?? '""';
        if (f === "put") states.set(key, text);
        if (f === "append") states.set(key, before.slice(0, -1) + text.slice(1));
        return f === "get" ? `${key}, :value ${before}` : value;
      },
      line: (process, type, f, value) =>
        `{:process ${process}, :type :${type}, :f :${f}, ${value}}\n`,
    },
    below,
  );
}

/** Registers by key in EDN. Each value is a pair of key and value, and each event has an index and a time. */
export function ednRegisters(operations: number, keys: number): Iterable<string> {
  const below = chance();
  const states = new Map<string, string>();
  let index = 0;
  return simulate(
    {
      operations,
      clients: 20,
      ask: (n) => {
        const isRead = below(2) === 0;
        return { f: isRead ? "read" : "write", value: `${below(keys)} ${isRead ? "nil" : n}` };
      },
      apply: ({ f, value }) => {
        const [key = "", written = ""] = value.split(" ");
        if (f === "write") states.set(key, written);
        return `${key} ${states.get(key) ?? "nil"}`;
      },
      line: (process, type, f, value) =>
        `{:index ${index}, :time ${1000 * index++}, :type :${type}, :process ${process}, :f :${f}, :value [${value}]}\n`,
    },
    below,
  );
}

/**
 * Transactions with one to four appends or reads of lists. No new operation uses a key after `appendsPerKey` appends to
 * it.
 */
export function listAppend(transactions: number, appendsPerKey: number): Iterable<string> {
  const below = chance();
  const lists = new Map<string, string[]>();
  const appended = new Map<number, number>();
  const keys = Array.from({ length: 10 }, (_, key) => key);
  let nextKey = keys.length;
  return simulate(
    {
      operations: transactions,
      clients: 20,
      indeterminatePercent: 10,
      ask: () => {
        const micros = Array.from({ length: 1 + below(4) }, () => {
          const slot = below(keys.length);
          const key = keys[slot] as number;
          if (below(2) === 0) return `[:r ${key} nil]`;
          const element = (appended.get(key) ?? 0) + 1;
          appended.set(key, element);
          if (element >= appendsPerKey) keys[slot] = nextKey++;
          return `[:append ${key} ${element}]`;
        });
        return { f: "txn", value: `[${micros.join(" ")}]` };
      },
      apply: ({ value }) =>
        value.replaceAll(
          /\[:(r|append) (\d+) (\w+)\]/g,
          (micro, kind: string, key: string, element: string) => {
            const list = lists.get(key) ?? [];
            lists.set(key, list);
            if (kind === "r") return `[:r ${key} [${list.join(" ")}]]`;
            list.push(element);
            return micro;
          },
        ),
      line: edn,
    },
    below,
  );
}

/** A set that only grows. After every `addsPerRead` adds, one operation reads the whole set. */
export function growingSet(adds: number, addsPerRead: number): Iterable<string> {
  const below = chance();
  const held: number[] = [];
  let added = 0;
  let text = "";
  let joined = 0;
  return simulate(
    {
      operations: adds + Math.floor(adds / addsPerRead),
      clients: 20,
      ask: (n) =>
        n % (addsPerRead + 1) === addsPerRead
          ? { f: "read", value: "nil" }
          : { f: "add", value: String(added++) },
      apply: ({ f, value }) => {
        if (f === "add") {
          held.push(Number(value));
          return value;
        }
        for (; joined < held.length; joined++) text += ` ${held[joined]}`;
        return `#{${text.slice(1)}}`;
      },
      line: edn,
    },
    below,
  );
}

/** Reads, writes and compare-and-set of five values on one key. */
export function compareAndSet(operations: number, clients: number): Iterable<string> {
  const below = chance();
  let state = "nil";
  return simulate(
    {
      operations,
      clients,
      indeterminatePercent: 10,
      ask: () => {
        const kind = below(10);
        if (kind < 3) return { f: "read", value: "nil" };
        if (kind < 6) return { f: "write", value: String(below(5)) };
        return { f: "cas", value: `[${below(5)} ${below(5)}]` };
      },
      apply: ({ f, value }) => {
        if (f === "read") return state;
        if (f === "write") state = value;
        else {
          const [old = "", now = ""] = value.slice(1, -1).split(" ");
          if (old !== state) return "failed";
          state = now;
        }
        return value;
      },
      line: (process, type, f, value) =>
        value === "failed"
          ? `{:process ${process}, :type :fail, :f :${f}, :value nil}\n`
          : edn(process, type, f, value),
    },
    below,
  );
}
