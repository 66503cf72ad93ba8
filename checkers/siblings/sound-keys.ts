/**
 * Proves in one pass, for most keys of a healthy history, that no read breaks a rule of siblings, and finds the reads
 * that miss an acknowledged write. What it cannot decide is judged by the rules themselves: it leaves out what makes a
 * proof long (deletes, phantoms, writes that are never superseded).
 *
 * The writes of a key are numbered by their starts. What a write superseded is then nearly all that came before it: a
 * prefix of the numbers, and a short list of those behind its first gap.
 */
import { grown } from "../columnar/growing-array.ts";
import { isDelete, isFail, isOk, isRead } from "../columnar/operation-table.ts";
import { covers } from "../language/versions.ts";
import { orderOf } from "../numbers/order.ts";
import type { Model } from "../model/model.ts";

/** The rules that can be proven, in the bits of a number. */
export const provable = {
  "siblings-1": 1,
  "siblings-2": 2,
  "siblings-3": 4,
  "siblings-4": 8,
  "siblings-5": 16,
  "siblings-7": 32,
} as const;

const all = 63;
/** Instead of rules: nothing was decided. */
const undecided = -1;

/** A longer list than this, and the sets of the rules themselves are the better way. */
const longestList = 200;

/** A read that breaks siblings-2, by the rows of its operations. */
export interface LostWrite {
  readonly read: number;
  /** Of the writes that the read misses, the one that was acknowledged first. */
  readonly lost: number;
}

export interface Proven {
  /** By key number, the rules that none of its reads breaks. */
  readonly rules: Uint8Array;
  /** By key number, all reads that break siblings-2. A key that is not in it was not decided, or breaks nothing. */
  readonly lost: ReadonlyMap<number, readonly LostWrite[]>;
}

const known = new WeakMap<Model, Map<boolean, Proven>>();

/**
 * @param model The history.
 * @param strict Whether siblings-2 and siblings-4 hold for all reads, and not only for those of the final phase.
 * @returns What one pass over each key proves.
 */
export function provenOf(model: Model, strict: boolean): Proven {
  let of = known.get(model);
  if (of === undefined) known.set(model, (of = new Map<boolean, Proven>()));
  let proven = of.get(strict);
  if (proven === undefined) {
    const pass = new Pass(model, strict);
    const rules = new Uint8Array(model.columns.table.keys.count);
    const lost = new Map<number, readonly LostWrite[]>();
    for (const key of model.columns.rows.keys) {
      const own = pass.prove(key);
      rules[key] = own.rules;
      if (own.lost.length > 0) lost.set(key, own.lost);
    }
    of.set(strict, (proven = { rules, lost }));
  }
  return proven;
}

class Pass {
  readonly #model: Model;
  readonly #strict: boolean;
  /** The number of a write, by row; −1: it has none, since nobody saw it. */
  readonly #numberOf: Int32Array;
  readonly #isShown: Uint8Array;
  /** The row that wrote each returned version, by its place in the table; −1: nobody. */
  readonly #writerAt: Int32Array;

  // Of the key's numbered writes, by number.
  #rowOf = new Int32Array(64);
  #startUs = new Float64Array(64);
  /** Infinity where it was not acknowledged. */
  #endUs = new Float64Array(64);
  #prefix = new Int32Array(64);
  #from = new Int32Array(64);
  #size = new Int32Array(64);
  /** The first acknowledgement of a write that superseded it. */
  #backUs = new Float64Array(64);
  /** The first start of one. */
  #supersededUs = new Float64Array(64);
  /** The last read, by its stamp, that returned the write; and the last that returned a write whose list has it. */
  #memberOf = new Int32Array(64);
  #supersededIn = new Int32Array(64);
  #stamp = 0;
  /** The reads of the key that miss a write. */
  #lost: LostWrite[] = [];
  #lists = new Int32Array(256);
  #used = 0;
  #numbers = 0;

  /** The set that is being joined. */
  #joinedPrefix = 0;
  #joined = new Int32Array(2 * longestList + 4);
  #joinedSize = 0;
  #spare = new Int32Array(2 * longestList + 4);

