/**
 * Reads Fressian, the binary form in which Jepsen's store files have Clojure values, and returns the values as EDN
 * text. The format: https://github.com/Datomic/fressian/wiki.
 */
import { HistoryError } from "../language/history-error.ts";

/** The largest depth of nested values. Reading deeper ones could overflow the stack. */
const deepest = 500;

/** Reads the values in some bytes, one after the other. */
export class FressianReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #isReference: (tag: string) => boolean;
  #at = 0;
  #depth = 0;
  #cache: string[] = [];
  #structs: { readonly tag: string; readonly size: number }[] = [];

  /**
   * @param bytes The values, one directly after the other.
   * @param isReference Whether the value with this tag is the number of another block. Such values are returned as
   * `#tag number`.
   */
  constructor(bytes: Uint8Array, isReference: (tag: string) => boolean = () => false) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#isReference = isReference;
  }

  /** Whether all bytes were read. */
  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /**
   * Reads the next value and returns it as EDN. Throws HistoryError if the value is damaged: for example, if it is
   * incomplete, has an unknown code or is nested too deeply.
   */
  read(): string {
    if (++this.#depth > deepest) throw damaged(`values nested deeper than ${deepest}`);
    const text = this.#value(this.#byte());
    this.#depth--;
    return text;
  }

  /** Reads the next list and returns each of its elements as EDN. */
  readList(): string[] {
    if (this.#bytes[this.#at] !== 0xef) return this.#elements();
    this.#at++;
    const tag = unquoted(this.read());
    this.#structs.push({ tag, size: this.#integer() });
    if (tag !== "vec") throw damaged(`a ${tag} where a list should be`);
    return this.readList();
  }

  /** Reads the next map and returns the value of `key`, or undefined if the map does not have the key. */
  readEntry(key: string): string | undefined {
    const code = this.#byte();
    if (code !== 0xc0) throw damaged(`the code 0x${code.toString(16)} where a map should begin`);
    const elements = this.#elements();
    for (let i = 0; i + 1 < elements.length; i += 2)
      if (elements[i] === key) return elements[i + 1];
    return undefined;
  }

  #value(code: number): string {
    const small = this.#packedInteger(code);
    if (small !== undefined) return String(small);
    if (code < 0xa0) return this.#cached(code - 0x80);
    if (code < 0xb0) return this.#struct(this.#structs[code - 0xa0]);
    if (code >= 0xd0 && code < 0xd8) return JSON.stringify(this.#hex(code - 0xd0));
    if (code >= 0xda && code < 0xe2) return JSON.stringify(this.#characters(code - 0xda));
    if (code >= 0xe4 && code < 0xec) return `[${this.#values(code - 0xe4).join(" ")}]`;
    return this.#other(code);
  }

  #other(code: number): string {
    switch (code) {
      case 0xb0:
      case 0xb1:
      case 0xb2:
      case 0xb3:
      case 0xb4:
      case 0xb5:
      case 0xec:
        return `[${this.#values(this.#integer()).join(" ")}]`;
      case 0xc0:
        return `{${this.#elements().join(" ")}}`;
      case 0xc1:
        return `#{${this.#elements().join(" ")}}`;
      case 0xc3:
        return `#uuid ${this.read()}`;
      case 0xc4:
      case 0xc5:
        return this.read();
      case 0xc6:
        return String(this.#bigInteger());
      case 0xc7: {
        const unscaled = this.#bigInteger();
        return `${unscaled}E${-this.#integer()}M`;
      }
      case 0xc8:
        return `#inst ${JSON.stringify(new Date(this.#integer()).toISOString())}`;
      case 0xc9:
        return this.#name("");
      case 0xca:
        return this.#name(":");
      case 0xcc:
        return this.#cached(this.#integer());
      case 0xcd: {
        // The outer value gets its place in the cache before the values inside it.
        const place = this.#cache.push("nil") - 1;
        return (this.#cache[place] = this.read());
      }
      case 0xd8:
      case 0xd9:
        return this.#binary(code);
      case 0xe2:
      case 0xe3:
        return this.#text(code);
      case 0xed:
      case 0xee:
        return `[${this.#valuesToEnd(code === 0xee).join(" ")}]`;
      case 0xef: {
        const tag = unquoted(this.read());
        const struct = { tag, size: this.#integer() };
        this.#structs.push(struct);
        return this.#struct(struct);
      }
      case 0xf0:
        return this.#struct(this.#structs[this.#integer()]);
      case 0xf1:
        this.read();
        return this.read();
      case 0xf4:
        return this.read();
      case 0xf5:
        return "true";
      case 0xf6:
        return "false";
      case 0xf7:
        return "nil";
      case 0xf9:
        return float(this.#view.getFloat32(this.#take(4)));
      case 0xfa:
        return float(this.#view.getFloat64(this.#take(8)));
      case 0xfb:
        return "0.0";
      case 0xfc:
        return "1.0";
      case 0xfe:
        this.#cache = [];
        this.#structs = [];
        return this.read();
      default:
        throw damaged(`the code 0x${code.toString(16)}`);
    }
  }

  /**
   * Reads a whole number of which the first part is in the code itself. Undefined: the code does not stand for a
   * number.
   */
  #packedInteger(code: number): bigint | undefined {
    if (code === 0xff) return -1n;
    if (code === 0xf8) return this.#view.getBigInt64(this.#take(8));
    if (code < 0x40) return BigInt(code);
    const known = packed.find(({ from, to }) => code >= from && code < to);
    if (known === undefined) return undefined;
    let number = BigInt(code - known.zero);
    for (let i = 0; i < known.bytes; i++) number = (number << 8n) | BigInt(this.#byte());
    return number;
  }

  #integer(): number {
    const code = this.#byte();
    const number = this.#packedInteger(code);
    if (number === undefined)
      throw damaged(`the code 0x${code.toString(16)} where a number should begin`);
    return Number(number);
  }

  #cached(place: number): string {
    const text = this.#cache[place];
    if (text === undefined)
      throw damaged(`a reference to value ${place} of the cache, which does not exist`);
    return text;
  }

  #values(count: number): string[] {
    // Each element takes at least one byte, so a larger count is wrong.
    if (count < 0 || count > this.#bytes.length - this.#at) throw cutOff();
    return Array.from({ length: count }, () => this.read());
  }

  #valuesToEnd(mayEndWithFile: boolean): string[] {
    const values: string[] = [];
    while (this.#bytes[this.#at] !== 0xfd) {
      if (this.isAtEnd && mayEndWithFile) return values;
      values.push(this.read());
    }
    this.#at++;
    return values;
  }

  /** Reads the list with the elements of a map or a set. nil stands for an empty list. */
  #elements(): string[] {
    const code = this.#byte();
    if (code === 0xf7) return [];
    if (code >= 0xe4 && code < 0xec) return this.#values(code - 0xe4);
    if (code === 0xec) return this.#values(this.#integer());
    if (code === 0xed || code === 0xee) return this.#valuesToEnd(code === 0xee);
    throw damaged(`the code 0x${code.toString(16)} where a list should begin`);
  }

  #struct(struct: { readonly tag: string; readonly size: number } | undefined): string {
    if (struct === undefined) throw damaged("a record of no known kind");
    const { tag, size } = struct;
    switch (tag) {
      case "persistent-hash-set":
      case "persistent-sorted-set":
        return `#{${this.#elements().join(" ")}}`;
      case "vec":
      case "atom":
        return this.read();
      case "map-entry":
        return `#jepsen.independent/tuple [${this.#values(2).join(" ")}]`;
      case "byte":
        return String(this.#integer());
      case "char":
        return `\\u${this.#integer().toString(16).padStart(4, "0")}`;
      case "ratio":
        return `${this.#bigInteger()}/${this.#bigInteger()}`;
      case "jepsen.history.Op": {
        const [index, time, type, process, f, value, rest = "nil"] = this.#values(size);
        const more = /^\{(.+)\}$/s.exec(rest)?.[1] ?? "";
        return `{:index ${index}, :time ${time}, :type ${type}, :process ${process}, :f ${f}, :value ${value}${more === "" ? "" : `, ${more}`}}`;
      }
      case "record": {
        const [, map = "{}"] = this.#values(size);
        return map;
      }
      default: {
        const values = this.#values(size);
        const [first = "nil"] = values;
        if (this.#isReference(tag)) return `#${tag} ${first}`;
        return `#${/^[A-Za-z][\w./-]*$/.test(tag) ? tag : "object"} ${size === 1 ? first : `[${values.join(" ")}]`}`;
      }
    }
  }

  #name(sigil: string): string {
    const namespace = this.read();
    const name = unquoted(this.read());
    return `${sigil}${namespace === "nil" ? "" : `${unquoted(namespace)}/`}${name}`;
  }

  /** Reads a text that is stored in pieces. The code of each piece says whether another one follows. */
  #text(code: number): string {
    let text = "";
    for (let next = code; ; next = this.#byte()) {
      if (next >= 0xda && next < 0xe2) return JSON.stringify(text + this.#characters(next - 0xda));
      if (next !== 0xe2 && next !== 0xe3)
        throw damaged(`the code 0x${next.toString(16)} inside a text`);
      text += this.#characters(this.#integer());
      if (next === 0xe3) return JSON.stringify(text);
    }
  }

  /** Reads bytes that are stored in pieces, and returns them as hexadecimal text. */
  #binary(code: number): string {
    let text = "";
    for (let next = code; ; next = this.#byte()) {
      const isPacked = next >= 0xd0 && next < 0xd8;
      if (!isPacked && next !== 0xd8 && next !== 0xd9)
        throw damaged(`the code 0x${next.toString(16)} inside a byte string`);
      text += this.#hex(isPacked ? next - 0xd0 : this.#integer());
      if (next !== 0xd8) return JSON.stringify(text);
    }
  }

  /** Decodes a text whose UTF-16 code units were encoded one by one, as Java does. */
  #characters(size: number): string {
    const from = this.#take(size);
    const end = from + size;
    const units: number[] = [];
    for (let at = from; at < end;) {
      const first = this.#bytes[at++] as number;
      if (first < 0x80) units.push(first);
      else if (first < 0xe0)
        units.push(((first & 0x1f) << 6) | ((this.#bytes[at++] as number) & 0x3f));
      else
        units.push(
          ((first & 0x0f) << 12) |
            (((this.#bytes[at++] as number) & 0x3f) << 6) |
            ((this.#bytes[at++] as number) & 0x3f),
        );
    }
    let text = "";
    for (let at = 0; at < units.length; at += 4096)
      text += String.fromCharCode(...units.slice(at, at + 4096));
    return text;
  }

  #hex(size: number): string {
    const from = this.#take(size);
    return Buffer.from(this.#bytes.subarray(from, from + size)).toString("hex");
  }

  #bigInteger(): bigint {
    const hex = unquoted(this.read());
    if (!/^[0-9a-f]*$/.test(hex)) throw damaged("a large number that is not written as bytes");
    return hex === "" ? 0n : BigInt.asIntN(4 * hex.length, BigInt(`0x${hex}`));
  }

  #byte(): number {
    return this.#bytes[this.#take(1)] as number;
  }

  #take(size: number): number {
    const from = this.#at;
    if (size < 0 || from + size > this.#bytes.length) throw cutOff();
    this.#at += size;
    return from;
  }
}

const packed = [
  { from: 0x40, to: 0x60, zero: 0x50, bytes: 1 },
  { from: 0x60, to: 0x70, zero: 0x68, bytes: 2 },
  { from: 0x70, to: 0x74, zero: 0x72, bytes: 3 },
  { from: 0x74, to: 0x78, zero: 0x76, bytes: 4 },
  { from: 0x78, to: 0x7c, zero: 0x7a, bytes: 5 },
  { from: 0x7c, to: 0x80, zero: 0x7e, bytes: 6 },
] as const;

const float = (number: number): string =>
  Number.isFinite(number)
    ? Number.isInteger(number) && Math.abs(number) < 1e15
      ? number.toFixed(1)
      : String(number)
    : `##${Number.isNaN(number) ? "NaN" : number > 0 ? "Inf" : "-Inf"}`;

const unquoted = (text: string): string =>
  text.startsWith('"') ? (JSON.parse(text) as string) : text;

/** An error about a store file. It has no line number, since store files have no lines. */
export const damaged = (got: string): HistoryError =>
  new HistoryError("bad-store", "a complete Jepsen store file", got);

const cutOff = (): HistoryError => damaged("a block that ends inside a value");
