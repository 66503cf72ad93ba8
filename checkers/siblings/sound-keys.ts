/**
 * Proves in one pass, for most keys of a healthy history, that no read breaks a rule for siblings, and finds the reads
 * that miss an acknowledged write. Leaves out keys with something that makes proofs long, such as deletes, thin-air
 * values, or writes that are never superseded. The rules themselves (sibling-rules.ts) judge those keys.
 */
import { isOk, isRead } from "../columnar/operation-table.ts";
import { covers } from "../language/versions.ts";
import type { Model } from "../model/model.ts";
import { NumberedWrites } from "./numbered-writes.ts";
import { WriteWindow } from "./write-window.ts";

/** The rules that this pass can prove, each as one bit. */
export const provable = {
  "siblings-1": 1,
  "siblings-2": 2,
  "siblings-3": 4,
  "siblings-4": 8,
  "siblings-5": 16,
  "siblings-7": 32,
} as const;

const all = 63;

/** Keys with a read of more siblings than this are judged by the slower rules in sibling-rules.ts. */
const mostMembers = 64;

/** The row of a read that breaks siblings-2, and the row of a write that the read misses. */
export interface LostWrite {
  readonly read: number;
  /** The row of the write that was acknowledged first among those that the read misses. */
  readonly lost: number;
}

export interface Proven {
  /** For each key, the rules (as bits of `provable`) that none of its reads breaks. 0 also if nothing was decided. */
  readonly rules: Uint8Array;
  /** For each key, the reads that break siblings-2. A key is absent if it has no such read or was not decided. */
  readonly lost: ReadonlyMap<number, readonly LostWrite[]>;
  /** For each key, the number of its successful reads. */
  readonly reads: Int32Array;
  /** For each key, the number of its successful final reads. */
  readonly finalReads: Int32Array;
}

const known = new WeakMap<Model, Map<boolean, Proven>>();

/**
 * What one pass over the history proves. Computed once for each value of `strict`.
 *
 * @param model The history.
 * @param strict True: siblings-2 and siblings-4 are judged for all reads. False: only for final reads.
 * @returns The rules that no read of a key breaks, and the reads that miss a write.
 */
export function provenOf(model: Model, strict: boolean): Proven {
  let of = known.get(model);
  if (of === undefined) known.set(model, (of = new Map<boolean, Proven>()));
  let proven = of.get(strict);
  if (proven === undefined) of.set(strict, (proven = new Pass(model, strict).proven()));
  return proven;
}

/** Judges the reads of a history in the order of their starts. Leaves out keys for which proofs would be long. */
class Pass {
  readonly #model: Model;
  readonly #strict: boolean;
  readonly #writes: NumberedWrites;
  /** For each key, the rules that no read has broken so far, as bits. 0 also if the key is not decided. */
  readonly #rules: Uint8Array;
  readonly #lost = new Map<number, LostWrite[]>();
  readonly #blind: StandingWrites;
  /** For each place of a write, the row of the last read that returned the write, plus one. 0: none did. */
  readonly #memberOf: Int32Array;
  readonly #window = new WriteWindow();

