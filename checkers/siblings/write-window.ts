/**
 * A compact set of numbered writes of one key. Suited to sets in which nearly all writes before some point are members:
 * it stores how many full words come first, and bits for the few words that follow these. A word stands for 32 numbers.
 */

/** The largest number of words that a set stores after its full ones. 64 words hold 2,048 numbers. */
export const mostWords = 64;

/** A set that is cleared and filled again and again. The result is copied elsewhere. */
export class WriteWindow {
  /** The number of full words: every number in the words below this index is a member. */
  full = 0;
  /** The number of words in use after the full ones. */
  size = 0;
  /** The bits of the numbers from 32 × `full` on. Only the first `size` words are in use. */
  readonly words = new Int32Array(mostWords);

  /** Removes all members. */
  clear(): void {
    this.full = 0;
    this.size = 0;
  }

  /**
   * Adds a number.
   *
   * @returns False if the number is too far after the full words. It is then not added.
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
   * Adds all members of another window, whose `size` words are in `pool` from index `from` on.
   *
   * @returns False if one of its words is too far after the full words.
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

  /** Counts the first words after the full ones as full too, if all their numbers are members. */
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
