/**
 * read-your-writes and monotonic-reads for plain values. Without versions, only real time and the sessions' own reads
 * show which write is newer. The guarantee holds if some order of each key's writes respects real time (within the
 * clock skew, if clocks order writes) and puts each later operation of a session at or after the earlier one. That is
 * so unless these demands form a cycle.
 */
import { isFail, isOk, isRead } from "../columnar/operation-table.ts";
import { countUpTo } from "../numbers/order.ts";
import { slackUsOf } from "../model/slack.ts";
import type { Model } from "../model/model.ts";

/** The state before every write. */
export const initialWrite = -1;
/** A read that may show one of several states. */
export const unknownWrite = -2;

/**
 * A session saw (or wrote) `from`, then `to`: rows of writes, or `initialWrite`. Also contains the rows of both
 * operations.
 */
export interface Demand {
  readonly from: number;
  readonly to: number;
  readonly earlier: number;
  readonly later: number;
}

/**
 * The row of the write that an operation made or, for a read, shows. `initialWrite` or `unknownWrite` if a read shows
 * no certain write.
 * @param mayBeDeleted Whether a delete of the key may have taken effect by then.
 */
export function writeShown(
  model: Model,
  row: number,
  mayBeDeleted: (key: number, byUs: number) => boolean,
): number {
  const { table, authors } = model.columns;
  if (table.f[row] !== isRead) return row;
  const key = table.key[row] as number;
  const at = table.firstVersion[row] as number;
  const size = table.versionCount[row] as number;
  if (size === 0 || (size === 1 && (table.versionValue[at] as number) < 0)) {
    return mayBeDeleted(key, table.endUs[row] as number) ? unknownWrite : initialWrite;
  }
  if (size > 1) return unknownWrite;
  const writer = authors.of(table.version[at] as number, table.versionValue[at] as number);
  return writer < 0 || table.outcome[writer] === isFail ? unknownWrite : writer;
}

/** Some contradicting demands: single ones that contradict real time or, if there are none, those of one cycle. */
export function contradictions(
  model: Model,
  key: number,
  demands: readonly Demand[],
): readonly (readonly Demand[])[] {
  const { table, rows, views } = model.columns;
  const acknowledged = Array.from(rows.of(key))
    .filter((row) => table.f[row] !== isRead && table.outcome[row] === isOk)
    .map((row) => views.at(row));
  const slackUs = slackUsOf(model, table.keys.textOf(key), acknowledged);
  const precedes = (a: number, b: number): boolean =>
    b !== initialWrite &&
    (a === initialWrite ||
      (table.outcome[a] === isOk &&
        slackUs !== Infinity &&
        (table.endUs[a] as number) + slackUs < (table.startUs[b] as number)));
  const alone = demands.filter(({ from, to }) => from !== to && precedes(to, from));
  if (alone.length > 0) return alone.map((demand) => [demand]);
  // Demands that follow from real time add nothing to the order.
  const open = demands.filter(({ from, to }) => from !== to && !precedes(from, to));
  if (open.length < 2) return [];
  const found = circle(
    open,
    (row) => table.startUs[row] as number,
    (row) => (table.outcome[row] === isOk ? (table.endUs[row] as number) + slackUs : Infinity),
  );
  return found.length === 0 ? [] : [found];
}

/**
 * The demands of one cycle through these and real time. Empty: there is none. Real time is a chain of points, one at
 * the start of each write: a write leads to the first point after its end, and each point to the next one and to its
 * write. So this takes O(n log n), however many pairs of writes real time orders.
 */
function circle(
  open: readonly Demand[],
  startOf: (row: number) => number,
  endOf: (row: number) => number,
): readonly Demand[] {
  const writes = [...new Set(open.flatMap(({ from, to }) => [from, to]))];
  writes.sort((a, b) => startOf(a) - startOf(b));
  const size = writes.length;
  const starts = Float64Array.from(writes, startOf);
  const numberOf = new Map(writes.map((row, number) => [row, number]));
  // Nodes 0 … size − 1 are writes, the others points in time.
  const successors = Array.from({ length: 2 * size }, (_, node): Step[] => {
    if (node < size) {
      const after = countUpTo(starts, endOf(writes[node] as number));
      return after < size ? [{ to: size + after }] : [];
    }
    const own = { to: node - size };
    return node + 1 < 2 * size ? [own, { to: node + 1 }] : [own];
  });
  for (const by of open)
    successors[numberOf.get(by.from) ?? 0]?.push({ to: numberOf.get(by.to) ?? 0, by });
  const isUnseen = 0;
  const isOnPath = 1;
  const isDone = 2;
  const state = new Uint8Array(2 * size);
  for (let start = 0; start < 2 * size; start++) {
    if (state[start] !== isUnseen) continue;
    const path: { readonly node: number; readonly by: Demand | undefined; next: number }[] = [
      { node: start, by: undefined, next: 0 },
    ];
    state[start] = isOnPath;
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const step = successors[top.node]?.[top.next++];
      if (step === undefined) {
        state[top.node] = isDone;
        path.pop();
      } else if (state[step.to] === isOnPath) {
        const from = path.findIndex(({ node }) => node === step.to);
        return [...path.slice(from + 1).map(({ by }) => by), step.by].filter(
          (by) => by !== undefined,
        );
      } else if (state[step.to] === isUnseen) {
        state[step.to] = isOnPath;
        path.push({ node: step.to, by: step.by, next: 0 });
      }
    }
  }
  return [];
}

interface Step {
  readonly to: number;
  readonly by?: Demand;
}
