/**
 * The indices 0, 1, … that are left of a list: a doubly linked list from which indices are removed, and to which they
 * are given back in reverse order.
 */
export class Left {
  /** The number of indices at the start. first() and after() return this number if no index is left. */
  readonly size: number;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #has: Uint8Array;

  constructor(size: number) {
    this.size = size;
    this.#next = Int32Array.from({ length: size + 1 }, (_, place) =>
      place === size ? 0 : place + 1,
    );
    this.#previous = Int32Array.from({ length: size + 1 }, (_, place) =>
      place === 0 ? size : place - 1,
    );
    this.#has = new Uint8Array(size).fill(1);
  }

  first(): number {
    return this.#next[this.size] as number;
  }

  after(place: number): number {
    return this.#next[place] as number;
  }

  has(place: number): boolean {
    return this.#has[place] === 1;
  }

  take(place: number): void {
    this.#next[this.#previous[place] as number] = this.#next[place] as number;
    this.#previous[this.#next[place] as number] = this.#previous[place] as number;
    this.#has[place] = 0;
  }

  /** Restores an index. It must be the last removed index that was not yet restored. */
  giveBack(place: number): void {
    this.#next[this.#previous[place] as number] = place;
    this.#previous[this.#next[place] as number] = place;
    this.#has[place] = 1;
  }
}
