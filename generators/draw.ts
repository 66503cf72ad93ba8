/** Small helpers for fast-check's Random. Every random choice in a plan uses them. */
import type { Random } from "fast-check";

/** A whole number between both bounds, inclusive. Bounds are rounded. */
export function integer(random: Random, min: number, max: number): number {
  const low = Math.round(min);
  return random.nextInt(low, Math.max(low, Math.round(max)));
}

/** True in `percent` of 100 draws. */
export function chance(random: Random, percent: number): boolean {
  return random.nextInt(0, 99) < percent;
}

/**
 * One of the items with equal probability.
 *
 * @throws RangeError for an empty list.
 */
export function pick<T>(random: Random, items: readonly T[]): T {
  if (items.length === 0)
    throw new RangeError("pick: expected at least one item to pick from, got none");
  return items[random.nextInt(0, items.length - 1)] as T; // The index is always in range.
}

/** One of the items with probability proportional to its weight. Weights are whole and not all zero. */
export function weighted<T>(
  random: Random,
  items: readonly (readonly [item: T, weight: number])[],
): T {
  const total = items.reduce((sum, [, weight]) => sum + weight, 0);
  let left = integer(random, 1, total);
  for (const [item, weight] of items) {
    left -= weight;
    if (left <= 0) return item;
  }
  throw new RangeError(`weighted: expected positive weights, got a total of ${total}`);
}

/** `count` different items, in the order of `items`. */
export function sample<T>(random: Random, items: readonly T[], count: number): T[] {
  const taken: T[] = [];
  items.forEach((item, index) => {
    // Knuth's selection sampling: all subsets of this size are equally likely.
    if (random.nextInt(1, items.length - index) <= count - taken.length) taken.push(item);
  });
  return taken;
}

/** A random order of the items (Fisher and Yates): all orders are equally likely. */
export function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.nextInt(0, last);
    [order[last], order[other]] = [order[other] as T, order[last] as T]; // Both indices are in range.
  }
  return order;
}

/** A random non-empty subset, all equally likely. [] for []. */
export function someOf<T>(random: Random, items: readonly T[]): T[] {
  if (items.length === 0) return [];
  const taken = items.filter(() => chance(random, 50));
  return taken.length > 0 ? taken : someOf(random, items);
}

/** 0, 1, … count − 1 */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
