/**
 * Computes the causal order over all keys. CO is the smallest order that contains the order of each session (PO) and
 * puts each write before its reads (WR). Operations are numbered. The clock of an operation says, for each session, how
 * many operations of that session are the operation itself or come before it in CO.
 */

/**
 * All operations as columns, by operation number. The operations of a session have ascending numbers in the session's
 * order.
 */
export interface CodedSessions {
  readonly sessions: number;
  readonly session: Int32Array;
  /** The position of the operation in its session, from 0. */
  readonly position: Int32Array;
  readonly key: Int32Array;
  /**
   * For a write: its own number. For a read: the number of the write that it returned, or `initial` or `unknownWriter`.
   */
  readonly from: Int32Array;
}

/** In `CodedSessions.from`: the read returned the initial value. */
export const initial = -1;
/**
 * In `CodedSessions.from`: it is unknown what the read showed, or what it showed was never written or only by a write
 * that failed. The read counts only in its session's order.
 */
export const unknownWriter = -2;

export const isWrite = ({ from }: CodedSessions, operation: number): boolean =>
  from[operation] === operation;

export type CausalOrder =
  | {
      readonly found: "order";
      readonly clocks: Int32Array;
      precedes(a: number, b: number): boolean;
    }
  /**
   * No causal order exists (CyclicCO): each operation of `cycle` comes before the next one in its session, or is the
   * write that the next one read. The same holds for the last one and the first.
   */
  | { readonly found: "cycle"; readonly cycle: readonly number[] };

/**
 * Computes the clocks of all operations, or finds a cycle. Takes time in proportion to operations × sessions, and four
 * bytes of memory for each pair of an operation and a session. `graph` must be graphOf(coded).
 */
export function causalOrder(coded: CodedSessions, graph: Graph): CausalOrder {
  const { sessions, session, position } = coded;
  const sorted = topological(graph);
  if (sorted.length < session.length) return { found: "cycle", cycle: someCycle(graph, sorted) };
  const clocks = new Int32Array(session.length * sessions);
  for (const operation of sorted) {
    const row = operation * sessions;
    for (const before of graph.before(operation))
      for (let s = 0; s < sessions; s++)
        clocks[row + s] = Math.max(
          clocks[row + s] as number,
          clocks[before * sessions + s] as number,
        );
    clocks[row + (session[operation] as number)] = (position[operation] as number) + 1;
  }
  const precedes = (a: number, b: number): boolean =>
    a !== b && (clocks[b * sessions + (session[a] as number)] as number) > (position[a] as number);
  return { found: "order", clocks, precedes };
}

export interface Graph {
  readonly size: number;
  before(operation: number): readonly number[];
}

/**
 * The graph with an edge from each operation to the next one of its session (PO), from each write to its reads (WR),
 * and the edges of `more`, which are pairs [from, to].
 */
export function graphOf(
  { session, from }: CodedSessions,
  more: readonly (readonly [number, number])[] = [],
): Graph {
  const previous = new Int32Array(session.length).fill(-1);
  const last = new Map<number, number>();
  for (let operation = 0; operation < session.length; operation++) {
    const of = session[operation] as number;
    previous[operation] = last.get(of) ?? -1;
    last.set(of, operation);
  }
  const others = new Map<number, number[]>();
  for (const [a, b] of more) others.set(b, [...(others.get(b) ?? []), a]);
  return {
    size: session.length,
    before(operation) {
      const before = [...(others.get(operation) ?? [])];
      const po = previous[operation] as number;
      const writer = from[operation] as number;
      if (po >= 0) before.push(po);
      if (writer >= 0 && writer !== operation) before.push(writer);
      return before;
    },
  };
}

/** A topological order of the operations (A. B. Kahn, CACM 1962). Operations on a cycle or after one are left out. */
export function topological(graph: Graph): Int32Array {
  const waits = new Int32Array(graph.size);
  const after: number[][] = Array.from({ length: graph.size }, () => []);
  for (let operation = 0; operation < graph.size; operation++) {
    for (const before of graph.before(operation)) {
      waits[operation] = (waits[operation] as number) + 1;
      after[before]?.push(operation);
    }
  }
  const sorted = new Int32Array(graph.size);
  let count = 0;
  for (let operation = 0; operation < graph.size; operation++)
    if (waits[operation] === 0) sorted[count++] = operation;
  for (let next = 0; next < count; next++) {
    for (const behind of after[sorted[next] as number] ?? []) {
      waits[behind] = (waits[behind] as number) - 1;
      if (waits[behind] === 0) sorted[count++] = behind;
    }
  }
  return sorted.subarray(0, count);
}

/**
 * A cycle among the operations that are not in `sorted`. Each of these has a predecessor that is not in `sorted`
 * either, so a walk from predecessor to predecessor must come back to an operation.
 */
export function someCycle(graph: Graph, sorted: Int32Array): number[] {
  const done = new Set(sorted);
  const seen = new Map<number, number>();
  const walk: number[] = [];
  let at = 0;
  while (done.has(at)) at++;
  while (!seen.has(at)) {
    seen.set(at, walk.length);
    walk.push(at);
    at = graph.before(at).find((before) => !done.has(before)) as number;
  }
  return walk.slice(seen.get(at)).reverse();
}
