/**
 * Reads EDN or JSON values from bytes into a ValueTable. Uses no recursion, so that values may have any depth. If a
 * file arrives in pieces, reading can stop in the middle of a value.
 *
 * Reads EDN as Clojure prints it, which goes beyond the specification: `#object[Foo 0x6b "x"]`, `#:ns{}`, `#"regex"`,
 * `##NaN`, `\(`, `#<Foo …>`, `^meta`, and control characters inside strings.
 */
import { HistoryError } from "../language/history-error.ts";
import { grown } from "../columnar/growing-array.ts";
import { Kind, type KindCode, nil, type ValueTable } from "./value-table.ts";

/**
 * Thrown if the bytes end inside a form and more bytes will come. There is only one such object, since it may be thrown
 * many times while a file is read in pieces.
 */
export const needsMore = new Error("the bytes end inside a value");

const Frame = {
  list: 0,
  set: 1,
  map: 2,
  tag: 3,
  discard: 4,
  meta: 5,
  namespace: 6,
  pairs: 7,
} as const;

const code = (character: string): number => character.charCodeAt(0);
const quote = code('"');
const backslash = code("\\");
const colon = code(":");
const hash = code("#");
const semicolon = code(";");
const space = 32;
const lineFeed = 10;

/** The class of each byte: 1 for a blank, 2 for any other byte that ends a token, otherwise 0. */
const classOf = new Uint8Array(256);
for (const character of " \t\n\r\f\v,\u001c\u001d\u001e\u001f") classOf[code(character)] = 1;
for (const character of '()[]{}";') classOf[code(character)] = 2;

const closes: Readonly<Record<number, number>> = {
  [code("(")]: code(")"),
  [code("[")]: code("]"),
  [code("{")]: code("}"),
};

/** The tags of tuples of jepsen.independent, and of the map entries that such tuples are printed as. */
const tupleTag = /^jepsen\.independent[./]tuple$|(?:^|[./])MapEntry$/i;

const utf8 = new TextDecoder("utf-8");

export class ValueReader {
  readonly values: ValueTable;
  readonly json: boolean;
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;
  /** Whether the file ends with the bytes in `bytes`, so that no more will follow. */
  final = true;
  line = 1;
  /** The values of vectors that a tag marks as tuples of jepsen.independent. */
  readonly tuples = new Set<number>();

  #frames: number[] = [];
  /** For each open frame, the byte that closes it, or the value of its tag. */
  #closing: number[] = [];
  #marks: number[] = [];
  #lines: number[] = [];
  #children = new Int32Array(1024);
  #held = 0;

  constructor(values: ValueTable, json: boolean) {
    this.values = values;
    this.json = json;
  }

  /** Sets the bytes to read: from index `from` to before index `to`. `final`: no more bytes follow. */
  load(bytes: Uint8Array, from: number, to: number, final: boolean): void {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
    this.final = final;
  }

  /** Skips blanks, comments and discarded forms. Returns the next byte without consuming it, or −1 at the end. */
  peek(): number {
    for (;;) {
      this.#skipBlanks();
      if (this.at >= this.end) return this.#ended();
      const byte = this.bytes[this.at] as number;
      if (this.json || byte !== hash) return byte;
      if (this.at + 1 >= this.end && !this.final) throw needsMore;
      if (this.bytes[this.at + 1] !== code("_")) return byte;
      this.at += 2;
      this.read();
    }
  }

  /** Reads the next value. Throws HistoryError if the value is wrong, or `needsMore` if it is incomplete. */
  read(): number {
    // Reads common values at once, without frames.
    const first = this.at < this.end ? (this.bytes[this.at] as number) : -1;
    if (first >= 48 && first <= 57) {
      const value = this.#smallInteger();
      if (value >= 0) return value;
    } else if (first === quote) return this.#string();
    else if (first === 110 && this.#isNil()) {
      this.at += this.json ? 4 : 3;
      return nil;
    } else if (first === colon && !this.json) return this.#atom();
    return this.#readAny();
  }

