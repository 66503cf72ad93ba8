/**
 * Infers more of the order of registers' versions from known edges, window by window, until nothing new follows. If the
 * writer of v reaches the writer of u or a reader of u, then v is older than u (the polygraphs of C. Papadimitriou, J.
 * ACM 1979, pruned as in Cobra, OSDI 2020).
 *
 * Works on windows of transactions that began near each other, since reads and real time leave only their order open.
 * The cost is linear in the number of transactions. Each inferred edge is correct, but some that follow may be missed.
 */
import { addRealTime, bitOf, type Digraph, DigraphBuilder, pass } from "../numbers/digraph.ts";
import { type Dependencies, edge, type Evidence } from "./dependencies.ts";
import { orderOf } from "../numbers/order.ts";
import { outcomes } from "./transaction-table.ts";
import type { Order } from "./levels.ts";
import type { RegisterVersions } from "./register-dependencies.ts";

/** The number of transactions in a window. Each window shares half of them with the next one. */
const windowSize = 512;

/** The types of edges by which each level orders transactions, as bits. Anti-dependencies are not among them. */
export const ordering =
  bitOf(edge.ww) |
  bitOf(edge.wr) |
  bitOf(edge.inferred) |
  bitOf(edge.session) |
  bitOf(edge.realtime);

/**
 * Adds the edges that can be inferred to `dependencies`.
 * @param types The types of edges that order two transactions under the level, as bits.
 */
export function saturate(
  dependencies: Dependencies,
  versions: RegisterVersions,
  { types, order }: { readonly types: number; readonly order: Order },
): void {
  const { columns } = versions;
  const graph = dependencies.graph();
  const begun = orderOf(columns.invoke).filter((t) => columns.outcome[t] !== outcomes.fail);
  for (let from = 0; from < begun.length; from += windowSize / 2) {
    new Window(begun.subarray(from, from + windowSize), {
      dependencies,
      versions,
      graph,
      types,
      order,
    }).saturate();
    if (from + windowSize >= begun.length) break;
  }
}

class Window {
  readonly #transactions: Int32Array;
  readonly #dependencies: Dependencies;
  readonly #versions: RegisterVersions;
  readonly #types: number;
  readonly #builder: DigraphBuilder;
  /** For each transaction of the window, its index in the window. */
  readonly #places: ReadonlyMap<number, number>;
  /** The pairs of indices between which an anti-dependency was added, each as one number. */
  readonly #added = new Set<number>();

