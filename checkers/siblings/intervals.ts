/** Finds the intervals that contain a time, in O(log n) for each interval. */
export class Intervals {
  readonly #from: Float64Array;
  readonly #size: number;
  /** A binary tree stored like a heap: for each node, the latest end of the intervals below it. */
  readonly #latest: Float64Array;

  /**
   * @param from The starts of the intervals, ascending.
   * @param until The ends of the intervals, which do not belong to the intervals themselves.
   */
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

  /** The index of the first interval at or after `index` that contains the time `at`. −1: there is none. */
  next(index: number, at: number): number {
    const found = this.#nextEnding(index, at);
    return found >= 0 && (this.#from[found] as number) <= at ? found : -1;
  }

  /** The index of the first interval at or after `from` that ends after the time `at`. −1: there is none. */
  #nextEnding(from: number, at: number): number {
    if (from >= this.#from.length) return -1;
    let node = this.#size + from;
    // Goes up while no interval to the right ends late enough, then down to the leftmost one that does.
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
