/** Derives the order of transactions on lists. Each read of a list shows the whole history of its key until then. */
import { type Dependencies, edge } from "./dependencies.ts";
import { lastOf } from "./transaction-words.ts";
import { outcomes, step, type TransactionColumns } from "./transaction-table.ts";
import type { ListOrders } from "./list-orders.ts";
import type { Writers } from "./writers.ts";

/**
 * Adds the edges ww, wr and rw of lists. An element that no read shows comes after all elements that reads show (Elle,
 * section 4.2.3).
 */
export function addListDependencies(
  dependencies: Dependencies,
  columns: TransactionColumns,
  { writer }: Writers,
  orders: ListOrders,
): void {
  const next = nextWritten(orders, writer);
  const atTheEnd: number[][] = columns.keys.map(() => []);
  addReads(dependencies, { columns, writer, orders, next, atTheEnd });
  for (const [key, elements] of orders.order.entries()) {
    let before = -1;
    for (const after of elements) {
      const to = writer[after] as number;
      if (to < 0) continue;
      const from = before < 0 ? to : (writer[before] as number);
      if (from !== to) dependencies.edge(from, to, edge.ww, { key, before, after });
      before = after;
    }
    const tail = [
      ...new Set((orders.tail[key] ?? []).map((version) => writer[version] as number)),
    ].filter((t) => t >= 0);
    const from = before < 0 ? -1 : (writer[before] as number);
    for (const to of tail)
      if (from >= 0 && to !== from) dependencies.edge(from, to, edge.ww, { key, before });
    dependencies.toAllOthers(atTheEnd[key] ?? [], tail, edge.rw, {
      key,
      before: elements.at(-1) ?? -1,
    });
  }
}

/**
 * For each element (`ofElement`), the next element of its list that a transaction which may have happened wrote. For
 * each key (`ofEmpty`), the first such element. −1: there is none.
 */
function nextWritten(
  { order }: ListOrders,
  writer: Int32Array,
): { readonly ofElement: Int32Array; readonly ofEmpty: Int32Array } {
  const ofElement = new Int32Array(writer.length).fill(-1);
  const ofEmpty = new Int32Array(order.length).fill(-1);
  for (const [key, elements] of order.entries()) {
    let next = -1;
    for (let i = elements.length - 1; i >= 0; i--) {
      const element = elements[i] as number;
      ofElement[element] = next;
      if ((writer[element] as number) >= 0) next = element;
    }
    ofEmpty[key] = next;
  }
  return { ofElement, ofEmpty };
}

function addReads(
  dependencies: Dependencies,
  {
    columns,
    writer,
    orders,
    next,
    atTheEnd,
  }: {
    readonly columns: TransactionColumns;
    readonly writer: Int32Array;
    readonly orders: ListOrders;
    readonly next: { readonly ofElement: Int32Array; readonly ofEmpty: Int32Array };
    /** For each key, collects the transactions that read the list up to its last known element. */
    readonly atTheEnd: number[][];
  },
): void {
  const { size, firstStep, kind, key, outcome } = columns;
  for (let t = 0; t < size; t++) {
    if (outcome[t] !== outcomes.ok) continue;
    for (let at = firstStep[t] as number; at < (firstStep[t + 1] as number); at++) {
      if (kind[at] !== step.read) continue;
      const of = key[at] as number;
      const before = lastOf(columns, at);
      const from = before < 0 ? -1 : (writer[before] as number);
      if (from >= 0 && from !== t)
        dependencies.edge(from, t, edge.wr, { key: of, before, after: before });
      if (orders.isIncompatible[at] === 1) continue;
      const after = (before < 0 ? next.ofEmpty[of] : next.ofElement[before]) as number;
      if (after < 0) {
        const ended = atTheEnd[of] as number[];
        if (ended.at(-1) !== t) ended.push(t);
      } else if (writer[after] !== t)
        dependencies.edge(t, writer[after] as number, edge.rw, { key: of, before, after });
    }
  }
}