  constructor(model: Model, strict: boolean) {
    this.#model = model;
    this.#strict = strict;
    this.#writes = new NumberedWrites(model.columns);
    this.#rules = this.#writes.isKnown.map((isKnown) => isKnown * all);
    this.#memberOf = new Int32Array(this.#writes.rowAt.length);
    this.#blind = new StandingWrites(
      this.#writes,
      (row) => (model.columns.table.contextOf[row] as number) < 0,
    );
  }

  proven(): Proven {
    const { table } = this.#model.columns;
    const { f, outcome, key, final, count } = table;
    const { isKnown } = this.#writes;
    const reads = new Int32Array(table.keys.count);
    const finalReads = new Int32Array(table.keys.count);
    for (let row = 0; row < count; row++) {
      if (f[row] !== isRead || outcome[row] !== isOk) continue;
      const of = key[row] as number;
      reads[of] = (reads[of] as number) + 1;
      if (final[row] === 1) finalReads[of] = (finalReads[of] as number) + 1;
      if (isKnown[of] === 0) continue;
      if (!this.#judge(row, of)) {
        isKnown[of] = 0;
        this.#rules[of] = 0;
        this.#lost.delete(of);
      }
    }
    return { rules: this.#rules, lost: this.#lost, reads, finalReads };
  }

  /** Judges one read: removes the rules that it breaks from the key's. Returns false if the read cannot be decided. */
  #judge(row: number, key: number): boolean {
    const { table } = this.#model.columns;
    const { writerAt } = this.#model.columns.authors;
    const writes = this.#writes;
    const memberOf = this.#memberOf;
    const window = this.#window;
    const startUs = table.startUs[row] as number;
    const endUs = table.endUs[row] as number;
    const from = table.firstVersion[row] as number;
    const to = from + (table.versionCount[row] as number);
    if (to - from > mostMembers) return false;
    const isFull = this.#strict || table.final[row] === 1;
    const first = writes.firstOf[key] as number;
    let broken = 0;
    window.clear();
    for (let at = from; at < to; at++) {
      const writer = writerAt[at] as number;
      // No known operation wrote this value.
      if (writer < 0) return false;
      const place = writes.placeOf[writer] as number;
      if (!writes.joinSuperseded(place, window)) return false;
      if ((writes.startUs[place] as number) > endUs) broken |= provable["siblings-1"];
      if (isFull && (writes.backUs[place] as number) < startUs) broken |= provable["siblings-4"];
      if (memberOf[place] === row + 1) broken |= provable["siblings-7"];
      memberOf[place] = row + 1;
    }
    for (let at = from; at < to; at++) {
      const place = writes.placeOf[writerAt[at] as number] as number;
      if (window.has(place - first)) broken |= provable["siblings-3"];
    }
    const missing = isFull ? this.#firstMissing(row, key, startUs) : -1;
    if (missing >= 0) {
      broken |= provable["siblings-2"];
      const lost = this.#lost.get(key);
      const one = { read: row, lost: writes.rowAt[missing] as number };
      if (lost === undefined) this.#lost.set(key, [one]);
      else lost.push(one);
    }
    if (this.#blind.some(key, startUs, endUs, (place) => this.#isSwallowed(place, row)))
      broken |= provable["siblings-5"];
    if (broken !== 0) this.#rules[key] = (this.#rules[key] as number) & ~broken;
    return true;
  }

  /**
   * The place of the write that was acknowledged first among those that the read misses, or −1 if it misses none. The
   * read misses a write that was acknowledged before `beforeUs`, that it does not return, and that its siblings did not
   * supersede. `#window` holds the writes that its siblings superseded.
   */
  #firstMissing(read: number, key: number, beforeUs: number): number {
    const { endUs, startUs, firstOf } = this.#writes;
    const { full, size, words } = this.#window;
    const memberOf = this.#memberOf;
    const first = firstOf[key] as number;
    const end = firstOf[key + 1] as number;
    let missing = -1;
    let missingUs = beforeUs;
    for (let i = 0; i < size; i++) {
      for (let gaps = ~(words[i] as number); gaps !== 0; gaps &= gaps - 1) {
        const place = first + 32 * (full + i) + 31 - Math.clz32(gaps & -gaps);
        if (place >= end) break;
        if ((endUs[place] as number) >= missingUs || memberOf[place] === read + 1) continue;
        missing = place;
        missingUs = endUs[place] as number;
      }
    }
    const earliest = this.#writes.earliestFrom(key, full + size);
    if (earliest < 0 || (endUs[earliest] as number) >= missingUs) return missing;
    if (memberOf[earliest] !== read + 1) return earliest;
    // The read returns the write that was acknowledged first among those with numbers after the words of `#window`. It
    // may still miss another one of those.
    for (let place = first + 32 * (full + size); place < end; place++) {
      if ((startUs[place] as number) >= beforeUs) break;
      if ((endUs[place] as number) >= missingUs || memberOf[place] === read + 1) continue;
      missing = place;
      missingUs = endUs[place] as number;
    }
    return missing;
  }

  /** Whether the context of the read covers this write although the read does not return it. */
  #isSwallowed(place: number, read: number): boolean {
    const { table, authors } = this.#model.columns;
    if (this.#memberOf[place] === read + 1) return false;
    const version = authors.versionOf(this.#writes.rowAt[place] as number);
    return version >= 0 && covers(table.contextAt(read), table.versions.textOf(version));
  }
}

/**
 * The acknowledged blind writes of each key that reads must still show. Such a write must remain from its start until
 * the start of a write that supersedes it. Reads must come in the order of their starts.
 */
class StandingWrites {
  readonly #writes: NumberedWrites;
  /**
   * The places of the blind writes, by key and start. The first `#standing` writes of a key are those that have begun
   * and that a later read may still have to show.
   */
  readonly #places: Int32Array;
  readonly #firstOf: Int32Array;
  /**
   * For each key, by its number: how many writes at the start of its part of `#places` have begun and may still have to
   * be shown by a later read.
   */
  readonly #standing: Int32Array;
  readonly #next: Int32Array;

  constructor(writes: NumberedWrites, isBlind: (row: number) => boolean) {
    const keys = writes.isKnown.length;
    this.#writes = writes;
    this.#firstOf = new Int32Array(keys + 1);
    const places: number[] = [];
    for (let key = 0; key < keys; key++) {
      const end = writes.firstOf[key + 1] as number;
      for (let place = writes.firstOf[key] as number; place < end; place++)
        if (writes.endUs[place] !== Infinity && isBlind(writes.rowAt[place] as number))
          places.push(place);
      this.#firstOf[key + 1] = places.length;
    }
    this.#places = Int32Array.from(places);
    this.#next = this.#firstOf.slice();
    this.#standing = new Int32Array(keys);
  }

  /**
   * Whether `test` is true for any blind write of the key that began before the read ended and must remain until then.
   */
  some(key: number, startUs: number, endUs: number, test: (place: number) => boolean): boolean {
    const places = this.#places;
    const { startUs: fromUs, supersededUs } = this.#writes;
    const first = this.#firstOf[key] as number;
    const end = this.#firstOf[key + 1] as number;
    let standing = first + (this.#standing[key] as number);
    let next = this.#next[key] as number;
    for (; next < end; next++) {
      const place = places[next] as number;
      if ((fromUs[place] as number) > endUs) break;
      places[standing++] = place;
    }
    let found = false;
    for (let i = standing - 1; i >= first; i--) {
      const place = places[i] as number;
      const untilUs = supersededUs[place] as number;
      if (untilUs <= startUs) places[i] = places[--standing] as number;
      else if (!found && untilUs > endUs && (fromUs[place] as number) <= endUs) found = test(place);
    }
    this.#standing[key] = standing - first;
    this.#next[key] = next;
    return found;
  }
}
