/**
 * How far in time one key's history is from being atomic.
 *
 * Δ: Golab, Li and Shah, "Analyzing consistency properties for fun and profit", PODC 2011. Γ: Golab, Rahman, AuYoung,
 * Keeton and Gupta, "Client-centric benchmarking of eventual consistency for cloud storage systems", ICDCS 2014.
 *
 * Both are found by binary search: the further times are moved, the fewer conflicts are left. Times are whole numbers,
 * so the result is exact.
 */
import {
  type CodedRegister,
  findViolation,
  precedence,
  zones,
  type Zones,
} from "../register/ladder.ts";

/**
 * Δ: the smallest time by which the starts of reads must move back to make the history atomic. Infinity: a read ended
 * before the write of its value was invoked, so that no earlier start can help.
 */
export function delta(register: CodedRegister): number {
  if (earliness(register).some((early) => early > 0)) return Infinity;
  const { first, last } = zones("linearizable", register);
  const suspects = conflicting({ first, last });
  if (suspects.length === 0) return 0;
  const starts = pick(register.writeStart, suspects);
  const zonesAt = (by: number): Zones => ({
    first: pick(first, suspects),
    last: Float64Array.from(suspects, (value, i) =>
      Math.max(starts[i] as number, (last[value] as number) - by),
    ),
  });
  return least(spread(register), (by) => findViolation(zonesAt(by)) === null);
}

/**
 * Γ of each value: the smallest time with the following effect. If each operation starts half of that time earlier and
 * ends half of it later, the value conflicts with no other, and no read of the value ends before its write begins. The
 * Γ of the history is the largest of these.
 */
export function gamma(register: CodedRegister): Float64Array {
  const zoned = zones("linearizable", register);
  const { first, last } = zoned;
  const scores = earliness(register);
  const search = precedence(zoned);
  const most = spread(register);
  for (let value = 0; value < first.length; value++) {
    const conflicts = (by: number): boolean =>
      search.conflict(value, (first[value] as number) + by, (last[value] as number) - by) !== null;
    if (conflicts(0))
      scores[value] = Math.max(
        scores[value] as number,
        least(most, (by) => !conflicts(by)),
      );
  }
  return scores;
}

/** The values that conflict with some other value. Only these can keep a history from being atomic. */
function conflicting({ first, last }: Zones): Int32Array {
  const search = precedence({ first, last });
  return Int32Array.from(first.keys()).filter(
    (value) => search.conflict(value, first[value] as number, last[value] as number) !== null,
  );
}

/**
 * For each value, by how much the earliest end of a read of the value precedes the start of the value's write. 0: no
 * read ends before that start.
 */
function earliness({ writeStart, readValue, readEnd }: CodedRegister): Float64Array {
  const early = new Float64Array(writeStart.length);
  for (let read = 0; read < readValue.length; read++) {
    const value = readValue[read] as number;
    early[value] = Math.max(
      early[value] as number,
      (writeStart[value] as number) - (readEnd[read] as number),
    );
  }
  return early;
}

/** The distance between the earliest and the latest finite time. */
function spread({ writeStart, writeEnd, readStart, readEnd }: CodedRegister): number {
  let least = Infinity;
  let most = -Infinity;
  for (const times of [writeStart, writeEnd, readStart, readEnd]) {
    for (const time of times) {
      if (!Number.isFinite(time)) continue;
      if (time < least) least = time;
      if (time > most) most = time;
    }
  }
  return Math.max(0, most - least);
}

const pick = (times: Float64Array, values: Int32Array): Float64Array =>
  Float64Array.from(values, (value) => times[value] as number);

/**
 * The smallest whole number for which `enough` is true. `enough` must be true for `most`. If it is true for a number,
 * it must be true for all larger ones.
 */
function least(most: number, enough: (by: number) => boolean): number {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
