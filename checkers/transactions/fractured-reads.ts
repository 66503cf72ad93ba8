/**
 * Finds fractured reads of lists: a transaction saw one write of another transaction, but missed that transaction's
 * write of another key. If sessions or real time count, a read that missed an earlier transaction's write is one too.
 * Read atomic forbids them. With registers, they show as cycles of inferred orders.
 */
import { edge, precedes, sessionsOf } from "./dependencies.ts";
import { outcomes, step, type TransactionColumns } from "./transaction-table.ts";
import type { ListOrders } from "./list-orders.ts";
import type { Order } from "./levels.ts";
import type { Writers } from "./writers.ts";

export interface FracturedRead {
  readonly reader: number;
  /** The step that read the key and missed the write. */
  readonly at: number;
  /** The transaction whose write the reader should have seen. */
  readonly writer: number;
  /** The element of the list that the reader missed. */
  readonly missed: number;
  /**
   * The type of the edge that proves that the reader should have seen the write. `wr`: the reader saw something else
   * that the writer wrote. `session` or `realtime`: the writer came before the reader.
   */
  readonly because: number;
  /** If `because` is `wr`: the element of the writer that the reader saw. Otherwise −1. */
  readonly saw: number;
}

export function* fracturedReads(
  columns: TransactionColumns,
  { writer, isIntermediate }: Writers,
  orders: ListOrders,
  order: Order,
): Generator<FracturedRead> {
  const { size, firstStep, kind, key, version, length, read, outcome } = columns;
  const end = (t: number): number => firstStep[t + 1] as number;
  /** The position of an element in its list. Infinity: no read shows the element, so it comes last. */
  const placeOf = (element: number): number => {
    const place = orders.place[element] as number;
    return place < 0 ? Infinity : place;
  };
  /** The last element of a read that the reading transaction did not append itself. −1: there is none. */
  const foundAt = (t: number, at: number): number => {
    const from = version[at] as number;
    let last = from + (length[at] as number) - 1;
    while (last >= from && writer[read[last] as number] === t) last--;
    return last < from ? -1 : (read[last] as number);
  };
  const misses = (t: number, at: number, element: number): boolean => {
    const last = foundAt(t, at);
    return placeOf(element) > (last < 0 ? -1 : placeOf(last));
  };
  /** For each key, the step of the transaction's first read of it. */
  const readsOf = (t: number): Map<number, number> => {
    const first = new Map<number, number>();
    for (let at = firstStep[t] as number; at < end(t); at++)
      if (kind[at] === step.read && !first.has(key[at] as number)) first.set(key[at] as number, at);
    return first;
  };
  const sessionWrites = order === "none" ? null : lastWrites(columns);
  const ended = order === "realtime" ? endedWrites(columns, writer, placeOf) : null;
  for (let t = 0; t < size; t++) {
    if (outcome[t] !== outcomes.ok) continue;
    const reads = readsOf(t);
    const sources = new Map<number, number>();
    for (const at of reads.values()) {
      const last = foundAt(t, at);
      const from = last < 0 ? -1 : (writer[last] as number);
      if (from >= 0 && from !== t) sources.set(from, last);
    }
    for (const [from, saw] of sources) {
      for (let wrote = firstStep[from] as number; wrote < end(from); wrote++) {
        const missed = version[wrote] as number;
        const at = reads.get(key[wrote] as number);
        if (kind[wrote] !== step.write || at === undefined || isIntermediate[missed] === 1)
          continue;
        if (misses(t, at, missed))
          yield { reader: t, at, writer: from, missed, because: edge.wr, saw };
      }
    }
    for (const [of, at] of reads) {
      const mine = sessionWrites?.[at] ?? -1;
      if (mine >= 0 && misses(t, at, mine))
        yield {
          reader: t,
          at,
          writer: writer[mine] as number,
          missed: mine,
          because: edge.session,
          saw: -1,
        };
      const latest = ended?.(of, columns.invoke[t] as number) ?? -1;
      if (latest >= 0 && misses(t, at, latest))
        yield {
          reader: t,
          at,
          writer: writer[latest] as number,
          missed: latest,
          because: edge.realtime,
          saw: -1,
        };
    }
  }
}

/**
 * For each step, the last element that earlier transactions of the session wrote to the step's key. −1: there is none.
 */
function lastWrites(columns: TransactionColumns): Int32Array {
  const { firstStep, kind, key, version, outcome } = columns;
  const known = new Int32Array(kind.length).fill(-1);
  for (const session of sessionsOf(columns)) {
    const last = new Map<number, number>();
    let before = -1;
    for (const t of session) {
      const from = firstStep[t] as number;
      const to = firstStep[t + 1] as number;
      if (before >= 0 && precedes(columns, before, t))
        for (let at = from; at < to; at++) known[at] = last.get(key[at] as number) ?? -1;
      if (outcome[t] !== outcomes.ok) continue;
      before = t;
      for (let at = from; at < to; at++)
        if (kind[at] === step.write) last.set(key[at] as number, version[at] as number);
    }
  }
  return known;
}

/**
 * Prepares a query: of the elements of a key whose writers had ended before a time, the one that comes last in the
 * list. The query returns −1 if there is none.
 */
function endedWrites(
  columns: TransactionColumns,
  writer: Int32Array,
  placeOf: (element: number) => number,
): (key: number, time: number) => number {
  const { end, keyOfVersion } = columns;
  const byKey: { readonly time: number; readonly element: number }[][] = columns.keys.map(() => []);
  for (let element = 0; element < writer.length; element++) {
    const by = writer[element] as number;
    const time = by < 0 ? Infinity : (end[by] as number);
    if (time < Infinity) byKey[keyOfVersion[element] as number]?.push({ time, element });
  }
  for (const writes of byKey) {
    writes.sort((a, b) => a.time - b.time);
    for (let i = 1; i < writes.length; i++) {
      const before = writes[i - 1] as { readonly element: number };
      const { time, element } = writes[i] as { readonly time: number; readonly element: number };
      if (placeOf(before.element) > placeOf(element)) writes[i] = { time, element: before.element };
    }
  }
  return (key, time) => {
    const writes = byKey[key] ?? [];
    let low = 0;
    let high = writes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((writes[middle]?.time ?? Infinity) < time) low = middle + 1;
      else high = middle;
    }
    return writes[low - 1]?.element ?? -1;
  };
}