  readonly #members = new Int32Array(64);

  constructor(model: Model, strict: boolean) {
    const { table, authors } = model.columns;
    this.#model = model;
    this.#strict = strict;
    this.#numberOf = new Int32Array(table.count).fill(-1);
    this.#isShown = new Uint8Array(table.count);
    const { f, versionCount, firstVersion, version, versionValue, count } = table;
    this.#writerAt = new Int32Array(version.length).fill(-1);
    for (let row = 0; row < count; row++) {
      if (f[row] !== isRead) continue;
      const first = firstVersion[row] as number;
      for (let at = first; at < first + (versionCount[row] as number); at++) {
        const writer = authors.of(version[at] as number, versionValue[at] as number);
        this.#writerAt[at] = writer;
        if (writer >= 0) this.#isShown[writer] = 1;
      }
    }
  }

  /** What is proven of the key. */
  prove(key: number): { readonly rules: number; readonly lost: readonly LostWrite[] } {
    const { rows } = this.#model.columns;
    const of = rows.of(key);
    this.#lost = [];
    const rules = this.#isPlain(key, of) && this.#number(of) ? this.#judge(of) : undecided;
    return rules === undecided ? { rules: 0, lost: [] } : { rules, lost: this.#lost };
  }

  /** Whether each value has one writer, and nothing was deleted. */
  #isPlain(key: number, of: Int32Array): boolean {
    const { table, authors } = this.#model.columns;
    if (authors.writtenTwice.has(key) || authors.anonymousDeletes.has(key)) return false;
    for (const row of of) if (table.f[row] === isDelete) return false;
    return true;
  }

