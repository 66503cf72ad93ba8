/** Which of many intervals hold a time: O(log n) for each that is found. */
export class Intervals {
  readonly #from: Float64Array;
  readonly #size: number;
  /** A heap-shaped tree: the latest end of what is below. */
  readonly #latest: Float64Array;

  /** [from, until), by ascending `from`. */
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

  /** The index of the first interval from `index` on that holds the time; −1: none does. */
  next(index: number, at: number): number {
    const found = this.#nextEnding(index, at);
    return found >= 0 && (this.#from[found] as number) <= at ? found : -1;
  }

  /** The first index, not below `from`, whose interval ends after the time. */
  #nextEnding(from: number, at: number): number {
    if (from >= this.#from.length) return -1;
    let node = this.#size + from;
    // Up while nothing on the right of the path so far qualifies, then down to the leftmost that does.
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
