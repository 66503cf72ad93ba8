/**
 * Random numbers from a seed (mulberry32, T. Ettinger). The same seed gives the same numbers, so that figures depend
 * only on the history.
 */

/** Returns a function that draws a random number from 0 to below 1, with 32 bits. */
export function chanceFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
