/**
 * Proves in one pass, for most keys of a healthy history, that no read breaks a rule for siblings, and finds reads that
 * miss an acknowledged write. Leaves out what makes proofs long (deletes, thin-air values, writes that are never
 * superseded). The rules themselves judge the rest.
 */
import { isOk, isRead } from "../columnar/operation-table.ts";
import { covers } from "../language/versions.ts";
import type { Model } from "../model/model.ts";
import { NumberedWrites } from "./numbered-writes.ts";
import { WriteWindow } from "./write-window.ts";

/** The rules that can be proved, as bits. */
export const provable = {
  "siblings-1": 1,
  "siblings-2": 2,
  "siblings-3": 4,
  "siblings-4": 8,
  "siblings-5": 16,
  "siblings-7": 32,
} as const;

const all = 63;

/** Larger reads are left to the rules. */
const mostMembers = 64;

/** A read that breaks siblings-2, and a write that it misses, as rows. */
export interface LostWrite {
  readonly read: number;
  /** The earliest acknowledged write among those that the read misses. */
  readonly lost: number;
}

export interface Proven {
  /** By key: the rules that none of its reads breaks. */
  readonly rules: Uint8Array;
  /** By key: all reads that break siblings-2. A missing key was not decided, or has none. */
  readonly lost: ReadonlyMap<number, readonly LostWrite[]>;
  /** By key: the number of answered reads. */
  readonly reads: Int32Array;
  /** By key: how many of them are final reads. */
  readonly finalReads: Int32Array;
}

const known = new WeakMap<Model, Map<boolean, Proven>>();

/**
 * @param model The history.
 * @param strict Whether siblings-2 and siblings-4 hold for all reads, or only for final reads.
 * @returns The proofs of one pass over each key.
 */
export function provenOf(model: Model, strict: boolean): Proven {
  let of = known.get(model);
  if (of === undefined) known.set(model, (of = new Map<boolean, Proven>()));
  let proven = of.get(strict);
  if (proven === undefined) of.set(strict, (proven = new Pass(model, strict).proven()));
  return proven;
}

/** Judges all reads in the order of their starts. */
class Pass {
  readonly #model: Model;
  readonly #strict: boolean;
  readonly #writes: NumberedWrites;
  /** By key: the rules that no read has broken so far. 0 also if nothing can be decided. */
  readonly #rules: Uint8Array;
  readonly #lost = new Map<number, LostWrite[]>();
  readonly #blind: StandingWrites;
  /** By place: the row plus one of the last read that returned the write. */
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

  /** Removes the rules that this read breaks from those of its key. Returns false if that cannot be decided. */
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
      // A value that nobody wrote.
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
   * The place of the earliest write acknowledged before the time that the read neither returns nor knows as superseded
   * (the window). −1: none.
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
    // If the read returns the earliest write behind the window, a later one may still be missing.
    for (let place = first + 32 * (full + size); place < end; place++) {
      if ((startUs[place] as number) >= beforeUs) break;
      if ((endUs[place] as number) >= missingUs || memberOf[place] === read + 1) continue;
      missing = place;
      missingUs = endUs[place] as number;
    }
    return missing;
  }

  /** Whether the read covers a blind write without returning it. */
  #isSwallowed(place: number, read: number): boolean {
    const { table, authors } = this.#model.columns;
    if (this.#memberOf[place] === read + 1) return false;
    const version = authors.versionOf(this.#writes.rowAt[place] as number);
    return version >= 0 && covers(table.contextAt(read), table.versions.textOf(version));
  }
}

/**
 * The acknowledged blind writes of each key that must remain, as reads in the order of their starts see them. A write
 * remains from its start until it is superseded.
 */
class StandingWrites {
  readonly #writes: NumberedWrites;
  /** The places of blind writes by key and start. The first `#standing` of a key may still be seen. */
  readonly #places: Int32Array;
  readonly #firstOf: Int32Array;
  /** By key number. */
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

  /** Whether the test holds for a write that must remain until the end of a read. */
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
