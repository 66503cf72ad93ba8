/**
 * Sup(w): what a write superseded, causally, by what its client had read and not by what the store says.
 * The writes of one key are numbered; Sup is a set of bits for each, made when it is first asked for.
 *
 * A tombstone of unknown origin was made by one of the deletes whose version nobody heard. `surely` leaves such a delete out of Sup, for those
 * who accuse by what was superseded; `perhaps` takes every such delete in, for those who accuse by what was not.
 */
import type { Model } from "./model.ts";
import type { Operation } from "./operations.ts";
import type { Key, VersionedValue } from "./history.ts";
import type { Writers } from "./writers.ts";

export class Superseded {
  readonly #model: Model;
  readonly #writers: Writers;
  readonly #writes: readonly Operation[];
  readonly #number = new Map<Operation, number>();
  readonly #sets = new Map<Operation, Uint32Array>();

  readonly #certainty: "surely" | "perhaps";

  constructor(model: Model, key: Key, certainty: "surely" | "perhaps") {
    this.#certainty = certainty;
    this.#model = model;
    this.#writers = model.writers(key);
    this.#writes = (model.keys.get(key) ?? []).filter(({ f }) => f !== "read");
    for (const [number, write] of this.#writes.entries()) this.#number.set(write, number);
  }

  /** Whether `write` is in Sup(by). Both are writes of this key. */
  by(by: Operation, write: Operation): boolean {
    const number = this.#numberOf(write);
    return (((this.#setOf(by)[number >>> 5] as number) >>> (number & 31)) & 1) === 1;
  }

  byAny(members: readonly Operation[], write: Operation): boolean {
    return members.some((member) => this.by(member, write));
  }

  /**
   * Iterative: a chain of writes may be longer than the stack is deep. No order of times guides it, since what a read returned may have begun
   * in the same microsecond as the write that read it; where phantoms make a circle, it is cut where it closes.
   */
  #setOf(write: Operation): Uint32Array {
    const known = this.#sets.get(write);
    if (known !== undefined) return known;
    const stack = [write];
    const entered = new Set<Operation>();
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      entered.add(top);
      const seen = this.#seenBy(top);
      const pending = seen.filter((one) => !this.#sets.has(one) && !entered.has(one));
      stack.push(...pending);
      if (pending.length > 0) continue;
      stack.pop();
      this.#sets.set(top, this.#join(top, seen));
    }
    // Its own was set last.
    return this.#sets.get(write) as Uint32Array;
  }

  #join(write: Operation, seen: readonly Operation[]): Uint32Array {
    const set = new Uint32Array((this.#writes.length + 31) >>> 5);
    for (const one of seen) {
      if (one === write) continue;
      const number = this.#numberOf(one);
      set[number >>> 5] = (set[number >>> 5] as number) | (1 << (number & 31));
      for (const [word, bits] of this.#sets.get(one)?.entries() ?? []) set[word] = (set[word] as number) | bits;
    }
    return set;
  }

  /** Every write of the key has one. */
  #numberOf(write: Operation): number {
    return this.#number.get(write) as number;
  }

  /** The writes that the context which this write carried stands for. */
  #seenBy(write: Operation): readonly Operation[] {
    const source = write.contextOf === undefined ? undefined : this.#model.operation.get(write.contextOf);
    if (source === undefined || source.key !== write.key) return [];
    // A read shows what it returned; a write's reply shows the version that it was given, its own.
    return source.f === "read" ? this.writersOf(source.versions) : [source];
  }

  /** Who wrote these versions, surely or perhaps. */
  writersOf(versions: readonly VersionedValue[]): readonly Operation[] {
    return versions.flatMap((versioned) => {
      const writer = this.#writers.of(versioned);
      if (writer !== undefined) return [writer];
      return versioned.value === null && this.#certainty === "perhaps" ? this.#writers.anonymousDeletes : [];
    });
  }
}
