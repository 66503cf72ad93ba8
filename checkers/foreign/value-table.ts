/**
 * Stores the values of another tool's history, each once under a number. Equal values have equal numbers, whatever the
 * order of maps and sets and the spelling of numbers. Equality is EDN's: `7` is `7N`, `1.50` is `1.5`, `7` is not
 * `7.0`, `1` is not `"1"`, a list equals a vector of the same elements, and a set equals no list.
 */
import { grown } from "../columnar/growing-array.ts";
import { Names } from "../columnar/numbered-names.ts";

/** The kinds of values. Scalars come before `list`, composites from `list` on. */
export const Kind = {
  nil: 0,
  boolean: 1,
  integer: 2,
  float: 3,
  decimal: 4,
  ratio: 5,
  string: 6,
  character: 7,
  keyword: 8,
  symbol: 9,
  list: 10,
  set: 11,
  map: 12,
  tagged: 13,
} as const;

export type KindCode = (typeof Kind)[keyof typeof Kind];

/** The number of the value nil, in every table. */
export const nil = 0;

/** Stands in place of a value's number if there is no value: the operation lacks the field. */
export const absent = -1;

const smallIntegers = 1 << 20;
const blockSize = 1 << 20;
/** The largest depth to which values are printed. Deeper values are an ellipsis. Equality does not use the text. */
const deepestText = 64;

export class ValueTable {
  readonly #names = new Names();
  /** For each name in `#names`, the number of its value. */
  #valueOfName = new Int32Array(64);
  #namesKnown = 0;
  #count = 0;
  #kind = new Uint8Array(64);
  /** For each scalar, the number of its name in `#names`. For each composite, its number among the composites. */
  #payload = new Int32Array(64);
  /** For each small integer from 0 on, the number of its value plus one. 0: the table does not have the integer. */
  #small = new Int32Array(1024);

  /** The children of all composites. They are in several blocks, so that those of a long history are never copied. */
  readonly #blocks: Int32Array[] = [];
  #filled = 0;
  #composites = 0;
  #block = new Int32Array(64);
  #offset = new Int32Array(64);
  #size = new Int32Array(64);
  #hash = new Int32Array(64);
  #valueOfComposite = new Int32Array(64);
  /** A hash table with open addressing. A place holds a composite's number plus one, or 0 if the place is empty. */
  #places = new Int32Array(128);
  #childrenBytes = 0;
  #textBytes = 0;

  constructor() {
    this.#scalar(Kind.nil, "nil");
  }

  get count(): number {
    return this.#count;
  }

  /** The approximate number of bytes that the values take. */
  get bytes(): number {
    return this.#childrenBytes + 40 * this.#composites + 24 * this.#count + this.#textBytes;
  }

  kindOf(value: number): KindCode {
    return this.#kind[value] as KindCode;
  }

  /**
   * The number of the value of an integer.
   * @param number A whole number from 0 on that JavaScript represents exactly.
   */
  integer(number: number): number {
    const known = number < this.#small.length ? (this.#small[number] as number) : 0;
    return known > 0 ? known - 1 : this.#newInteger(number);
  }

