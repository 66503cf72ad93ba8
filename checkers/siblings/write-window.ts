/**
 * A set of the writes of one key, numbered by their starts, of which nearly all that came before some write are
 * members: every number in the words below the first gap, and bits of the few words behind it.
 */

/** The most words behind the first gap that a window holds: 2,048 numbers. */
export const mostWords = 64;

/** The one set that is being joined; its bits are copied to where they are kept. */
export class WriteWindow {
  /** Every number in the words below this one is a member. */
  full = 0;
  /** How many words behind hold a member. */
  size = 0;
  /** The bits of the numbers from 32 × `full` on. */
  readonly words = new Int32Array(mostWords);

  /** Removes all members. */
  clear(): void {
    this.full = 0;
    this.size = 0;
  }

  /**
   * Adds one number.
   *
   * @returns False where it is too far behind the first gap; it is then no member.
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
   * Adds another window, of which `size` words stand in `pool` from `from` on.
   *
   * @returns False where one of its words is too far behind the first gap.
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

  /** Counts the words without a gap, of those behind the first gap, among the full ones. */
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
