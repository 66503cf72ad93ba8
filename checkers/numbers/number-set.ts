/**
 * Immutable sets of whole numbers that share common parts: trees with eight children over words of 32 bits. An empty or
 * full part is a single number. A set made by adding a few numbers to another costs only a few nodes, and the union of
 * two similar sets visits only their differences. So the Sup sets (see superseded.ts) of a hundred thousand writes fit
 * into memory, where a bitmap for each would take gigabytes.
 */

/**
 * A subtree of a set: 0 if it is empty, −1 if it is full. Otherwise a leaf is a word of 32 bits, and an inner node is a
 * list of eight parts.
 */
type Part = number | readonly Part[];

const nothing = 0;
const everything = -1;
const wordBits = 5;
const fanBits = 3;
const fan = 1 << fanBits;

export class NumberSet {
  readonly #part: Part;
  readonly #levels: number;

  private constructor(part: Part, levels: number) {
    this.#part = part;
    this.#levels = levels;
  }

  /** An empty set for numbers from 0 to below `limit`. Only sets with the same limit can be combined. */
  static empty(limit: number): NumberSet {
    let levels = 0;
    while (2 ** (wordBits + fanBits * levels) < limit) levels++;
    return new NumberSet(nothing, levels);
  }

  has(number: number): boolean {
    let part = this.#part;
    for (let level = this.#levels; level > 0; level--) {
      if (typeof part === "number") return part === everything;
      part = part[childOf(number, level)] as Part;
    }
    return (((part as number) >>> (number & 31)) & 1) === 1;
  }

  with(number: number): NumberSet {
    return this.#or(this.#part, add(this.#part, this.#levels, number));
  }

  union(other: NumberSet): NumberSet {
    const joined = join(this.#part, other.#part, this.#levels);
    return joined === other.#part ? other : this.#or(this.#part, joined);
  }

  /** Calls `visit` for each number of this set that is not in `known`. */
  forEachBeyond(known: NumberSet, visit: (number: number) => void): void {
    visitBeyond(this.#part, known.#part, this.#levels, 0, visit);
  }

  #or(before: Part, after: Part): NumberSet {
    return before === after ? this : new NumberSet(after, this.#levels);
  }

  /** The smallest number below `limit` that is in none of the sets, or −1 if each number is in one. */
  static firstMissing(sets: readonly NumberSet[], limit: number): number {
    const first = sets[0];
    return first === undefined
      ? limit > 0
        ? 0
        : -1
      : missing(
          sets.map((set) => set.#part),
          first.#levels,
          0,
          limit,
        );
  }
}

const childOf = (number: number, level: number): number =>
  (number >>> (wordBits + fanBits * (level - 1))) & (fan - 1);

const childrenOf = (part: Part): readonly Part[] =>
  typeof part !== "number" ? part : part === everything ? allOf : noneOf;
const noneOf: readonly Part[] = new Array<Part>(fan).fill(nothing);
const allOf: readonly Part[] = new Array<Part>(fan).fill(everything);

function add(part: Part, level: number, number: number): Part {
  if (part === everything) return part;
  if (level === 0) return (part as number) | (1 << (number & 31));
  const at = childOf(number, level);
  const children = childrenOf(part);
  const child = add(children[at] as Part, level - 1, number);
  if (child === children[at]) return part;
  const changed = children.slice();
  changed[at] = child;
  return child === everything && changed.every((one) => one === everything) ? everything : changed;
}

/** The union of two parts. If one of them contains the other, returns that one itself instead of a copy. */
function join(a: Part, b: Part, level: number): Part {
  if (a === b || b === nothing || a === everything) return a;
  if (a === nothing || b === everything) return b;
  if (level === 0) return (a as number) | (b as number);
  const childrenA = childrenOf(a);
  const childrenB = childrenOf(b);
  const joined = new Array<Part>(fan).fill(nothing);
  let isA = true;
  let isB = true;
  let isAll = true;
  for (let i = 0; i < fan; i++) {
    const child = join(childrenA[i] as Part, childrenB[i] as Part, level - 1);
    isA &&= child === childrenA[i];
    isB &&= child === childrenB[i];
    isAll &&= child === everything;
    joined[i] = child;
  }
  return isA ? a : isB ? b : isAll ? everything : joined;
}

function visitBeyond(
  part: Part,
  known: Part,
  level: number,
  base: number,
  visit: (number: number) => void,
): void {
  if (part === known || part === nothing || known === everything) return;
  if (level === 0) {
    for (let bits = (part as number) & ~(known as number); bits !== 0; bits &= bits - 1)
      visit(base + lowestBit(bits));
    return;
  }
  const children = childrenOf(part);
  const knownChildren = childrenOf(known);
  const size = 2 ** (wordBits + fanBits * (level - 1));
  for (let i = 0; i < fan; i++)
    visitBeyond(children[i] as Part, knownChildren[i] as Part, level - 1, base + i * size, visit);
}

function missing(parts: readonly Part[], level: number, base: number, limit: number): number {
  if (base >= limit || parts.includes(everything)) return -1;
  if (level === 0) {
    const bits = ~parts.reduce<number>((all, part) => all | (part as number), nothing);
    const number = base + lowestBit(bits);
    return bits !== 0 && number < limit ? number : -1;
  }
  const some = parts.filter((part) => part !== nothing);
  if (some.length === 0) return base;
  const size = 2 ** (wordBits + fanBits * (level - 1));
  for (let i = 0; i < fan; i++) {
    const found = missing(
      some.map((part) => (part as readonly Part[])[i] as Part),
      level - 1,
      base + i * size,
      limit,
    );
    if (found >= 0) return found;
  }
  return -1;
}

/** The index of the lowest bit that is 1. `bits` must not be 0. */
const lowestBit = (bits: number): number => 31 - Math.clz32(bits & -bits);