  #newInteger(number: number): number {
    const value = this.#scalar(Kind.integer, String(number));
    if (number >= smallIntegers) return value;
    this.#small = grown(this.#small, number + 1);
    this.#small[number] = value + 1;
    return value;
  }

  /**
   * The number of the value of a scalar.
   * @param text The canonical text of the scalar: equal scalars of a kind have equal texts.
   */
  scalar(kind: KindCode, text: string): number {
    return this.#scalar(kind, text);
  }

  /** The number of the scalar whose canonical text is the ASCII bytes from index `from` to before index `to`. */
  ofBytes(kind: KindCode, bytes: Uint8Array, from: number, to: number): number {
    return this.#ofName(kind, this.#names.ofBytes(bytes, from, to, kind), to - from);
  }

  /** The value of the string that is the string `a` followed by the string `b`. */
  joined(a: number, b: number): number {
    const name = this.#names.ofBoth(
      this.#payload[a] as number,
      this.#payload[b] as number,
      Kind.string,
    );
    return this.#ofName(Kind.string, name, 0);
  }

  /**
   * The number of a list, set, map or tagged value.
   * @param children The numbers of the children, from index `from` to before index `to`. They are copied. For a map:
   * key, value, key, value, … These are sorted in place by key.
   */
  composite(kind: KindCode, children: Int32Array, from: number, to: number): number {
    if (kind === Kind.map) sortByKey(children, from, to);
    const hash =
      kind === Kind.set ? hashOfSet(children, from, to) : hashOfList(kind, children, from, to);
    const mask = this.#places.length - 1;
    let place = hash & mask;
    for (; ; place = (place + 1) & mask) {
      const known = this.#places[place] as number;
      if (known === 0) break;
      if (this.#isComposite(known - 1, kind, hash, children, from, to))
        return this.#valueOfComposite[known - 1] as number;
    }
    return this.#addComposite(kind, hash, children, from, to, place);
  }

  /**
   * The elements of a list or set, the keys and values of a map, or the tag and value of a tagged value. Empty for a
   * scalar. Must not be changed.
   */
  childrenOf(value: number): Int32Array {
    if ((this.#kind[value] as number) < Kind.list) return none;
    const composite = this.#payload[value] as number;
    const offset = this.#offset[composite] as number;
    return (this.#blocks[this.#block[composite] as number] as Int32Array).subarray(
      offset,
      offset + (this.#size[composite] as number),
    );
  }

  /** The number of children of a list, set, map or tagged value. 0 for a scalar. */
  sizeOf(value: number): number {
    return (this.#kind[value] as number) < Kind.list
      ? 0
      : (this.#size[this.#payload[value] as number] as number);
  }

  /** Whether the value is a vector or list of two elements. */
  isPair(value: number): boolean {
    return this.#kind[value] === Kind.list && this.sizeOf(value) === 2;
  }

  /**
   * The canonical text of a scalar: for example the characters of a string, the name of a keyword with its colon, or
   * the digits of a number.
   */
  nameOf(value: number): string {
    return this.#names.textOf(this.#payload[value] as number);
  }

  /** The value as a number. NaN: the value is no integer, float or decimal. */
  numberOf(value: number): number {
    const kind = this.#kind[value] as number;
    return kind >= Kind.integer && kind <= Kind.decimal ? Number(this.nameOf(value)) : NaN;
  }

  /** The value as EDN text. Equal values have equal texts. Values that are very deep are shortened. */
  textOf(value: number, depth = 0): string {
    const kind = this.kindOf(value);
    switch (kind) {
      case Kind.string:
        return JSON.stringify(this.nameOf(value));
      case Kind.float: {
        const text = this.nameOf(value);
        return /^-?\d+$/.test(text) ? `${text}.0` : /[NI]/.test(text) ? `##${text}` : text;
      }
      case Kind.decimal:
        return `${this.nameOf(value)}M`;
      case Kind.nil:
      case Kind.boolean:
      case Kind.integer:
      case Kind.ratio:
      case Kind.character:
      case Kind.keyword:
      case Kind.symbol:
        return this.nameOf(value);
      case Kind.list:
      case Kind.set:
      case Kind.map:
      case Kind.tagged:
        return this.#compositeText(kind, value, depth + 1);
    }
  }

  /** The value as EDN text, cut off after `most` characters. `none` for an absent value. */
  briefOf(value: number, most = 80): string {
    const text = value === absent ? "none" : this.textOf(value);
    return text.length <= most ? text : `${text.slice(0, most)}…`;
  }

  #compositeText(
    kind: typeof Kind.list | typeof Kind.set | typeof Kind.map | typeof Kind.tagged,
    value: number,
    depth: number,
  ): string {
    const children = this.childrenOf(value);
    const texts =
      depth > deepestText ? ["…"] : Array.from(children, (child) => this.textOf(child, depth));
    switch (kind) {
      case Kind.list:
        return `[${texts.join(" ")}]`;
      case Kind.set:
        return `#{${texts.join(" ")}}`;
      case Kind.map:
        return `{${texts.map((text, i) => (i % 2 === 0 ? text : `${text},`)).join(" ")}`.replace(
          /,?$/,
          "}",
        );
      case Kind.tagged:
        return `#${texts.join(" ")}`;
    }
  }

  #scalar(kind: KindCode, text: string): number {
    return this.#ofName(kind, this.#names.ofText(text, kind), 2 * text.length);
  }

  #ofName(kind: KindCode, name: number, bytes: number): number {
    if (name < this.#namesKnown) return this.#valueOfName[name] as number;
    this.#namesKnown = name + 1;
    this.#textBytes += bytes;
    this.#valueOfName = grown(this.#valueOfName, name + 1);
    return (this.#valueOfName[name] = this.#addValue(kind, name));
  }

  #addValue(kind: KindCode, payload: number): number {
    const value = this.#count++;
    this.#kind = grown(this.#kind, value + 1);
    this.#payload = grown(this.#payload, value + 1);
    this.#kind[value] = kind;
    this.#payload[value] = payload;
    return value;
  }

  #isComposite(
    composite: number,
    kind: KindCode,
    hash: number,
    children: Int32Array,
    from: number,
    to: number,
  ): boolean {
    if (this.#hash[composite] !== hash || this.#size[composite] !== to - from) return false;
    const value = this.#valueOfComposite[composite] as number;
    if (this.#kind[value] !== kind) return false;
    const own = this.childrenOf(value);
    let same = 0;
    while (same < own.length && own[same] === children[from + same]) same++;
    if (same === own.length) return true;
    if (kind !== Kind.set) return false;
    const a = own.slice().sort();
    const b = children.slice(from, to).sort();
    return a.every((child, i) => child === b[i]);
  }

  #addComposite(
    kind: KindCode,
    hash: number,
    children: Int32Array,
    from: number,
    to: number,
    place: number,
  ): number {
    const composite = this.#composites++;
    const size = to - from;
    let block = this.#blocks.length - 1;
    const room = this.#blocks[block]?.length ?? 0;
    if (this.#filled + size > room || room === 0) {
      const length = Math.max(size, Math.min(blockSize, 2 * room), 1024);
      this.#blocks.push(new Int32Array(length));
      this.#childrenBytes += 4 * length;
      this.#filled = 0;
      block++;
    }
    (this.#blocks[block] as Int32Array).set(children.subarray(from, to), this.#filled);
    this.#block = grown(this.#block, composite + 1);
    this.#offset = grown(this.#offset, composite + 1);
    this.#size = grown(this.#size, composite + 1);
    this.#hash = grown(this.#hash, composite + 1);
    this.#valueOfComposite = grown(this.#valueOfComposite, composite + 1);
    this.#block[composite] = block;
    this.#offset[composite] = this.#filled;
    this.#size[composite] = size;
    this.#hash[composite] = hash;
    this.#filled += size;
    this.#places[place] = composite + 1;
    if (this.#composites * 2 > this.#places.length) this.#spread();
    return (this.#valueOfComposite[composite] = this.#addValue(kind, composite));
  }

  #spread(): void {
    const places = new Int32Array(this.#places.length * 2);
    const mask = places.length - 1;
    for (let composite = 0; composite < this.#composites; composite++) {
      let place = (this.#hash[composite] as number) & mask;
      while (places[place] !== 0) place = (place + 1) & mask;
      places[place] = composite + 1;
    }
    this.#places = places;
  }
}

const none = new Int32Array(0);

/** Sorts the entries of a map by the numbers of the keys, so that their order in the file does not matter. */
function sortByKey(children: Int32Array, from: number, to: number): void {
  if (to - from > 64) {
    const entries = Array.from({ length: (to - from) / 2 }, (_, i) => [
      children[from + 2 * i] as number,
      children[from + 2 * i + 1] as number,
    ]);
    entries.sort(([a = 0], [b = 0]) => a - b);
    children.set(entries.flat(), from);
    return;
  }
  for (let i = from + 2; i < to; i += 2) {
    const key = children[i] as number;
    const value = children[i + 1] as number;
    let at = i;
    for (; at > from && (children[at - 2] as number) > key; at -= 2) {
      children[at] = children[at - 2] as number;
      children[at + 1] = children[at - 1] as number;
    }
    children[at] = key;
    children[at + 1] = value;
  }
}

function hashOfList(kind: number, children: Int32Array, from: number, to: number): number {
  let hash = Math.imul(kind + 1, 0x9e3779b1) ^ (to - from);
  for (let i = from; i < to; i++) {
    hash = Math.imul(hash ^ (children[i] as number), 0x85ebca6b);
    hash ^= hash >>> 13;
  }
  return Math.imul(hash, 0xc2b2ae35) ^ (hash >>> 16);
}

/** A hash of a set's elements that does not depend on their order. */
function hashOfSet(children: Int32Array, from: number, to: number): number {
  let sum = Math.imul(to - from, 0x9e3779b1);
  for (let i = from; i < to; i++) {
    let x = Math.imul((children[i] as number) + 1, 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    sum = (sum + (x ^ (x >>> 15))) | 0;
  }
  return sum;
}
