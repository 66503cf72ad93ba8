/** Small helpers that draw random values with fast-check's Random. */
import type { Random } from "fast-check";

/**
 * Draws a whole number from `min` to `max`, both inclusive. The bounds are rounded. Returns `min` if `max` is lower.
 */
export function integer(random: Random, min: number, max: number): number {
  const low = Math.round(min);
  return random.nextInt(low, Math.max(low, Math.round(max)));
}

/** Returns true with probability `percent` / 100. */
export function chance(random: Random, percent: number): boolean {
  return random.nextInt(0, 99) < percent;
}

/**
 * Draws one of the items, each with equal probability.
 *
 * @throws RangeError for an empty list.
 */
export function pick<T>(random: Random, items: readonly T[]): T {
  if (items.length === 0)
    throw new RangeError("pick: expected at least one item to pick from, got none");
  return items[random.nextInt(0, items.length - 1)] as T; // The index is always in range.
}

/**
 * Draws one of the items with probability proportional to its weight. Weights are whole numbers of at least 0, and at
 * least one is above 0.
 */
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

/** Draws `count` of the items, or all if there are fewer, and returns them in the order of `items`. */
export function sample<T>(random: Random, items: readonly T[], count: number): T[] {
  const taken: T[] = [];
  items.forEach((item, index) => {
    // Knuth's selection sampling: all subsets of this size are equally likely.
    if (random.nextInt(1, items.length - index) <= count - taken.length) taken.push(item);
  });
  return taken;
}

/** Returns the items in a random order (Fisher and Yates). All orders are equally likely. */
export function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.nextInt(0, last);
    [order[last], order[other]] = [order[other] as T, order[last] as T]; // Both indices are in range.
  }
  return order;
}

/** Draws a non-empty subset of the items. All such subsets are equally likely. If there are no items, returns `[]`. */
export function someOf<T>(random: Random, items: readonly T[]): T[] {
  if (items.length === 0) return [];
  const taken = items.filter(() => chance(random, 50));
  return taken.length > 0 ? taken : someOf(random, items);
}

/** Returns the whole numbers from 0 to `count` − 1. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
