/**
 * The writes of all keys as numbers, with what each superseded. Writes of a key are numbered by start and stored next
 * to each other, so a write's place is `firstOf` of the key plus its number.
 *
 * Visits rows in their own order, since visiting them by key would miss the cache at each row.
 */
import { grown } from "../columnar/growing-array.ts";
import { isDelete, isFail, isOk, isRead } from "../columnar/operation-table.ts";
import { orderOf } from "../numbers/order.ts";
import type { ColumnarOperations } from "../model/model.ts";
import { WriteWindow } from "./write-window.ts";

export class NumberedWrites {
  /** By key: whether everything below is known. */
  readonly isKnown: Uint8Array;
  /** The place of each write by row. −1: none, since nobody saw it. */
  readonly placeOf: Int32Array;
  /** By key: the first place of its writes. One more entry for the end. */
  readonly firstOf: Int32Array;

  // By place.
  readonly rowAt: Int32Array;
  readonly startUs: Float64Array;
  /** Infinity: not acknowledged. */
  readonly endUs: Float64Array;
  /** The first start of a write that superseded it and may have taken effect. */
  readonly supersededUs: Float64Array;
  /** The first acknowledgement of a write that superseded it. */
  readonly backUs: Float64Array;

  // What each write superseded, as a `WriteWindow`, by place.
  readonly #full: Int32Array;
  readonly #from: Int32Array;
  readonly #size: Int32Array;
  #pool = new Int32Array(1024);
  #used = 0;

  /** By key: its first word of 32 writes, for `earliestFrom` and the marks. A key without writes has none. */
  readonly #firstWord: Int32Array;
  /** By word: the place of the earliest acknowledged write in this word and later ones. */
  readonly #earliestFrom: Int32Array;
  readonly #marked: Int32Array;
  /** By key: all words below this are marked. */
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

  /** Adds what this write superseded to the window. Returns false if that exceeds the window. */
  joinSuperseded(place: number, window: WriteWindow): boolean {
    return window.join(
      this.#full[place] as number,
      this.#pool,
      this.#from[place] as number,
      this.#size[place] as number,
    );
  }

  /**
   * The place of the earliest acknowledged write of a key from a word on. −1: none.
   *
   * @param word Counted from the key's first.
   */
  earliestFrom(key: number, word: number): number {
    const at = (this.#firstWord[key] as number) + word;
    return at < (this.#firstWord[key + 1] as number) ? (this.#earliestFrom[at] as number) : -1;
  }

  /** Leaves out keys with a deletion, or with a value of two writers. */
  #leaveOut(): void {
    const { table, authors } = this.#columns;
    for (const key of authors.writtenTwice.keys()) this.isKnown[key] = 0;
    const { f, key, count } = table;
    for (let row = 0; row < count; row++)
      if (f[row] === isDelete) this.isKnown[key[row] as number] = 0;
  }

  /** By row: whether any read returned the write. */
  #shown(): Uint8Array {
    const { table, authors } = this.#columns;
    const shown = new Uint8Array(table.count);
    for (const writer of authors.writerAt) if (writer >= 0) shown[writer] = 1;
    return shown;
  }

  /** Assigns a place to each write that was acknowledged or seen. Returns the number of places. */
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

  /** Finds each write and what it superseded. A key for which that is impossible is marked as unknown. */
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
      // For siblings-5, a failed write supersedes nothing.
      if (outcome[row] !== isFail)
        this.#mark(of, window, this.supersededUs, startUs[row] as number);
    }
  }

  /** Fills in `backUs`, in the order of each key's acknowledgements. */
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
   * Adds what the context of this write covers. Returns false if that is unknown (it covers something that began later
   * or that nobody saw), or exceeds the window.
   *
   * @param next The first place of a later write.
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

  /** Sets the time of all members of the window that have none yet. */
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
