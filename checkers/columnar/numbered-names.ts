/**
 * Numbers names 0, 1, 2, … in the order of their first use. ASCII names are stored as bytes: as strings, a million
 * values and versions would take hundreds of megabytes. A name is a text together with a number (`apart`). Values of
 * different keys have different `apart`, so the same text gets a number of its own for each key.
 */
import { grown } from "./growing-array.ts";

export class Names {
  #count = 0;
  /** The bytes of all ASCII names, one name after the other. A name ends where the next one begins. */
  #bytes = new Uint8Array(512);
  #from = new Int32Array(64);
  #apart = new Int32Array(64);
  /**
   * A hash table with open addressing. Each slot has two cells: a name's number plus one (0 if the slot is empty), and
   * the name's hash. The two are adjacent to avoid a second cache miss.
   */
  #places = new Int32Array(256);
  /**
   * The texts of names as strings. Present for names that were added or asked for as strings, or that are not ASCII.
   */
  readonly #texts: (string | undefined)[] = [];
  /** The numbers of names that are not ASCII. These names are not stored as bytes. */
  readonly #others = new Map<string, number>();

  get count(): number {
    return this.#count;
  }

  /**
   * The number of the name with the bytes of `source` from `from` to before `to`, which must be ASCII. A new name is
   * added.
   */
  ofBytes(source: Uint8Array, from: number, to: number, apart = 0): number {
    const hash = hashOf(source, from, to, apart);
    const place = this.#placeOf(source, from, to, apart, hash);
    const known = this.#places[place] as number;
    return known > 0 ? known - 1 : this.#add(source, from, to, apart, hash, place);
  }

  ofText(text: string, apart = 0): number {
    const size = encode(text);
    if (size < 0) return this.#ofOther(text, apart);
    const number = this.ofBytes(scratch, 0, size, apart);
    this.#texts[number] ??= text;
    return number;
  }

  /** The number of the name whose text is the text of `a` followed by that of `b`. A new name is added. */
  ofBoth(a: number, b: number, apart = 0): number {
    if (this.#others.size > 0) return this.ofText(this.textOf(a) + this.textOf(b), apart);
    const fromA = this.#from[a] as number;
    const sizeA = (this.#from[a + 1] as number) - fromA;
    const fromB = this.#from[b] as number;
    const sizeB = (this.#from[b + 1] as number) - fromB;
    scratch = grown(scratch, sizeA + sizeB);
    for (let i = 0; i < sizeA; i++) scratch[i] = this.#bytes[fromA + i] as number;
    for (let i = 0; i < sizeB; i++) scratch[sizeA + i] = this.#bytes[fromB + i] as number;
    return this.ofBytes(scratch, 0, sizeA + sizeB, apart);
  }

  /** The number of the name, or −1 if the name was never added. */
  find(text: string, apart = 0): number {
    const size = encode(text);
    if (size < 0) return this.#others.get(`${apart} ${text}`) ?? -1;
    return (
      (this.#places[
        this.#placeOf(scratch, 0, size, apart, hashOf(scratch, 0, size, apart))
      ] as number) - 1
    );
  }

  textOf(number: number): string {
    return (this.#texts[number] ??= ascii.decode(
      this.#bytes.subarray(this.#from[number], this.#from[number + 1]),
    ));
  }

  /** The number `apart` of a name. */
  apartOf(number: number): number {
    return this.#apart[number] as number;
  }

  /** Compares the texts of two names by code units, as JavaScript compares strings. Negative: `a` comes first. */
  compare(a: number, b: number): number {
    if (this.#others.size > 0) return compareTexts(this.textOf(a), this.textOf(b));
    const bytes = this.#bytes;
    const endA = this.#from[a + 1] as number;
    const endB = this.#from[b + 1] as number;
    let atA = this.#from[a] as number;
    let atB = this.#from[b] as number;
    for (; atA < endA && atB < endB; atA++, atB++) {
      const difference = (bytes[atA] as number) - (bytes[atB] as number);
      if (difference !== 0) return difference;
    }
    return endA - atA - (endB - atB);
  }

  #ofOther(text: string, apart: number): number {
    const name = `${apart} ${text}`;
    let number = this.#others.get(name);
    if (number === undefined) {
      this.#others.set(name, (number = this.#number(apart)));
      this.#texts[number] = text;
    }
    return number;
  }

  #placeOf(source: Uint8Array, from: number, to: number, apart: number, hash: number): number {
    const places = this.#places;
    const mask = places.length - 1;
    for (let place = (2 * hash) & mask; ; place = (place + 2) & mask) {
      const known = places[place] as number;
      if (known === 0) return place;
      if (places[place + 1] === hash && this.#is(known - 1, source, from, to, apart)) return place;
    }
  }

  #is(number: number, source: Uint8Array, from: number, to: number, apart: number): boolean {
    if (this.#apart[number] !== apart) return false;
    const own = this.#from[number] as number;
    const size = to - from;
    if ((this.#from[number + 1] as number) - own !== size) return false;
    for (let i = 0; i < size; i++) if (this.#bytes[own + i] !== source[from + i]) return false;
    return true;
  }

  #add(
    source: Uint8Array,
    from: number,
    to: number,
    apart: number,
    hash: number,
    place: number,
  ): number {
    const number = this.#number(apart);
    const start = this.#from[number] as number;
    const size = to - from;
    this.#bytes = grown(this.#bytes, start + size);
    for (let i = 0; i < size; i++) this.#bytes[start + i] = source[from + i] as number;
    this.#from[number + 1] = start + size;
    this.#places[place] = number + 1;
    this.#places[place + 1] = hash;
    if (this.#count * 4 > this.#places.length) this.#spread();
    return number;
  }

  #number(apart: number): number {
    const number = this.#count++;
    this.#from = grown(this.#from, number + 2);
    this.#apart = grown(this.#apart, number + 1);
    this.#from[number + 1] = this.#from[number] as number;
    this.#apart[number] = apart;
    return number;
  }

  #spread(): void {
    const places = new Int32Array(this.#places.length * 2);
    const mask = places.length - 1;
    for (let from = 0; from < this.#places.length; from += 2) {
      const known = this.#places[from] as number;
      if (known === 0) continue;
      const hash = this.#places[from + 1] as number;
      let place = (2 * hash) & mask;
      while (places[place] !== 0) place = (place + 2) & mask;
      places[place] = known;
      places[place + 1] = hash;
    }
    this.#places = places;
  }
}

const ascii = new TextDecoder("latin1");

let scratch = new Uint8Array(256);

/** Writes the text into `scratch` as ASCII and returns its size, or −1 if the text is not ASCII. */
function encode(text: string): number {
  scratch = grown(scratch, text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 127) return -1;
    scratch[i] = unit;
  }
  return text.length;
}

/** A hash of the bytes, of their number and of `apart`. Takes four bytes at a time. */
function hashOf(bytes: Uint8Array, from: number, to: number, apart: number): number {
  let hash = Math.imul(apart + 1, 0x9e3779b1) ^ (to - from);
  let at = from;
  for (; at + 4 <= to; at += 4) {
    const word =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    hash = Math.imul(hash ^ word, 0x85ebca6b);
    hash ^= hash >>> 13;
  }
  for (; at < to; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x85ebca6b);
  hash ^= hash >>> 16;
  return Math.imul(hash, 0xc2b2ae35) ^ (hash >>> 13);
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
