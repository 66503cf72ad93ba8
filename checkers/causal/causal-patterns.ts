/**
 * Finds the bad patterns of causal consistency (Bouajjani, Enea, Guerraoui and Hamza, "On Verifying Causal
 * Consistency", POPL 2017), for values that are written once. A history is causally consistent (CC) if it has no
 * CyclicCO, ThinAirRead, WriteCOInitRead or WriteCORead. It is causally convergent (CCv) if it has no CyclicCF either.
 */
import {
  type CausalOrder,
  type CodedSessions,
  graphOf,
  initial,
  isWrite,
  someCycle,
  topological,
} from "./causal-order.ts";

type Order = Extract<CausalOrder, { readonly found: "order" }>;

export type BadRead =
  /** The read returned the initial value although a write of the key comes causally before the read. */
  | { readonly pattern: "WriteCOInitRead"; readonly read: number; readonly write: number }
  /**
   * The read returned `older` although `newer`, a write of the same key, comes causally after `older` and before the
   * read.
   */
  | {
      readonly pattern: "WriteCORead";
      readonly read: number;
      readonly older: number;
      readonly newer: number;
    };

/**
 * A conflict (CF) between two writes of a key: `earlier` must come before `later` in any order of writes on which all
 * clients agree, since `read` returned `later` and comes causally after `earlier`.
 */
export interface Conflict {
  readonly earlier: number;
  readonly later: number;
  readonly read: number;
}

/** All reads with the pattern WriteCOInitRead or WriteCORead, each once. Takes O(reads × sessions × log writes). */
export function badReads(coded: CodedSessions, order: Order): BadRead[] {
  const found: BadRead[] = [];
  eachRead(coded, order, (read, from, write) => {
    if (from === initial) found.push({ pattern: "WriteCOInitRead", read, write });
    else if (order.precedes(from, write))
      found.push({ pattern: "WriteCORead", read, older: from, newer: write });
    else return true;
    return false;
  });
  return found;
}

/**
 * The conflicts between the write that a read returned and other writes of the key that come before the read. Of each
 * session only its last such write is used, since the session's earlier writes come before that one.
 */
export function conflicts(coded: CodedSessions, order: Order): Conflict[] {
  const found: Conflict[] = [];
  eachRead(coded, order, (read, from, write) => {
    if (from !== initial && !order.precedes(write, from))
      found.push({ earlier: write, later: from, read });
    return true;
  });
  return found;
}

/** A cycle of conflicts and causes in which each operation must come before the next. Null: there is none. */
export function cyclicConflict(coded: CodedSessions, edges: readonly Conflict[]): number[] | null {
  const graph = graphOf(
    coded,
    edges.map(({ earlier, later }) => [earlier, later] as const),
  );
  const sorted = topological(graph);
  return sorted.length === graph.size ? null : someCycle(graph, sorted);
}

/**
 * Calls `visit` for each read of a known write or of the initial value, once for each session that has a write of the
 * key before the read. `write` is the last such write of the session. A write that the read returned is left out. If
 * `visit` returns false, the other sessions are skipped for this read.
 */
function eachRead(
  coded: CodedSessions,
  { clocks }: Order,
  visit: (read: number, from: number, write: number) => boolean,
): void {
  const { sessions, session, position, key, from } = coded;
  const writes = writesByKey(coded);
  for (let read = 0; read < session.length; read++) {
    const writer = from[read] as number;
    if (isWrite(coded, read) || writer < initial) continue;
    for (const [of, list] of writes.get(key[read] as number) ?? []) {
      const write = lastWithin(list, position, clocks[read * sessions + of] as number);
      if (write !== undefined && write !== writer && !visit(read, writer, write)) break;
    }
  }
}

/** For each key and each session, the session's writes of the key in order. */
function writesByKey(
  coded: CodedSessions,
): ReadonlyMap<number, ReadonlyMap<number, readonly number[]>> {
  const { session, key } = coded;
  const writes = new Map<number, Map<number, number[]>>();
  for (let write = 0; write < session.length; write++) {
    if (!isWrite(coded, write)) continue;
    const ofKey = writes.get(key[write] as number) ?? new Map<number, number[]>();
    writes.set(key[write] as number, ofKey);
    const list = ofKey.get(session[write] as number);
    if (list === undefined) ofKey.set(session[write] as number, [write]);
    else list.push(write);
  }
  return writes;
}

/** The last write of `list` whose position is below `limit`. Undefined: there is none. */
function lastWithin(
  list: readonly number[],
  position: Int32Array,
  limit: number,
): number | undefined {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((position[list[middle] as number] as number) < limit) low = middle + 1;
    else high = middle;
  }
  return list[low - 1];
}
