/**
 * Finds what contradicts read-your-writes and monotonic-reads for values without versions. Which of two writes is newer
 * is known only from real time and from what sessions read. Real time orders two writes if one ended before the other
 * began (by more than stamps may deviate from real time, see slack.ts). A session demands that what a later operation
 * shows or writes is not older than what an earlier one showed or wrote. The guarantee holds if some order of each
 * key's writes fits real time and all demands. Such an order exists unless real time and demands form a cycle.
 */
import { isFail, isOk, isRead } from "../columnar/operation-table.ts";
import { countUpTo } from "../numbers/order.ts";
import { slackUsOf } from "../model/slack.ts";
import type { Model } from "../model/model.ts";

/** The state of a key before every write. */
export const initialWrite = -1;
/** It is unknown which write a read shows. */
export const unknownWrite = -2;

/**
 * A demand of one session: it saw or wrote `from` with the operation `earlier`, and then saw or wrote `to` with
 * `later`. All four are rows of the operation table, but `from` and `to` may also be `initialWrite`.
 */
export interface Demand {
  readonly from: number;
  readonly to: number;
  readonly earlier: number;
  readonly later: number;
}

/**
 * The row of the write that an operation made or that a read shows. `initialWrite`: the read shows the state before
 * every write. `unknownWrite`: it is not certain which write the read shows.
 * @param mayBeDeleted Whether a delete of the key may have taken effect by the time `byUs`.
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

/**
 * Lists of demands that cannot all be met. If real time contradicts single demands, each of these is a list of its own.
 * Otherwise the demands of one cycle are the only list. Empty: all demands can be met.
 */
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
  // A demand that real time meets anyway adds nothing to the order.
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
 * The demands on one cycle that these demands and real time form. Empty: there is no cycle.
 *
 * Real time is a chain of points, one at the start of each write. An edge leads from each write to the first point
 * after the write's end, from each point to the next one, and from each point to its write. This takes O(n log n),
 * however many pairs of writes real time orders.
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
  // Nodes 0 to size − 1 are writes. The other nodes are the points in time.
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