  constructor(
    transactions: Int32Array,
    {
      dependencies,
      versions,
      graph,
      types,
      order,
    }: {
      readonly dependencies: Dependencies;
      readonly versions: RegisterVersions;
      readonly graph: Digraph;
      readonly types: number;
      readonly order: Order;
    },
  ) {
    this.#transactions = transactions;
    this.#dependencies = dependencies;
    this.#versions = versions;
    this.#types = types;
    const places = new Map<number, number>();
    for (const t of transactions) places.set(t, places.size);
    this.#places = places;
    this.#builder = new DigraphBuilder(transactions.length);
    this.#copy(graph);
    if (order !== "realtime") return;
    const { invoke, end } = versions.columns;
    const times = {
      invoke: Float64Array.from(transactions, (t) => invoke[t] as number),
      end: Float64Array.from(transactions, (t) => end[t] as number),
    };
    addRealTime(this.#builder, times, edge.realtime);
  }

  /**
   * Copies the edges among the window's transactions and through pass-through nodes. Leaves out real time, whose chain
   * runs through the whole history.
   */
  #copy({ first, to, type }: Digraph): void {
    const nodes = new Map(this.#places);
    const queue = [...this.#transactions];
    const { size } = this.#versions.columns;
    for (let i = 0; i < queue.length; i++) {
      const node = queue[i] as number;
      const from = nodes.get(node) as number;
      for (let at = first[node] as number; at < (first[node + 1] as number); at++) {
        if (type[at] === edge.realtime) continue;
        const target = to[at] as number;
        let local = nodes.get(target);
        if (local === undefined) {
          if (target < size) continue;
          local = this.#builder.node();
          nodes.set(target, local);
          queue.push(target);
        }
        this.#builder.edge(from, local, type[at] as number);
      }
    }
  }

  saturate(): void {
    const mine = this.#versionsHere();
    for (let isNew = true; isNew;) {
      const reach = Reach.of(this.#builder.graph(), this.#transactions.length, this.#types);
      if (reach === null) return;
      isNew = false;
      for (const of of mine) if (this.#inferAll(reach, of)) isNew = true;
    }
  }

  /** Infers the order of each two versions of a key. Returns whether any added edge is new. */
  #inferAll(reach: Reach, of: readonly Here[]): boolean {
    let isNew = false;
    for (const before of of)
      for (const after of of)
        if (before !== after && this.#infer(reach, before, after)) isNew = true;
    return isNew;
  }

  /** For each key, the versions that transactions of the window wrote last to it. */
  #versionsHere(): Here[][] {
    const placesOf = (transactions: readonly number[]): number[] =>
      transactions.map((t) => this.#places.get(t) ?? -1).filter((place) => place >= 0);
    const byKey = new Map<number, Here[]>();
    for (const [place, t] of this.#transactions.entries())
      for (const { key, left } of this.#versions.touches[t] ?? []) {
        if (left === undefined || this.#versions.writerOf(left) !== t) continue;
        const of = byKey.get(key) ?? [];
        byKey.set(key, of);
        const readers = placesOf(this.#versions.readers[left] ?? []);
        of.push({ key, version: left, writer: place, readers });
      }
    return [...byKey.values()];
  }

  /**
   * If known edges prove that `before` is older than `after`, a version of the same key, adds the edges that follow.
   * Returns whether any of them is new.
   */
  #infer(reach: Reach, before: Here, after: Here): boolean {
    const isWritten = reach.has(before.writer, after.writer);
    const then = isWritten
      ? after.writer
      : after.readers.find((reader) => reach.has(before.writer, reader));
    if (then === undefined) return false;
    const evidence = {
      key: before.key,
      before: before.version,
      after: after.version,
      known: this.#transactions[before.writer] as number,
      then: this.#transactions[then] as number,
    };
    let isNew = !isWritten;
    if (isNew) this.#add(before.writer, after.writer, edge.inferred, evidence);
    for (const reader of before.readers) {
      if (reader === after.writer || reach.has(reader, after.writer)) continue;
      const pair = reader * this.#transactions.length + after.writer;
      if (this.#added.has(pair)) continue;
      this.#added.add(pair);
      this.#add(reader, after.writer, edge.rw, evidence);
      isNew = true;
    }
    return isNew;
  }

  #add(from: number, to: number, type: number, evidence: Evidence): void {
    const { [from]: a = -1, [to]: b = -1 } = this.#transactions;
    this.#dependencies.edge(a, b, type, evidence);
    this.#builder.edge(from, to, type);
  }
}

/** A version of a key. Its writer and its readers are indices in the window. */
interface Here {
  readonly key: number;
  readonly version: number;
  readonly writer: number;
  readonly readers: readonly number[];
}

/** For each transaction of a window, the set of transactions that it reaches. */
class Reach {
  readonly #words: number;
  readonly #rows: Int32Array;

  private constructor(words: number, rows: Int32Array) {
    this.#words = words;
    this.#rows = rows;
  }

  /**
   * Finds the transactions that each transaction reaches by edges of `types` and `pass`. Null: the graph has a cycle of
   * such edges.
   */
  static of(graph: Digraph, transactions: number, types: number): Reach | null {
    const words = (transactions + 31) >>> 5;
    const order = topological(graph, types);
    if (order === null) return null;
    const rows = new Int32Array(graph.size * words);
    for (let i = order.length - 1; i >= 0; i--) {
      const node = order[i] as number;
      const row = node * words;
      for (let at = graph.first[node] as number; at < (graph.first[node + 1] as number); at++) {
        if (!isUsed(graph, at, types)) continue;
        const to = graph.to[at] as number;
        for (let word = 0; word < words; word++)
          rows[row + word] = (rows[row + word] as number) | (rows[to * words + word] as number);
        if (to < transactions)
          rows[row + (to >>> 5)] = (rows[row + (to >>> 5)] as number) | (1 << (to & 31));
      }
    }
    return new Reach(words, rows);
  }

  has(from: number, to: number): boolean {
    return (((this.#rows[from * this.#words + (to >>> 5)] as number) >>> (to & 31)) & 1) === 1;
  }
}

const isUsed = ({ type }: Digraph, at: number, types: number): boolean =>
  type[at] === pass || ((types >>> (type[at] as number)) & 1) === 1;

/** All nodes in a topological order of the edges of `types` and `pass`. Null: these edges form a cycle. */
function topological(graph: Digraph, types: number): Int32Array | null {
  const { size, first, to } = graph;
  const waits = new Int32Array(size);
  for (let at = 0; at < to.length; at++)
    if (isUsed(graph, at, types)) waits[to[at] as number] = (waits[to[at] as number] as number) + 1;
  const order = new Int32Array(size);
  let count = 0;
  for (let node = 0; node < size; node++) if (waits[node] === 0) order[count++] = node;
  for (let next = 0; next < count; next++) {
    const node = order[next] as number;
    for (let at = first[node] as number; at < (first[node + 1] as number); at++) {
      if (!isUsed(graph, at, types)) continue;
      const target = to[at] as number;
      waits[target] = (waits[target] as number) - 1;
      if (waits[target] === 0) order[count++] = target;
    }
  }
  return count === size ? order : null;
}
