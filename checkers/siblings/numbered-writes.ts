/**
 * Numbers the writes of most keys, and computes what each of these writes superseded. Leaves out keys for which that is
 * not simple (`isKnown` is 0) and writes that were neither acknowledged nor read. The writes of a key are numbered by
 * start and stored next to each other: the place of a write is `firstOf` of the key plus the write's number.
 *
 * Visits rows in the order of the table, since visiting them key by key would miss the cache at each row.
 */
import { grown } from "../columnar/growing-array.ts";
import { isDelete, isFail, isOk, isRead } from "../columnar/operation-table.ts";
import { orderOf } from "../numbers/order.ts";
import type { ColumnarOperations } from "../model/model.ts";
import { WriteWindow } from "./write-window.ts";

export class NumberedWrites {
  /** For each key, 1 if its writes have places and what they superseded is known, otherwise 0. */
  readonly isKnown: Uint8Array;
  /** The place of each write, by row. −1: the row has no place, for example because nobody saw the write. */
  readonly placeOf: Int32Array;
  /** The place of each key's first write. The last entry is the number of all places. */
  readonly firstOf: Int32Array;

  // The following five columns are indexed by place.
  readonly rowAt: Int32Array;
  readonly startUs: Float64Array;
  /** The end of each write. Infinity: it was not acknowledged. */
  readonly endUs: Float64Array;
  /**
   * For each write, the earliest start of a write that superseded it and may have taken effect. Infinity: there is
   * none.
   */
  readonly supersededUs: Float64Array;
  /** For each write, the earliest acknowledgement of a write that superseded it. Infinity: there is none. */
  readonly backUs: Float64Array;

  // For each place, the writes that the write at that place superseded, in the form of a `WriteWindow`. Its words are
  // in `#pool`.
  readonly #full: Int32Array;
  readonly #from: Int32Array;
  readonly #size: Int32Array;
  #pool = new Int32Array(1024);
  #used = 0;

  /**
   * For each key, the index of its first word in `#earliestFrom` and `#marked`. A word stands for 32 writes. A key
   * without writes has no word.
   */
  readonly #firstWord: Int32Array;
  /**
   * For each word, the place of the earliest acknowledged write in this word and the key's later words. −1: there is
   * none.
   */
  readonly #earliestFrom: Int32Array;
  readonly #marked: Int32Array;
  /** For each key, the number of its first words in which all writes are marked. */
  readonly #markedTo: Int32Array;

  readonly #columns: ColumnarOperations;

  constructor(columns: ColumnarOperations) {
    const { table } = columns;
    const keys = table.keys.count;
    this.#columns = columns;
    this.isKnown = new Uint8Array(keys).fill(1);
    this.placeOf = new Int32Array(table.count).fill(-1);
    this.firstOf = new Int32Array(keys + 1);
    this.#firstWord = new Int32Array(keys + 1);
    this.#leaveOut();
    const places = this.#place(this.#shown());
    this.rowAt = new Int32Array(places);
    this.startUs = new Float64Array(places);
    this.endUs = new Float64Array(places).fill(Infinity);
    this.supersededUs = new Float64Array(places).fill(Infinity);
    this.backUs = new Float64Array(places).fill(Infinity);
    this.#full = new Int32Array(places);
    this.#from = new Int32Array(places);
    this.#size = new Int32Array(places);
    const words = this.#firstWord[keys] as number;
    this.#earliestFrom = new Int32Array(words);
    this.#marked = new Int32Array(words);
    this.#markedTo = new Int32Array(keys);
    this.#fill();
    this.#fillBack();
  }

  /** Adds to the window what the write at this place superseded. Returns false if the window cannot hold that. */
  joinSuperseded(place: number, window: WriteWindow): boolean {
    return window.join(
      this.#full[place] as number,
      this.#pool,
      this.#from[place] as number,
      this.#size[place] as number,
    );
  }

  /**
   * The place of the earliest acknowledged write in a key's words from `word` on. −1: there is none.
   *
   * @param word The number of the word, from 0 for the key's first.
   */
  earliestFrom(key: number, word: number): number {
    const at = (this.#firstWord[key] as number) + word;
    return at < (this.#firstWord[key + 1] as number) ? (this.#earliestFrom[at] as number) : -1;
  }

  /** Marks keys as unknown that have a delete, or a value that two writes wrote. */
  #leaveOut(): void {
    const { table, authors } = this.#columns;
    for (const key of authors.writtenTwice.keys()) this.isKnown[key] = 0;
    const { f, key, count } = table;
    for (let row = 0; row < count; row++)
      if (f[row] === isDelete) this.isKnown[key[row] as number] = 0;
  }

  /** For each row, 1 if some read returned what the row wrote, otherwise 0. */
  #shown(): Uint8Array {
    const { table, authors } = this.#columns;
    const shown = new Uint8Array(table.count);
    for (const writer of authors.writerAt) if (writer >= 0) shown[writer] = 1;
    return shown;
  }

