/**
 * Infers more of the order of registers' versions from all that is known, until nothing new follows: if the writer of v reaches the
 * writer of u, or a reader of u, then v is before u (the polygraphs of C. Papadimitriou, J. ACM 1979, pruned as in Cobra, OSDI 2020).
 * Costs the square of the number of transactions, so it is for histories of some thousand.
 */
import { bitOf, type Digraph, pass } from "../numbers/digraph.ts";
import { type Dependencies, edge } from "./dependencies.ts";
import type { RegisterVersions } from "./register-dependencies.ts";

/** Above this many bytes nothing is inferred. */
const bytesAllowed = 64 * 1024 * 1024;

/** @param types Bits of the edges that order two transactions under the level. */
export function saturate(
  dependencies: Dependencies,
  versions: RegisterVersions,
  types: number,
): void {
  const known = new Set<number>();
  const count = versions.columns.values.length;
  for (;;) {
    const reach = Reach.of(dependencies.graph(), versions.columns.size, types);
    if (reach === null) return;
    let isNew = false;
    for (const [key, of] of versions.versions.entries()) {
      for (const before of of) {
        for (const after of of) {
          if (before === after || known.has(before * count + after)) continue;
          const from = versions.writerOf(before);
          const to = versions.writerOf(after);
          const isWritten = reach.has(from, to);
          const then = isWritten
            ? to
            : versions.readers[after]?.find((reader) => reach.has(from, reader));
          if (then === undefined) continue;
          known.add(before * count + after);
          isNew = true;
          const evidence = { key, before, after, known: from, then };
          if (!isWritten) dependencies.edge(from, to, edge.inferred, evidence);
          for (const reader of versions.readers[before] ?? [])
            if (reader !== to) dependencies.edge(reader, to, edge.rw, evidence);
        }
      }
    }
    if (!isNew) return;
  }
}

/** Which transactions lead to which. */
class Reach {
  readonly #words: number;
  readonly #rows: Int32Array;

  private constructor(words: number, rows: Int32Array) {
    this.#words = words;
    this.#rows = rows;
  }

  /** null: there is a cycle, or too much to remember. */
  static of(graph: Digraph, transactions: number, types: number): Reach | null {
    const words = (transactions + 31) >>> 5;
    if (graph.size * words * 4 > bytesAllowed) return null;
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

/** All nodes, each behind those that lead to it; null: there is a cycle. */
export function topological(graph: Digraph, types: number): Int32Array | null {
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

/** Edges by which a level orders the transactions themselves, anti-dependencies left out. */
export const ordering =
  bitOf(edge.ww) |
  bitOf(edge.wr) |
  bitOf(edge.inferred) |
  bitOf(edge.session) |
  bitOf(edge.realtime);
