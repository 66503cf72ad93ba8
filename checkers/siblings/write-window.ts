/**
 * A compact set of numbered writes of one key in which nearly all writes before some point are members: every number
 * below the first gap, and bits for a few words behind it.
 */

/** The number of words behind the first gap that a window can hold: 2,048 numbers. */
export const mostWords = 64;

/** A reusable set for joining. Its bits are then copied elsewhere. */
export class WriteWindow {
  /** All numbers in the words below this one are members. */
  full = 0;
  /** The number of words behind `full`. */
  size = 0;
  /** The bits of numbers from 32 × `full` on. */
  readonly words = new Int32Array(mostWords);

  /** Removes all members. */
  clear(): void {
    this.full = 0;
    this.size = 0;
  }

  /**
   * Adds a number.
   *
   * @returns False if it is too far behind the first gap. It is then not added.
   */
  add(number: number): boolean {
    const at = (number >>> 5) - this.full;
    if (at < 0) return true;
    if (at >= mostWords) return false;
    while (this.size <= at) this.words[this.size++] = 0;
    this.words[at] = (this.words[at] as number) | (1 << (number & 31));
    return true;
  }

  /**
   * Adds another window, whose `size` words are in `pool` from `from` on.
   *
   * @returns False if one of its words is too far behind the first gap.
   */
  join(full: number, pool: Int32Array, from: number, size: number): boolean {
    if (full > this.full) this.#fillTo(full);
    const { words } = this;
    const shift = full - this.full;
    if (shift + size > mostWords) return false;
    while (this.size < shift + size) words[this.size++] = 0;
    for (let i = shift < 0 ? -shift : 0; i < size; i++)
      words[shift + i] = (words[shift + i] as number) | (pool[from + i] as number);
    return true;
  }

  /** Whether the number is a member. */
  has(number: number): boolean {
    const at = (number >>> 5) - this.full;
    return at < 0 || (at < this.size && (((this.words[at] as number) >>> (number & 31)) & 1) === 1);
  }

  /** Moves complete words behind the first gap to the full ones. */
  closeGap(): void {
    let whole = 0;
    while (whole < this.size && this.words[whole] === -1) whole++;
    if (whole > 0) this.#fillTo(this.full + whole);
  }

  #fillTo(full: number): void {
    const { words } = this;
    const shift = full - this.full;
    const size = this.size - shift;
    for (let i = 0; i < size; i++) words[i] = words[i + shift] as number;
    this.size = size > 0 ? size : 0;
    this.full = full;
  }
}