  /** Numbers the writes and finds what each superseded. Returns false where that is too long, or goes in circles. */
  #number(of: Int32Array): boolean {
    const { table } = this.#model.columns;
    this.#used = 0;
    this.#numbers = 0;
    this.#marked = 0;
    for (const row of of) {
      if (table.f[row] === isRead) continue;
      const isAcknowledged = table.outcome[row] === isOk;
      if (!this.#joinContext(row)) return false;
      const startUs = table.startUs[row] as number;
      if (isAcknowledged || this.#isShown[row] === 1) {
        const number = this.#numbers++;
        this.#numberOf[row] = number;
        this.#grow();
        this.#rowOf[number] = row;
        this.#startUs[number] = startUs;
        this.#endUs[number] = isAcknowledged ? (table.endUs[row] as number) : Infinity;
        this.#backUs[number] = this.#supersededUs[number] = Infinity;
        this.#prefix[number] = this.#joinedPrefix;
        this.#from[number] = this.#used;
        this.#size[number] = this.#joinedSize;
        this.#lists = grown(this.#lists, this.#used + this.#joinedSize);
        this.#lists.set(this.#joined.subarray(0, this.#joinedSize), this.#used);
        this.#used += this.#joinedSize;
      }
      // A write that failed supersedes nothing, as far as siblings-5 goes.
      if (table.outcome[row] !== isFail) this.#mark(this.#supersededUs, startUs);
    }
    this.#marked = 0;
    const acknowledged = orderOf(this.#endUs.slice(0, this.#numbers));
    for (const number of acknowledged) {
      const endUs = this.#endUs[number] as number;
      if (endUs === Infinity) break;
      this.#load(number);
      this.#mark(this.#backUs, endUs);
    }
    return true;
  }

  /** Below this all are marked. */
  #marked = 0;

  /** Gives all of the joined set that have no time yet this one. */
  #mark(times: Float64Array, atUs: number): void {
    for (; this.#marked < this.#joinedPrefix; this.#marked++)
      if (times[this.#marked] === Infinity) times[this.#marked] = atUs;
    for (let i = 0; i < this.#joinedSize; i++) {
      const number = this.#joined[i] as number;
      if (times[number] === Infinity) times[number] = atUs;
    }
  }

  /** Joins what the context of this write stands for. Returns false where that cannot be told, or is too much. */
  #joinContext(row: number): boolean {
    const { table } = this.#model.columns;
    this.#joinedPrefix = 0;
    this.#joinedSize = 0;
    const contextOf = table.contextOf[row] as number;
    const source = contextOf < 0 ? -1 : table.rowOf(contextOf);
    if (source < 0 || table.key[source] !== table.key[row]) return true;
    if (table.f[source] !== isRead) return this.#add(this.#numberOf[source] as number);
    const first = table.firstVersion[source] as number;
    for (let at = first; at < first + (table.versionCount[source] as number); at++) {
      const writer = this.#writerAt[at] as number;
      if (writer >= 0 && !this.#add(this.#numberOf[writer] as number)) return false;
    }
    return true;
  }

  /**
   * Joins a write and what it superseded. Returns false where it is not known yet (what it shows began later), or the
   * list grows too long.
   */
  #add(number: number): boolean {
    if (number < 0) return false;
    const lists = this.#lists;
    const joined = this.#joined;
    const merged = this.#spare;
    const prefix = Math.max(this.#joinedPrefix, this.#prefix[number] as number);
    let at = this.#from[number] as number;
    const end = at + (this.#size[number] as number);
    let from = 0;
    let size = 0;
    let own = number;
    for (;;) {
      const theirs = at < end ? (lists[at] as number) : Infinity;
      const ours = from < this.#joinedSize ? (joined[from] as number) : Infinity;
      const next = Math.min(theirs, ours, own);
      if (next === Infinity) break;
      if (next === theirs) at++;
      if (next === ours) from++;
      if (next === own) own = Infinity;
      if (next >= prefix) merged[size++] = next;
    }
    // What follows the prefix without a gap belongs to it.
    let gap = 0;
    while (gap < size && merged[gap] === prefix + gap) gap++;
    if (gap > 0) merged.copyWithin(0, gap, size);
    this.#joinedPrefix = prefix + gap;
    this.#joinedSize = size - gap;
    this.#spare = joined;
    this.#joined = merged;
    return this.#joinedSize <= longestList;
  }

  /** Takes what a write superseded as the joined set. */
  #load(number: number): void {
    const from = this.#from[number] as number;
    this.#joinedPrefix = this.#prefix[number] as number;
    this.#joinedSize = this.#size[number] as number;
    for (let i = 0; i < this.#joinedSize; i++) this.#joined[i] = this.#lists[from + i] as number;
  }

  /** Looks at each read: what all of them prove. */
  #judge(of: Int32Array): number {
    const { table } = this.#model.columns;
    const isAcknowledged = (row: number): boolean => table.outcome[row] === isOk;
    const blind = new StandingWrites(
      of.filter(
        (row) =>
          table.f[row] !== isRead && isAcknowledged(row) && (table.contextOf[row] as number) < 0,
      ),
    );
    let proven: number = all;
    for (const row of of) {
      if (table.f[row] !== isRead || !isAcknowledged(row)) continue;
      const kept = this.#judgeRead(row);
      if (kept === undecided) return undecided;
      proven &= kept;
      const swallowed = blind.some(
        table.startUs[row] as number,
        table.endUs[row] as number,
        (write) => table.startUs[write] as number,
        (write) => this.#supersededUs[this.#numberOf[write] as number] as number,
        (write) => this.#isSwallowed(write, row),
      );
      if (swallowed) proven &= ~provable["siblings-5"];
    }
    return proven;
  }

  /** The rules but siblings-5 that this read keeps; `undecided` where it cannot be told. */
  #judgeRead(row: number): number {
    const { table } = this.#model.columns;
    const startUs = table.startUs[row] as number;
    const endUs = table.endUs[row] as number;
    const first = table.firstVersion[row] as number;
    const size = table.versionCount[row] as number;
    if (size > this.#members.length) return undecided;
    const isFull = this.#strict || table.final[row] === 1;
    const stamp = ++this.#stamp;
    let proven: number = all;
    let prefix = 0;
    for (let i = 0; i < size; i++) {
      const writer = this.#writerAt[first + i] as number;
      const number = writer < 0 ? -1 : (this.#numberOf[writer] as number);
      // What nobody wrote, or the writes of another key.
      if (number < 0 || table.key[writer] !== table.key[row]) return undecided;
      if ((this.#startUs[number] as number) > endUs) proven &= ~provable["siblings-1"];
      if (isFull && (this.#backUs[number] as number) < startUs) proven &= ~provable["siblings-4"];
      if (this.#memberOf[number] === stamp) proven &= ~provable["siblings-7"];
      this.#memberOf[number] = stamp;
      this.#members[i] = number;
      prefix = Math.max(prefix, this.#prefix[number] as number);
      const from = this.#from[number] as number;
      const end = from + (this.#size[number] as number);
      for (let at = from; at < end; at++) this.#supersededIn[this.#lists[at] as number] = stamp;
    }
    for (let i = 0; i < size; i++) {
      const number = this.#members[i] as number;
      if (number < prefix || this.#supersededIn[number] === stamp)
        proven &= ~provable["siblings-3"];
    }
    const missing = isFull ? this.#firstMissing(prefix, startUs) : -1;
    if (missing >= 0) {
      proven &= ~provable["siblings-2"];
      this.#lost.push({ read: row, lost: this.#rowOf[missing] as number });
    }
    return proven;
  }

  /**
   * Of the writes acknowledged before the time that the read of this stamp neither returns nor knows to be superseded,
   * the first; −1: there is none.
   */
  #firstMissing(prefix: number, beforeUs: number): number {
    let first = -1;
    let firstUs = beforeUs;
    for (let number = prefix; number < this.#numbers; number++) {
      if ((this.#startUs[number] as number) >= beforeUs) break;
      if (
        (this.#endUs[number] as number) < firstUs &&
        this.#memberOf[number] !== this.#stamp &&
        this.#supersededIn[number] !== this.#stamp
      ) {
        first = number;
        firstUs = this.#endUs[number] as number;
      }
    }
    return first;
  }

  /** Whether the read of this stamp knows of a blind write and does not return it. */
  #isSwallowed(write: number, read: number): boolean {
    const { table, authors } = this.#model.columns;
    if (this.#memberOf[this.#numberOf[write] as number] === this.#stamp) return false;
    const version = authors.versionOf(write);
    return version >= 0 && covers(table.contextAt(read), table.versions.textOf(version));
  }

  #grow(): void {
    const size = this.#numbers;
    this.#rowOf = grown(this.#rowOf, size);
    this.#startUs = grown(this.#startUs, size);
    this.#endUs = grown(this.#endUs, size);
    this.#backUs = grown(this.#backUs, size);
    this.#supersededUs = grown(this.#supersededUs, size);
    this.#memberOf = grown(this.#memberOf, size);
    this.#supersededIn = grown(this.#supersededIn, size);
    this.#prefix = grown(this.#prefix, size);
    this.#from = grown(this.#from, size);
    this.#size = grown(this.#size, size);
  }
}

/** Writes that stand from their starts until they are superseded, as reads in the order of their starts meet them. */
class StandingWrites {
  readonly #writes: Int32Array;
  #next = 0;
  /** Those that some read so far may have met, and that may stand for one to come. */
  readonly #standing: number[] = [];

  /** By ascending starts. */
  constructor(writes: Int32Array) {
    this.#writes = writes;
  }

  /** Whether the test holds for one that stands at the end of a read. */
  some(
    startUs: number,
    endUs: number,
    fromUs: (write: number) => number,
    untilUs: (write: number) => number,
    test: (write: number) => boolean,
  ): boolean {
    const standing = this.#standing;
    for (; this.#next < this.#writes.length; this.#next++) {
      const write = this.#writes[this.#next] as number;
      if (fromUs(write) > endUs) break;
      standing.push(write);
    }
    let found = false;
    for (let i = standing.length - 1; i >= 0; i--) {
      const write = standing[i] as number;
      const until = untilUs(write);
      if (until <= startUs) {
        standing[i] = standing.at(-1) as number;
        standing.pop();
      } else if (!found && until > endUs && fromUs(write) <= endUs) found = test(write);
    }
    return found;
  }
}
