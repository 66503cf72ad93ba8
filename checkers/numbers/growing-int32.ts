/** A list of 32-bit whole numbers that grows at its end. */
export class GrowingInt32 {
  #items = new Int32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(item: number): void {
    if (this.#length === this.#items.length) this.#enlarge(this.#items.length * 2);
    this.#items[this.#length++] = item;
  }

  /** Appends all these numbers. */
  pushAll(items: ArrayLike<number>): void {
    this.reserve(items.length);
    this.#items.set(items, this.#length);
    this.#length += items.length;
  }

  /** Makes space for this many further numbers. */
  reserve(more: number): void {
    const needed = this.#length + more;
    if (needed > this.#items.length) this.#enlarge(Math.max(needed, this.#items.length * 2));
  }

  #enlarge(size: number): void {
    const larger = new Int32Array(size);
    larger.set(this.view());
    this.#items = larger;
  }

  /** The numbers so far, without copying them. Numbers that are appended later do not appear in the result. */
  view(): Int32Array {
    return this.#items.subarray(0, this.#length);
  }
}
