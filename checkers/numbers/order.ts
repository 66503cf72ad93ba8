/**
 * Sorts indices by time with a merge sort that starts from blocks of 16 indices. Histories are nearly sorted, and
 * merges move only what overlaps, so sorting takes almost linear time.
 */

const block = 16;

/**
 * Sorts `indices` by the time that each points to, in place, and returns them. Indices of equal times keep their order.
 */
export function orderOf(times: Float64Array, indices: Int32Array = upTo(times.length)): Int32Array {
  const size = indices.length;
  for (let from = 0; from < size; from += block)
    insertionSort(times, indices, from, Math.min(size, from + block));
  const spare = new Int32Array(size);
  for (let width = block; width < size; width *= 2) {
    for (let from = 0; from + width < size; from += 2 * width)
      merge(times, indices, spare, from, from + width, Math.min(size, from + 2 * width));
  }
  return indices;
}

/** The numbers 0, 1, 2, … below `size`. */
export function upTo(size: number): Int32Array {
  const indices = new Int32Array(size);
  for (let index = 0; index < size; index++) indices[index] = index;
  return indices;
}

function insertionSort(times: Float64Array, indices: Int32Array, from: number, to: number): void {
  for (let i = from + 1; i < to; i++) {
    const index = indices[i] as number;
    const time = times[index] as number;
    let at = i;
    for (; at > from && (times[indices[at - 1] as number] as number) > time; at--)
      indices[at] = indices[at - 1] as number;
    indices[at] = index;
  }
}

/** Merges two sorted neighbouring parts. Moves only the elements at their border that overlap. */
function merge(
  times: Float64Array,
  indices: Int32Array,
  spare: Int32Array,
  from: number,
  middle: number,
  to: number,
): void {
  const timeAt = (at: number): number => times[indices[at] as number] as number;
  const leastRight = timeAt(middle);
  const mostLeft = timeAt(middle - 1);
  if (mostLeft <= leastRight) return;
  let left = middle - 1;
  while (left > from && timeAt(left - 1) > leastRight) left--;
  let end = middle + 1;
  while (end < to && timeAt(end) < mostLeft) end++;
  for (let at = left; at < middle; at++) spare[at] = indices[at] as number;
  let right = middle;
  let held = left;
  for (let at = left; held < middle; at++) {
    const takesRight = right < end && timeAt(right) < (times[spare[held] as number] as number);
    indices[at] = takesRight ? (indices[right++] as number) : (spare[held++] as number);
  }
}

/** The number of elements of `sorted` that are smaller than `limit`. */
export function countBelow(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The number of elements of `sorted` that are at most `limit`. */
export function countUpTo(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
