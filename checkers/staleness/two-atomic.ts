/**
 * Decides whether there is an order in which each read returns the last write or the one before it. LBT, limited
 * backtracking: Golab, Hurwitz and Li, "On the k-atomicity-verification problem", ICDCS 2013.
 *
 * The order is built from its end. A write may be the last of those left if none of the others began after it ended.
 * Reads that began after this write ended must come after it in the order. Those of them that do not return this write
 * must all return one other write, which must then be placed next. If no write must be placed next, an epoch ends and
 * its result is final: only the first write of an epoch was a choice.
 */
import { Left } from "./left.ts";
import type { CodedRegister } from "../register/ladder.ts";

/**
 * Whether an order exists in which each read returns the last write or the one before it. Each value that was read must
 * have a write, and no read may have ended before that write was invoked. Indeterminate writes that nobody read are
 * left out.
 */
export function isTwoAtomic(register: CodedRegister): boolean {
  const epochs = new Epochs(register);
  while (epochs.open) if (!epochs.candidates().some((value) => epochs.run(value))) return false;
  return true;
}

class Epochs {
  readonly #register: CodedRegister;
  /**
   * The end of each write, or the earliest end of a read of its value if that is earlier: the write has happened by
   * then.
   */
  readonly #end: Float64Array;
  /**
   * All writes and all reads, by descending start. `#writesLeft` and `#readsLeft` say which of them are not yet placed.
   */
  readonly #writes: Int32Array;
  readonly #reads: Int32Array;
  readonly #writesLeft: Left;
  readonly #readsLeft: Left;
  readonly #placeOf: Int32Array;
  /** For each index of `#writes`, the latest end among the writes from that index on. */
  readonly #latestEnd: Float64Array;
  /** The indices in `#reads` of each value's reads. */
  readonly #own: ReadonlyMap<number, readonly number[]>;

  constructor(register: CodedRegister) {
    const { writeStart, writeEnd, readValue, readStart, readEnd } = register;
    this.#register = register;
    this.#end = Float64Array.from(writeEnd);
    for (const [read, value] of readValue.entries())
      this.#end[value] = Math.min(this.#end[value] as number, readEnd[read] as number);
    this.#writes = latestFirst(writeStart).filter((value) => this.#end[value] !== Infinity);
    this.#reads = latestFirst(readStart);
    this.#writesLeft = new Left(this.#writes.length);
    this.#readsLeft = new Left(this.#reads.length);
    this.#placeOf = new Int32Array(writeStart.length);
    this.#latestEnd = new Float64Array(this.#writes.length + 1).fill(-Infinity);
    for (let place = this.#writes.length - 1; place >= 0; place--) {
      const value = this.#writes[place] as number;
      this.#placeOf[value] = place;
      this.#latestEnd[place] = Math.max(
        this.#latestEnd[place + 1] as number,
        this.#end[value] as number,
      );
    }
    const own = new Map<number, number[]>();
    for (const [place, read] of this.#reads.entries()) {
      const value = readValue[read] as number;
      const of = own.get(value);
      if (of === undefined) own.set(value, [place]);
      else of.push(place);
    }
    this.#own = own;
  }

  /** Whether some writes are not yet placed. */
  get open(): boolean {
    return this.#writesLeft.first() < this.#writesLeft.size;
  }

  /**
   * The writes that may be the last of those left. Some of them may have ended before another one began: run() refuses
   * these.
   */
  candidates(): number[] {
    const left = this.#writesLeft;
    const latestStart = this.#latestStart();
    const found: number[] = [];
    for (
      let place = left.first();
      place < left.size && (this.#latestEnd[place] as number) >= latestStart;
      place = left.after(place)
    )
      found.push(this.#writes[place] as number);
    return found;
  }

  /**
   * Places the write `first` last, and all writes that must then come next. Returns false and changes nothing if that
   * is impossible.
   */
  run(first: number): boolean {
    const writes: number[] = [];
    const reads: number[] = [];
    for (let current: number | null | undefined = first; current !== null;) {
      if ((this.#end[current] as number) >= this.#latestStart()) {
        writes.push(this.#placeOf[current] as number);
        this.#writesLeft.take(this.#placeOf[current] as number);
        current = this.#takeReads(current, reads);
      } else current = undefined;
      if (current !== undefined) continue;
      for (let place = reads.pop(); place !== undefined; place = reads.pop())
        this.#readsLeft.giveBack(place);
      for (let place = writes.pop(); place !== undefined; place = writes.pop())
        this.#writesLeft.giveBack(place);
      return false;
    }
    return true;
  }

  /**
   * Removes the reads of this write and the reads that began after it ended. Returns the other write whose value some
   * of these reads returned. Null: they returned no other. Undefined: they returned at least two others.
   */
  #takeReads(write: number, taken: number[]): number | null | undefined {
    const { readStart, readValue } = this.#register;
    const left = this.#readsLeft;
    const end = this.#end[write] as number;
    let forced: number | null = null;
    for (
      let place = left.first();
      place < left.size && (readStart[this.#reads[place] as number] as number) > end;
      place = left.first()
    ) {
      const value = readValue[this.#reads[place] as number] as number;
      if (value !== write && forced !== null && value !== forced) return undefined;
      if (value !== write) forced = value;
      left.take(place);
      taken.push(place);
    }
    for (const place of this.#own.get(write) ?? []) {
      if (!left.has(place)) continue;
      left.take(place);
      taken.push(place);
    }
    return forced;
  }

  #latestStart(): number {
    const first = this.#writes[this.#writesLeft.first()];
    return first === undefined ? -Infinity : (this.#register.writeStart[first] as number);
  }
}

const latestFirst = (times: Float64Array): Int32Array =>
  Int32Array.from(times.keys()).sort(
    (a, b) => compare(times[b] as number, times[a] as number) || a - b,
  );

/** Compares without subtraction, since the time of the initial value is −∞ and −∞ minus −∞ is no number. */
const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);
