/**
 * The memo of the general search: the configurations that were tried. A configuration consists of the state, the set of
 * placed required operations, and how many indeterminate operations of each kind were used. The memo stores them
 * exactly in one growing array of integers, so that its size is known.
 *
 * A configuration covers another with the same state and set if it used no more operations of any kind: it can then
 * reach everything that the other can reach. Only configurations that no earlier one covers are kept.
 */
export interface Configuration {
  readonly state: number;
  /** A hash of the state and the set. */
  readonly hash: number;
  /** The lowest index of an operation that is not placed. All operations below it are placed. */
  readonly head: number;
  /** The number of placed required operations. */
  readonly placed: number;
  /** The set of placed required operations, one bit for each operation. */
  readonly bits: Int32Array;
  /** How many indeterminate operations of each kind were used. */
  readonly used: Int32Array;
}

/**
 * The number of fixed cells of an entry. An entry is [previous entry of the bucket, state, head, number of words,
 * number of kinds, words…, (kind, count)…].
 */
const fixed = 5;

export class SearchMemo {
  #cells = new Int32Array(1 << 8);
  #size = 1;
  #buckets = new Int32Array(1 << 5);
  #entries = 0;
  #hashes = new Int32Array(1 << 5);
  #starts = new Int32Array(1 << 5);

  /** The memory that the memo uses, in bytes. */
  get bytes(): number {
    return (
      4 * (this.#cells.length + this.#buckets.length + this.#hashes.length + this.#starts.length)
    );
  }

  /** Adds the configuration and returns true, unless an earlier configuration covers it. */
  add(configuration: Configuration): boolean {
    const { state, hash, head, bits } = configuration;
    const from = head >>> 5;
    const words = countWords(configuration, from);
    const bucket = hash & (this.#buckets.length - 1);
    for (
      let entry = this.#buckets[bucket] as number;
      entry !== 0;
      entry = this.#cells[entry] as number
    ) {
      if (
        this.#cells[entry + 1] === state &&
        this.#cells[entry + 2] === head &&
        this.#cells[entry + 3] === words &&
        this.#sameSet(entry, bits, from, words) &&
        this.#covers(entry, words, configuration.used)
      )
        return false;
    }
    this.#insert(configuration, bucket, from, words);
    return true;
  }

  #sameSet(entry: number, bits: Int32Array, from: number, words: number): boolean {
    for (let i = 0; i < words; i++)
      if (this.#cells[entry + fixed + i] !== bits[from + i]) return false;
    return true;
  }

  #covers(entry: number, words: number, used: Int32Array): boolean {
    const kinds = this.#cells[entry + 4] as number;
    const at = entry + fixed + words;
    for (let i = 0; i < kinds; i++)
      if (
        (this.#cells[at + 2 * i + 1] as number) >
        (used[this.#cells[at + 2 * i] as number] as number)
      )
        return false;
    return true;
  }

  #insert(
    { state, hash, head, bits, used }: Configuration,
    bucket: number,
    from: number,
    words: number,
  ): void {
    this.#reserve(fixed + words + 2 * used.length);
    const entry = this.#size;
    const cells = this.#cells;
    let at = entry + fixed;
    for (let i = 0; i < words; i++) cells[at++] = bits[from + i] as number;
    let kinds = 0;
    for (let kind = 0; kind < used.length; kind++) {
      if (used[kind] === 0) continue;
      cells[at++] = kind;
      cells[at++] = used[kind] as number;
      kinds++;
    }
    cells[entry] = this.#buckets[bucket] as number;
    cells[entry + 1] = state;
    cells[entry + 2] = head;
    cells[entry + 3] = words;
    cells[entry + 4] = kinds;
    this.#size = at;
    this.#buckets[bucket] = entry;
    this.#hashes[this.#entries] = hash;
    this.#starts[this.#entries++] = entry;
    if (this.#entries === this.#hashes.length) this.#rehash();
  }

  #reserve(cells: number): void {
    if (this.#size + cells <= this.#cells.length) return;
    this.#cells = enlarged(this.#cells, Math.max(2 * this.#cells.length, this.#size + cells));
  }

  /** Doubles the number of buckets, so that there are at least as many as entries and chains stay short. */
  #rehash(): void {
    const size = 2 * this.#hashes.length;
    this.#hashes = enlarged(this.#hashes, size);
    this.#starts = enlarged(this.#starts, size);
    this.#buckets = new Int32Array(size);
    for (let i = 0; i < this.#entries; i++) {
      const bucket = (this.#hashes[i] as number) & (size - 1);
      const entry = this.#starts[i] as number;
      this.#cells[entry] = this.#buckets[bucket] as number;
      this.#buckets[bucket] = entry;
    }
  }
}

/** The number of words from index `from` (the word of `head`) to the last word in which an operation is placed. */
function countWords({ bits, placed }: Configuration, from: number): number {
  let left = placed - from * 32;
  let words = 0;
  for (; left > 0; words++) left -= bitsOf(bits[from + words] as number);
  return words;
}

function bitsOf(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function enlarged(old: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(old);
  return larger;
}