  /** Skips the next value. Throws HistoryError if the value is wrong, or `needsMore` if it is incomplete. */
  skip(): void {
    const open: { readonly close: number; readonly line: number }[] = [];
    let needed = 1;
    while (needed > 0) {
      this.#skipBlanks();
      const byte = this.at < this.end ? (this.bytes[this.at] as number) : this.#ended();
      if (byte === -1) throw this.#cutOffIn(open.at(-1));
      const close = closes[byte];
      if (close !== undefined) {
        open.push({ close, line: this.line });
        this.at++;
        continue;
      }
      if (byte === 41 || byte === 93 || byte === 125) {
        if (open.pop()?.close !== byte) throw this.error("a value", String.fromCharCode(byte));
        this.at++;
      } else {
        const more = this.#skipAtom(byte);
        if (more > 0) {
          if (open.length === 0) needed += more - 1;
          continue;
        }
      }
      if (open.length === 0) needed--;
    }
  }

  /**
   * Skips a form without brackets. Returns how many further values belong to the form: one to a tag or to the colon of
   * JSON, two to metadata or to a discarded value, otherwise none.
   */
  #skipAtom(byte: number): 0 | 1 | 2 {
    if (byte === quote) this.#skipString();
    else if (this.json) {
      if (byte !== colon) this.#takeToken();
      else {
        this.at++;
        return 1;
      }
    } else if (byte === 94) {
      this.at++;
      return 2;
    } else if (byte === backslash) {
      if (this.at + 2 >= this.end && !this.final) throw needsMore;
      this.at += 2;
      this.token();
    } else if (byte === hash) return this.#skipDispatch();
    else this.#takeToken();
    return 0;
  }

  #skipDispatch(): 0 | 1 | 2 {
    if (this.at + 2 >= this.end && !this.final) throw needsMore;
    const next = this.bytes[this.at + 1];
    if (next === code("<")) {
      this.#skipUnreadable();
      return 0;
    }
    if (next === hash) {
      this.#takeToken();
      return 0;
    }
    this.at++;
    if (next === code("_")) {
      this.at++;
      return 2;
    }
    if (next !== quote && next !== 123) this.#takeToken();
    return 1;
  }

  #cutOffIn(
    innermost: { readonly close: number; readonly line: number } | undefined,
  ): HistoryError {
    return this.error(
      innermost === undefined
        ? "a value"
        : `a ${String.fromCharCode(innermost.close)} for the bracket of line ${innermost.line}`,
      "the end of the file",
    );
  }

  /** Reads a number without storing it in the table. NaN: the value is no number, and was skipped. */
  plainNumber(): number {
    const { bytes, end } = this;
    let at = this.at;
    let number = 0;
    while (at < end && (bytes[at] as number) >= 48 && (bytes[at] as number) <= 57)
      number = number * 10 + ((bytes[at++] as number) - 48);
    if (at > this.at && at < end && classOf[bytes[at] as number] !== 0) {
      this.at = at;
      return number;
    }
    const from = this.at;
    this.skip();
    const token = this.text(from, this.at);
    return /^[-+]?\d/.test(token) ? Number(token.replace(/[MN]$/, "")) : NaN;
  }

  /** Reads a token (a number or a name). Returns the index at which the token begins. It ends before the index `at`. */
  token(): number {
    const from = this.at;
    const { bytes, end, json } = this;
    let at = from;
    while (at < end) {
      const byte = bytes[at] as number;
      if (classOf[byte] !== 0 || (json && byte === colon)) break;
      at++;
    }
    if (at >= end && !this.final) throw needsMore;
    this.at = at;
    return from;
  }

  /** The bytes from index `from` to before index `to`, as text. */
  text(from: number, to: number): string {
    return utf8.decode(this.bytes.subarray(from, to));
  }

  error(expected: string, got: string): HistoryError {
    return new HistoryError(this.json ? "bad-json" : "bad-edn", expected, got, this.line);
  }

  #ended(): -1 {
    if (!this.final) throw needsMore;
    return -1;
  }

  #skipBlanks(): void {
    const { bytes, end } = this;
    let at = this.at;
    for (;;) {
      if (at >= end) break;
      const byte = bytes[at] as number;
      if (classOf[byte] === 1) {
        if (byte === lineFeed) this.line++;
        at++;
      } else if (byte === semicolon && !this.json) {
        while (at < end && bytes[at] !== lineFeed) at++;
      } else break;
    }
    this.at = at;
  }

  /** Whether `nil` (`null` in JSON) comes next, followed by a byte that ends a token. */
  #isNil(): boolean {
    const { bytes, at, json } = this;
    const end = at + (json ? 4 : 3);
    if (end >= this.end || classOf[bytes[end] as number] === 0) return false;
    return json
      ? bytes[at + 1] === 117 && bytes[at + 2] === 108 && bytes[at + 3] === 108
      : bytes[at + 1] === 105 && bytes[at + 2] === 108;
  }

  #smallInteger(): number {
    const { bytes, end } = this;
    let at = this.at;
    let number = 0;
    while (at < end) {
      const byte = bytes[at] as number;
      if (byte < 48 || byte > 57) {
        if (classOf[byte] === 0 || at - this.at > 15) return -1;
        this.at = at;
        return this.values.integer(number);
      }
      number = number * 10 + (byte - 48);
      at++;
    }
    return -1;
  }

  #readAny(): number {
    if (this.#frames.length > 0) this.#forget();
    for (;;) {
      this.#skipBlanks();
      const byte = this.at < this.end ? (this.bytes[this.at] as number) : this.#ended();
      if (byte === -1) throw this.#cutOff();
      if (byte >= 48 && byte <= 57 && this.#integers()) continue;
      let value: number;
      if (byte === 41 || byte === 93 || byte === 125) value = this.#close(byte);
      else if (this.#opensFrame(byte)) continue;
      else value = byte === hash && !this.json ? this.#scalarAfterHash : this.#scalar(byte);
      for (;;) {
        const top = this.#frames.length - 1;
        if (top < 0) return value;
        const after = this.#give(top, value);
        if (after < 0) break;
        value = after;
      }
    }
  }

  /**
   * Inside an open collection, reads all small integers that come next and are followed by a space. Fast, since reads
   * of whole sets have many of them. Returns whether there was one.
   */
  #integers(): boolean {
    const top = this.#frames.length - 1;
    if (top < 0 || (this.#frames[top] as number) > Frame.map) return false;
    const { bytes, end, values } = this;
    let children = this.#children;
    let held = this.#held;
    let at = this.at;
    for (;;) {
      let number = 0;
      let to = at;
      let byte = 0;
      for (; to < end; to++) {
        byte = bytes[to] as number;
        if (byte < 48 || byte > 57) break;
        number = number * 10 + (byte - 48);
      }
      if (to === at || to >= end || to - at > 9 || byte !== space) break;
      if (held === children.length) this.#children = children = grown(children, held + 1);
      children[held++] = values.integer(number);
      at = to + 1;
    }
    const isAny = held > this.#held;
    this.#held = held;
    this.at = at;
    return isAny;
  }

  /**
   * Opens a frame if a form comes next that contains further values. Returns false if a scalar comes next, or if a
   * scalar that begins with # was read.
   */
  #opensFrame(byte: number): boolean {
    const close = closes[byte];
    if (close !== undefined) {
      this.#open(byte === 123 ? Frame.map : Frame.list, close);
      this.at++;
      return true;
    }
    if (this.json) {
      if (byte !== colon) return false;
      this.#colon();
      return true;
    }
    if (byte === hash) return !this.#dispatch();
    if (byte !== 94) return false;
    this.at++;
    this.#open(Frame.meta, -1);
    return true;
  }

  #scalar(byte: number): number {
    if (byte === quote) return this.#string();
    if (byte >= 48 && byte <= 57) {
      const value = this.#smallInteger();
      return value < 0 ? this.#atom() : value;
    }
    if (byte !== 110 || !this.#isNil()) return this.#atom();
    this.at += this.json ? 4 : 3;
    return nil;
  }

  /** Drops the frames that were still open when the bytes ended. */
  #forget(): void {
    this.#frames = [];
    this.#closing = [];
    this.#marks = [];
    this.#lines = [];
    this.#held = 0;
  }

  /** Gives a value to the frame `top`. Returns the frame's own value if that completes the frame, otherwise −1. */
  #give(top: number, value: number): number {
    const frame = this.#frames[top] as number;
    switch (frame) {
      case Frame.tag:
        return this.#tagged(this.#pop(), value);
      case Frame.namespace:
        return this.#namespaced(this.#pop(), value);
      case Frame.discard:
        this.#pop();
        return -1;
      case Frame.meta:
        if (this.#closing[top] === -1) {
          this.#closing[top] = 0;
          return -1;
        }
        this.#pop();
        return value;
      default:
        if (this.#held === this.#children.length)
          this.#children = grown(this.#children, this.#held + 1);
        this.#children[this.#held++] = value;
        return -1;
    }
  }

  #open(frame: number, closing: number): void {
    this.#frames.push(frame);
    this.#closing.push(closing);
    this.#marks.push(this.#held);
    this.#lines.push(this.line);
  }

  #pop(): number {
    this.#frames.pop();
    this.#marks.pop();
    this.#lines.pop();
    return this.#closing.pop() as number;
  }

  #close(byte: number): number {
    const top = this.#frames.length - 1;
    const frame = this.#frames[top];
    if (frame === undefined || this.#closing[top] !== byte || frame > Frame.map)
      throw this.error("a value", String.fromCharCode(byte));
    const from = this.#marks[top] as number;
    const line = this.#lines[top] as number;
    this.at++;
    this.#pop();
    const to = this.#held;
    this.#held = from;
    switch (frame) {
      case Frame.set:
        return this.values.composite(Kind.set, this.#children, from, to);
      case Frame.map:
        this.#checkMap(from, to, line);
        return this.values.composite(Kind.map, this.#children, from, to);
      default:
        return this.values.composite(Kind.list, this.#children, from, to);
    }
  }

  #checkMap(from: number, to: number, line: number): void {
    const wrong = (expected: string, got: string): HistoryError =>
      new HistoryError(this.json ? "bad-json" : "bad-edn", expected, got, line);
    if ((to - from) % 2 === 1)
      throw wrong("a value for each key of a map", `a map with ${to - from} forms, an odd number`);
    const keys = new Set<number>();
    for (let i = from; i < to; i += 2) {
      const key = this.#children[i] as number;
      if (keys.has(key)) throw wrong("keys that differ", `${this.values.briefOf(key)} twice`);
      keys.add(key);
    }
  }

  /** Skips a colon. In JSON, a colon may only follow a key of an object. */
  #colon(): void {
    const top = this.#frames.length - 1;
    const inMap = this.#frames[top] === Frame.map;
    if (!inMap || (this.#held - (this.#marks[top] as number)) % 2 !== 1)
      throw this.error("a value", ":");
    this.at++;
  }

  #cutOff(): HistoryError {
    const top = this.#frames.findLastIndex((frame) => frame <= Frame.map);
    if (top < 0) return this.error("a value", "the end of the file");
    const closing = String.fromCharCode(this.#closing[top] as number);
    const opening = { ")": "(", "]": "[", "}": "{" }[closing] ?? "";
    return this.error(
      `a ${closing} for the ${opening} of line ${this.#lines[top] ?? this.line}`,
      "the end of the file",
    );
  }

  /** The scalar that #dispatch() read last. */
  #scalarAfterHash = nil;

  /** Reads what follows a #. Returns true if that was a complete scalar, and false if a frame was opened. */
  #dispatch(): boolean {
    if (this.at + 2 >= this.end && !this.final) throw needsMore;
    const next = this.bytes[this.at + 1];
    if (next === 123) {
      this.at += 2;
      this.#open(Frame.set, 125);
      return false;
    }
    if (next === code("_")) {
      this.at += 2;
      this.#open(Frame.discard, -1);
      return false;
    }
    if (next === quote) {
      this.at++;
      this.#scalarAfterHash = this.#regex();
      return true;
    }
    if (next === code("<")) {
      this.#scalarAfterHash = this.#unreadable();
      return true;
    }
    if (next === hash) {
      this.at += 2;
      const from = this.token();
      const name = this.text(from, this.at);
      if (!/^(?:NaN|-?Inf)$/.test(name)) throw this.error("##NaN, ##Inf or ##-Inf", `##${name}`);
      this.#scalarAfterHash = this.values.scalar(Kind.float, name);
      return true;
    }
    if (next === code("'") || next === code("=")) {
      this.at += 2;
      this.#open(Frame.tag, this.values.scalar(Kind.symbol, next === code("=") ? "=" : "'"));
      return false;
    }
    this.at++;
    const from = this.token();
    const tag = this.text(from, this.at);
    if (/^::?[A-Za-z]/.test(tag))
      this.#open(Frame.namespace, this.values.scalar(Kind.keyword, tag));
    else if (/^[A-Za-z]/.test(tag)) this.#open(Frame.tag, this.values.scalar(Kind.symbol, tag));
    else throw this.error("a tag after #", `#${tag}`);
    return false;
  }

  #tagged(tag: number, value: number): number {
    if (this.values.isPair(value) && tupleTag.test(this.values.nameOf(tag))) {
      this.tuples.add(value);
      return value;
    }
    return this.values.composite(Kind.tagged, Int32Array.of(tag, value), 0, 2);
  }

  /** The map with its namespace added to the keys: `#:ns{:a 1, :_/b 2}` is `{:ns/a 1, :b 2}`. */
  #namespaced(namespace: number, value: number): number {
    if (this.values.kindOf(value) !== Kind.map)
      throw this.error(`a map after #${this.values.nameOf(namespace)}`, this.values.briefOf(value));
    const prefix = this.values.nameOf(namespace).replace(/^:+/, "");
    const children = this.values.childrenOf(value).slice();
    for (let i = 0; i < children.length; i += 2) {
      const key = children[i] as number;
      const kind = this.values.kindOf(key);
      if (kind !== Kind.keyword && kind !== Kind.symbol) continue;
      const [, sigil = "", name = ""] = /^(:?)(.*)$/s.exec(this.values.nameOf(key)) ?? [];
      const whole = name.startsWith("_/")
        ? name.slice(2)
        : name.includes("/")
          ? name
          : `${prefix}/${name}`;
      children[i] = this.values.scalar(kind, `${sigil}${whole}`);
    }
    return this.values.composite(Kind.map, children, 0, children.length);
  }

  #takeToken(): void {
    const from = this.token();
    if (this.at === from)
      throw this.error("a value", String.fromCharCode(this.bytes[from] as number));
  }

  #skipString(): void {
    const { bytes, end } = this;
    let at = this.at + 1;
    for (; ; at++) {
      if (at >= end) {
        if (!this.final) throw needsMore;
        throw this.error('a closing "', "the end of the file");
      }
      const byte = bytes[at] as number;
      if (byte === quote) break;
      if (byte === backslash) at++;
      else if (byte === lineFeed) this.line++;
    }
    this.at = at + 1;
  }

  #string(): number {
    const from = this.at + 1;
    const { bytes, end } = this;
    let at = from;
    let lines = 0;
    let simple = true;
    for (; ; at++) {
      if (at >= end) {
        if (!this.final) throw needsMore;
        throw this.error('a closing "', "the end of the file");
      }
      const byte = bytes[at] as number;
      if (byte === quote) break;
      if (byte === backslash) {
        simple = false;
        at++;
      } else if (byte === lineFeed) lines++;
      else if (byte > 127) simple = false;
    }
    const value = simple
      ? this.values.ofBytes(Kind.string, bytes, from, at)
      : this.values.scalar(Kind.string, this.#unescaped(from, at));
    this.at = at + 1;
    this.line += lines;
    return value;
  }

  #unescaped(from: number, to: number): string {
    const raw = this.text(from, to);
    if (!raw.includes("\\")) return raw;
    return raw.replace(
      /\\(?:u([0-9A-Fa-f]{4})|o([0-3]?[0-7]{1,2})|([^uo])|)/gs,
      (_, hex: string | undefined, octal: string | undefined, one: string | undefined) => {
        if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
        if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
        const known = one === undefined ? undefined : escapes[one];
        if (known === undefined)
          throw this.error("a string with escapes that are known", `"${raw}"`.slice(0, 80));
        return known;
      },
    );
  }

  /** Reads a regex. Its text is kept as written, since its backslashes escape nothing but quotes. */
  #regex(): number {
    const from = this.at + 1;
    this.#skipString();
    const text = this.values.scalar(Kind.string, this.text(from, this.at - 1));
    return this.values.composite(
      Kind.tagged,
      Int32Array.of(this.values.scalar(Kind.symbol, "regex"), text),
      0,
      2,
    );
  }

  #unreadable(): number {
    const from = this.at;
    this.#skipUnreadable();
    return this.values.scalar(Kind.symbol, this.text(from, this.at));
  }

  /**
   * Skips `#<Foo bar>`, which older versions of Clojure print for unreadable objects. It ends at the first > that also
   * ends a token.
   */
  #skipUnreadable(): void {
    const from = this.at;
    for (let at = from; at < this.end; at++) {
      const byte = this.bytes[at] as number;
      if (byte === lineFeed) throw this.error("a > on the same line", this.text(from, from + 40));
      const after = this.bytes[at + 1];
      if (byte !== code(">")) continue;
      if (at + 1 >= this.end && !this.final) throw needsMore;
      if (at + 1 < this.end && after !== undefined && classOf[after] === 0) continue;
      this.at = at + 1;
      return;
    }
    if (!this.final) throw needsMore;
    throw this.error("a > for #<", "the end of the file");
  }

  #atom(): number {
    const from = this.at;
    const first = this.bytes[from] as number;
    if (first === backslash && !this.json) {
      // The character itself may be one that ends a token: \( or \;.
      if (from + 2 >= this.end && !this.final) throw needsMore;
      this.at = from + 2;
      this.token();
      return this.values.scalar(Kind.character, this.text(from, this.at));
    }
    this.token();
    const to = this.at;
    if (first === colon && to - from > 1 && !this.json)
      return this.#isAscii(from, to)
        ? this.values.ofBytes(Kind.keyword, this.bytes, from, to)
        : this.values.scalar(Kind.keyword, this.text(from, to));
    const token = this.text(from, to);
    if (token === (this.json ? "null" : "nil")) return nil;
    if (token === "true" || token === "false") return this.values.scalar(Kind.boolean, token);
    if (/^[-+]?\d/.test(token)) return this.#number(token);
    if (this.json) throw this.error("a value", token === "" ? String.fromCharCode(first) : token);
    if (/^[A-Za-z*!_?$%&=<>./+\-|'\u0080-\uffff]/.test(token))
      return this.values.scalar(Kind.symbol, token);
    throw this.error("a value", token);
  }

  #isAscii(from: number, to: number): boolean {
    for (let at = from; at < to; at++) if ((this.bytes[at] as number) > 127) return false;
    return true;
  }

  #number(token: string): number {
    const known = numberOf(token, this.json);
    if (known === undefined) throw this.error("a number", token);
    return this.values.scalar(known.kind, known.text);
  }
}

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  n: "\n",
  r: "\r",
  t: "\t",
  b: "\b",
  f: "\f",
};

