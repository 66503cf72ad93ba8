/** Computes facts about each element of a set in linear time. */
import { addToGroup } from "../numbers/groups.ts";
import { setKinds, setOutcomes, type SetColumns } from "./set-table.ts";

export interface SetFacts {
  readonly columns: SetColumns;
  /** Rows of reads that returned the whole set, by invocation. */
  readonly reads: readonly number[];
  /** By element: the row of its first add that may have happened, by invocation. −1: none. */
  readonly firstBegun: Int32Array;
  /** By element: when that add began. Infinity: none. */
  readonly begunAt: Float64Array;
  /** By element: the row of its first acknowledged add, by completion. −1: none. */
  readonly firstAcknowledged: Int32Array;
  /** By element: the row of its first failed add. −1: none. */
  readonly firstFailed: Int32Array;
  /** By element: the rows of its removes that may have happened. */
  readonly removes: ReadonlyMap<number, readonly number[]>;
  /** By element: the row of the first read to end that shows it after an add had begun. −1: none. */
  readonly firstShown: Int32Array;
  /** By element: the row of the last read to begin that shows it, and of the last that does not. −1: none. */
  readonly lastPresent: Int32Array;
  readonly lastAbsent: Int32Array;
  /** By row of a read: the number of distinct elements that it returned. */
  readonly sizes: Int32Array;
  /** Whether some read shows an element twice, or one whose add had not begun. */
  readonly isStrange: boolean;
}

export function setFacts(columns: SetColumns): SetFacts {
  const { size, invoke, end, outcome, kind, element, elements } = columns;
  const nothing = (): Int32Array => new Int32Array(elements.length).fill(-1);
  const firstBegun = nothing();
  const firstAcknowledged = nothing();
  const firstFailed = nothing();
  const removes = new Map<number, number[]>();
  const reads: number[] = [];
  const isEarlier = (time: Float64Array, row: number, than: number): boolean =>
    than < 0 || (time[row] as number) < (time[than] as number);
  for (let row = 0; row < size; row++) {
    const of = element[row] as number;
    if (kind[row] === setKinds.read) reads.push(row);
    else if (kind[row] === setKinds.remove && outcome[row] !== setOutcomes.fail)
      addToGroup(removes, of, row);
    else if (kind[row] !== setKinds.add) continue;
    else if (outcome[row] === setOutcomes.fail) {
      if (isEarlier(invoke, row, firstFailed[of] as number)) firstFailed[of] = row;
    } else {
      if (isEarlier(invoke, row, firstBegun[of] as number)) firstBegun[of] = row;
      if (outcome[row] === setOutcomes.ok && isEarlier(end, row, firstAcknowledged[of] as number))
        firstAcknowledged[of] = row;
    }
  }
  reads.sort((a, b) => (invoke[a] as number) - (invoke[b] as number));
  const begunAt = Float64Array.from(firstBegun, (row) =>
    row < 0 ? Infinity : (invoke[row] as number),
  );
  const begun = { columns, reads, firstBegun, begunAt, firstAcknowledged, firstFailed, removes };
  return { ...begun, ...shownBy(columns, reads, begunAt) };
}

type Shown = Pick<SetFacts, "firstShown" | "lastPresent" | "lastAbsent" | "sizes" | "isStrange">;

/** Finds which reads show each element, with two lookups for each returned element. */
function shownBy(columns: SetColumns, reads: readonly number[], begunAt: Float64Array): Shown {
  const first = firstReads(columns, reads, begunAt);
  const last = lastReads(columns, reads);
  const { length } = columns;
  const isStrange = first.isStrange || reads.some((row) => last.sizes[row] !== length[row]);
  return { ...first, ...last, isStrange };
}

/** Visits reads by their ends, so that the first read with an element is the one that ended first. */
function firstReads(
  { end, element, length, shown, elements }: SetColumns,
  reads: readonly number[],
  begunAt: Float64Array,
): Pick<Shown, "firstShown" | "isStrange"> {
  const firstShown = new Int32Array(elements.length).fill(-1);
  let isStrange = false;
  for (const row of [...reads].sort((a, b) => (end[a] as number) - (end[b] as number))) {
    const from = element[row] as number;
    const to = from + (length[row] as number);
    const ended = end[row] as number;
    for (let at = from; at < to; at++) {
      const of = shown[at] as number;
      if (firstShown[of] !== -1) continue;
      if ((begunAt[of] as number) <= ended) firstShown[of] = row;
      else isStrange = true;
    }
  }
  return { firstShown, isStrange };
}

/**
 * Visits reads from the last to the first, and counts for each element how many of the last reads show it without a
 * gap.
 */
function lastReads(
  { size, element, length, shown, elements }: SetColumns,
  reads: readonly number[],
): Pick<Shown, "lastPresent" | "lastAbsent" | "sizes"> {
  const lastPresent = new Int32Array(elements.length).fill(-1);
  const inLast = new Int32Array(elements.length);
  const seenBy = new Int32Array(elements.length).fill(-1);
  const sizes = new Int32Array(size);
  for (let i = reads.length - 1, passed = 0; i >= 0; i--, passed++) {
    const row = reads[i] as number;
    const from = element[row] as number;
    const to = from + (length[row] as number);
    let different = 0;
    for (let at = from; at < to; at++) {
      const of = shown[at] as number;
      if (seenBy[of] === row) continue;
      if (seenBy[of] === -1) lastPresent[of] = row;
      seenBy[of] = row;
      different++;
      if (inLast[of] === passed) inLast[of] = passed + 1;
    }
    sizes[row] = different;
  }
  const lastAbsent = inLast.map((count) => reads[reads.length - 1 - count] ?? -1);
  return { lastPresent, lastAbsent, sizes };
}
