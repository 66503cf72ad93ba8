/** A list of 32-bit whole numbers that grows at its end. */
export class GrowingInt32 {
  #items = new Int32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(item: number): void {
    if (this.#length === this.#items.length) {
      const larger = new Int32Array(this.#items.length * 2);
      larger.set(this.#items);
      this.#items = larger;
    }
    this.#items[this.#length++] = item;
  }

  /** The numbers so far. Later ones do not appear in it. */
  view(): Int32Array {
    return this.#items.subarray(0, this.#length);
  }
}
