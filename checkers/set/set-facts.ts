/** Computes facts about each element of a set in linear time, except for sorting. */
import { addToGroup } from "../numbers/groups.ts";
import { setKinds, setOutcomes, type SetColumns } from "./set-table.ts";

export interface SetFacts {
  readonly columns: SetColumns;
  /** The rows of reads that returned the whole set, in the order of invocations. */
  readonly reads: readonly number[];
  /** For each element, the row of its add that began first, without failed adds. −1: there is none. */
  readonly firstBegun: Int32Array;
  /** For each element, the start of its add that began first, without failed adds. Infinity: there is none. */
  readonly begunAt: Float64Array;
  /** For each element, the row of its add that was acknowledged first. −1: there is none. */
  readonly firstAcknowledged: Int32Array;
  /** For each element, the row of its failed add that began first. −1: there is none. */
  readonly firstFailed: Int32Array;
  /** For each element, the rows of its removes, without failed ones. An element without such a remove is absent. */
  readonly removes: ReadonlyMap<number, readonly number[]>;
  /**
   * For each element, the row of the read that ended first among those that show the element and ended after the
   * element's first add began. −1: there is none.
   */
  readonly firstShown: Int32Array;
  /**
   * For each element, the row of the read that began last among those that show the element (`lastPresent`) and among
   * those that do not (`lastAbsent`). −1: there is none.
   */
  readonly lastPresent: Int32Array;
  readonly lastAbsent: Int32Array;
  /** For each row that is a read, the number of different elements that it returned. */
  readonly sizes: Int32Array;
  /** Whether some read shows an element twice, or an element of which no add had begun. */
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

/** Finds which reads show each element, and visits each returned element twice. */
function shownBy(columns: SetColumns, reads: readonly number[], begunAt: Float64Array): Shown {
  const first = firstReads(columns, reads, begunAt);
  const last = lastReads(columns, reads);
  const { length } = columns;
  const isStrange = first.isStrange || reads.some((row) => last.sizes[row] !== length[row]);
  return { ...first, ...last, isStrange };
}

/**
 * Finds the read that shows each element first. Visits reads in the order of their ends, so that the first one found
 * ended first.
 */
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
 * Finds the last reads that show each element and that do not. Visits reads from the last to the first, and counts for
 * each element how many reads at the end show it without a gap.
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
