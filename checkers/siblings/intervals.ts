/** Finds the intervals that contain a time: O(log n) for each. */
export class Intervals {
  readonly #from: Float64Array;
  readonly #size: number;
  /** A heap-shaped tree of the latest end below each node. */
  readonly #latest: Float64Array;

  /** @param from The starts of the intervals [from, until), ascending. */
  constructor(from: Float64Array, until: Float64Array) {
    this.#from = from;
    this.#size = 1;
    while (this.#size < from.length) this.#size *= 2;
    this.#latest = new Float64Array(2 * this.#size).fill(-Infinity);
    this.#latest.set(until, this.#size);
    for (let node = this.#size - 1; node > 0; node--)
      this.#latest[node] = Math.max(
        this.#latest[2 * node] as number,
        this.#latest[2 * node + 1] as number,
      );
  }

  /** The first interval from `index` on that contains the time. −1: none. */
  next(index: number, at: number): number {
    const found = this.#nextEnding(index, at);
    return found >= 0 && (this.#from[found] as number) <= at ? found : -1;
  }

  /** The first index from `from` on whose interval ends after the time. */
  #nextEnding(from: number, at: number): number {
    if (from >= this.#from.length) return -1;
    let node = this.#size + from;
    // Goes up while nothing to the right qualifies, then down to the leftmost that does.
    while (!((this.#latest[node] as number) > at)) {
      while ((node & 1) === 1) {
        node >>= 1;
        if (node <= 1) return -1;
      }
      node++;
    }
    while (node < this.#size)
      node = (this.#latest[2 * node] as number) > at ? 2 * node : 2 * node + 1;
    return node - this.#size;
  }
}