/** A number in canonical form. Undefined: the token is no number. In JSON, 7 and 7.0 are the same number. */
export function numberOf(
  token: string,
  json: boolean,
): { readonly kind: KindCode; readonly text: string } | undefined {
  const [, sign = "", integer] = /^([-+]?)(\d+|0[xX][0-9A-Fa-f]+)N?$/.exec(token) ?? [];
  if (integer !== undefined) {
    const size = BigInt(integer).toString();
    return { kind: Kind.integer, text: sign === "-" && size !== "0" ? `-${size}` : size };
  }
  const [, top, bottom] = /^([-+]?\d+)\/(\d+)$/.exec(token) ?? [];
  if (top !== undefined && bottom !== undefined && !/^0+$/.test(bottom))
    return ratio(BigInt(top), BigInt(bottom));
  if (!/^[-+]?\d+(\.\d*)?([eE][-+]?\d+)?M?$/.test(token)) return undefined;
  if (token.endsWith("M")) return { kind: Kind.decimal, text: decimal(token.slice(0, -1)) };
  const number = Number(token);
  if (json && Number.isSafeInteger(number)) return { kind: Kind.integer, text: String(number + 0) };
  return { kind: Kind.float, text: Number.isFinite(number) ? String(number + 0) : token };
}

function ratio(top: bigint, bottom: bigint): { readonly kind: KindCode; readonly text: string } {
  let [a, b] = [top < 0n ? -top : top, bottom];
  while (b > 0n) [a, b] = [b, a % b];
  const text = a === bottom ? String(top / a) : `${top / a}/${bottom / a}`;
  return { kind: a === bottom ? Kind.integer : Kind.ratio, text };
}

/** The canonical text of a decimal, without zeros that do not matter: 1.50 and 15e-1 become 1.5. */
function decimal(token: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^([-+]?)(\d+)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/.exec(token) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  const kept = digits.replace(/0+$/, "");
  if (kept === "") return "0";
  const power = Number(exponent) - fraction.length + (digits.length - kept.length);
  const plain =
    power >= 0 && power < 20
      ? kept + "0".repeat(power)
      : power < 0 && -power < 20
        ? `${kept.slice(0, power) || "0"}.${kept.slice(power).padStart(-power, "0")}`
        : `${kept}E${power}`;
  return sign === "-" ? `-${plain}` : plain;
}