  /**
   * Gives a place to each write of a known key that was acknowledged or that a read returned. Returns the number of
   * places.
   */
  #place(shown: Uint8Array): number {
    const { table } = this.#columns;
    const { f, key, outcome, count } = table;
    const { firstOf, placeOf, isKnown } = this;
    const keys = table.keys.count;
    const takesPart = (row: number): boolean =>
      f[row] !== isRead &&
      isKnown[key[row] as number] === 1 &&
      (outcome[row] === isOk || shown[row] === 1);
    for (let row = 0; row < count; row++) {
      if (!takesPart(row)) continue;
      const of = (key[row] as number) + 1;
      firstOf[of] = (firstOf[of] as number) + 1;
    }
    for (let of = 0; of < keys; of++) {
      const size = firstOf[of + 1] as number;
      firstOf[of + 1] = size + (firstOf[of] as number);
      this.#firstWord[of + 1] = (this.#firstWord[of] as number) + ((size + 31) >>> 5);
    }
    const next = firstOf.slice();
    for (let row = 0; row < count; row++) {
      if (!takesPart(row)) continue;
      const of = key[row] as number;
      placeOf[row] = next[of] as number;
      next[of] = (next[of] as number) + 1;
    }
    return firstOf[keys] as number;
  }

  /**
   * Fills in the columns of each write and what it superseded. A key for which that is impossible is marked as unknown.
   */
  #fill(): void {
    const { table } = this.#columns;
    const { f, key, outcome, startUs, endUs, count } = table;
    const { isKnown, placeOf } = this;
    const next = this.firstOf.slice();
    const window = new WriteWindow();
    for (let row = 0; row < count; row++) {
      if (f[row] === isRead) continue;
      const of = key[row] as number;
      if (isKnown[of] === 0) continue;
      window.clear();
      if (!this.#joinContext(window, row, next[of] as number)) {
        isKnown[of] = 0;
        continue;
      }
      window.closeGap();
      const place = placeOf[row] as number;
      if (place >= 0) {
        next[of] = place + 1;
        this.rowAt[place] = row;
        this.startUs[place] = startUs[row] as number;
        if (outcome[row] === isOk) this.endUs[place] = endUs[row] as number;
        this.#keep(place, window);
      }
      // A failed write supersedes nothing, which matters for siblings-5.
      if (outcome[row] !== isFail)
        this.#mark(of, window, this.supersededUs, startUs[row] as number);
    }
  }

  /** Fills in `backUs`. Visits the writes of each key in the order of their acknowledgements. */
  #fillBack(): void {
    const { firstOf, isKnown, endUs, backUs } = this;
    this.#marked.fill(0);
    this.#markedTo.fill(0);
    const window = new WriteWindow();
    for (const key of this.#columns.rows.keys) {
      if (isKnown[key] === 0) continue;
      const first = firstOf[key] as number;
      const end = firstOf[key + 1] as number;
      for (const number of orderOf(endUs.subarray(first, end))) {
        const atUs = endUs[first + number] as number;
        if (atUs === Infinity) break;
        window.clear();
        this.joinSuperseded(first + number, window);
        this.#mark(key, window, backUs, atUs);
      }
      this.#fillEarliest(key);
    }
  }

  #fillEarliest(key: number): void {
    const first = this.firstOf[key] as number;
    const firstWord = this.#firstWord[key] as number;
    let earliest = -1;
    let earliestUs = Infinity;
    for (let place = (this.firstOf[key + 1] as number) - 1; place >= first; place--) {
      const atUs = this.endUs[place] as number;
      if (atUs <= earliestUs) {
        earliest = place;
        earliestUs = atUs;
      }
      if (((place - first) & 31) === 0)
        this.#earliestFrom[firstWord + ((place - first) >>> 5)] = earliest;
    }
  }

  /**
   * Adds to the window what the context of this write covers. Returns false if that is unknown (the context covers a
   * write that began later or has no place) or if the window cannot hold it.
   *
   * @param next The first place that belongs to this write or to a later one.
   */
  #joinContext(window: WriteWindow, row: number, next: number): boolean {
    const { table, authors } = this.#columns;
    const contextOf = table.contextOf[row] as number;
    const source = contextOf < 0 ? -1 : table.rowOf(contextOf);
    const key = table.key[row] as number;
    if (source < 0 || table.key[source] !== key) return true;
    const first = this.firstOf[key] as number;
    if (table.f[source] !== isRead) return this.#joinWrite(window, source, first, next);
    const from = table.firstVersion[source] as number;
    const to = from + (table.versionCount[source] as number);
    for (let at = from; at < to; at++) {
      const writer = authors.writerAt[at] as number;
      if (writer >= 0 && !this.#joinWrite(window, writer, first, next)) return false;
    }
    return true;
  }

  #joinWrite(window: WriteWindow, row: number, first: number, next: number): boolean {
    const place = this.placeOf[row] as number;
    if (place < 0 || place >= next) return false;
    return this.joinSuperseded(place, window) && window.add(place - first);
  }

  #keep(place: number, window: WriteWindow): void {
    const { size } = window;
    this.#full[place] = window.full;
    this.#from[place] = this.#used;
    this.#size[place] = size;
    this.#pool = grown(this.#pool, this.#used + size);
    for (let i = 0; i < size; i++) this.#pool[this.#used + i] = window.words[i] as number;
    this.#used += size;
  }

  /** Sets `times` to `atUs` for all writes in the window that are not marked yet, and marks them. */
  #mark(key: number, window: WriteWindow, times: Float64Array, atUs: number): void {
    const first = this.firstOf[key] as number;
    const firstWord = this.#firstWord[key] as number;
    const marked = this.#marked;
    const { full, size, words } = window;
    const end = full + size;
    for (let word = this.#markedTo[key] as number; word < end; word++) {
      const members = word < full ? -1 : (words[word - full] as number);
      const before = marked[firstWord + word] as number;
      let added = members & ~before;
      if (added === 0) continue;
      marked[firstWord + word] = before | members;
      for (; added !== 0; added &= added - 1)
        times[first + 32 * word + 31 - Math.clz32(added & -added)] = atUs;
    }
    if (full > (this.#markedTo[key] as number)) this.#markedTo[key] = full;
  }
}
