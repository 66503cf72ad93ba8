/** A strict reader of EDN, as far as histories need it: values with their lines. */
import { HistoryError } from "../language/history-error.ts";

/**
 * nil is null. Keywords, symbols, true and false are Name, so that the string "read" is not the keyword :read. Numbers that JavaScript cannot hold
 * are Names too. Sets are lists; tags are left out, but for those that tell a tuple from a vector.
 */
export type Edn = null | number | string | Name | Tuple | readonly Edn[] | EdnMap;

/** A keyword with its colon, a symbol, or a number as it was written. */
export class Name {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** `#jepsen.independent/tuple [0 1]`, or an entry of a map, which such a tuple is made of. */
export class Tuple {
  readonly key: Edn;
  readonly value: Edn;
  constructor(key: Edn, value: Edn) {
    this.key = key;
    this.value = value;
  }
}

/** By the printed key. */
export type EdnMap = ReadonlyMap<string, Edn>;

/** The same value always as the same text. */
export function print(value: Edn): string {
  if (value === null) return "nil";
  if (value instanceof Name) return value.text;
  if (value instanceof Tuple) return print([value.key, value.value]);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object") return String(value);
  if (isMap(value))
    return `{${[...value].map(([key, held]) => `${key} ${print(held)}`).join(", ")}}`;
  return `[${value.map(print).join(" ")}]`;
}

export const isMap = (value: Edn): value is EdnMap => value instanceof Map;

const space = /[\s,]/;
const delimiter = /[\s,()[\]{}"]/;
const tupleTag = /^jepsen\.independent[./]tuple$|(?:^|[./])MapEntry$/i;
const closing: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

export class EdnReader {
  readonly #text: string;
  #at = 0;
  #line: number;

  constructor(text: string, line = 1) {
    this.#text = text;
    this.#line = line;
  }

  /** Where the next value begins, after blanks, comments and what is discarded. */
  get line(): number {
    this.#skip();
    return this.#line;
  }

  /** The next character that means something; undefined at the end. */
  peek(): string | undefined {
    this.#skip();
    return this.#text[this.#at];
  }

  /** Takes the character that peek() showed. */
  take(): void {
    this.#at++;
  }

  /** The next value. Throws HistoryError. */
  read(): Edn {
    const character = this.peek();
    switch (character) {
      case undefined:
        throw this.#error("a value", "the end of the file");
      case "(":
      case "[":
        return this.#sequence(character);
      case "{":
        return this.#map();
      case '"':
        return this.#string();
      case ")":
      case "]":
      case "}":
        throw this.#error("a value", character);
      case "#":
        return this.#tagged();
      default:
        return this.#atom();
    }
  }

  #sequence(opening: string): Edn[] {
    const line = this.#line;
    const close = closing[opening] as string;
    const values: Edn[] = [];
    this.#at++;
    for (let next = this.peek(); next !== close; next = this.peek()) {
      if (next === undefined)
        throw this.#error(`a ${close} for the ${opening} of line ${line}`, "the end of the file");
      values.push(this.read());
    }
    this.#at++;
    return values;
  }

  #map(): EdnMap {
    const line = this.line;
    const flat = this.#sequence("{");
    if (flat.length % 2 === 1)
      throw new HistoryError(
        "bad-edn",
        "a value for each key of a map",
        `a map of ${flat.length} forms`,
        line,
      );
    const map = new Map<string, Edn>();
    for (let i = 0; i < flat.length; i += 2) {
      const key = print(flat[i] ?? null);
      if (map.has(key)) throw new HistoryError("bad-edn", "keys that differ", `${key} twice`, line);
      map.set(key, flat[i + 1] ?? null);
    }
    return map;
  }

  #string(): string {
    let end = this.#at + 1;
    while (end < this.#text.length && this.#text[end] !== '"')
      end += this.#text[end] === "\\" ? 2 : 1;
    if (end >= this.#text.length) throw this.#error('a closing "', "the end of the file");
    const raw = this.#text.slice(this.#at, end + 1);
    // EDN's escapes are JSON's, but a line may end inside a string.
    let value: string;
    try {
      value = JSON.parse(
        raw.replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t"),
      ) as string;
    } catch {
      throw this.#error("a string with escapes that are known", raw.slice(0, 80));
    }
    for (const character of raw) if (character === "\n") this.#line++;
    this.#at = end + 1;
    return value;
  }

  #tagged(): Edn {
    if (this.#text[this.#at + 1] === "{") {
      this.#at++;
      return this.#sequence("{");
    }
    this.#at++;
    const tag = this.#token();
    if (!/^[A-Za-z]/.test(tag)) throw this.#error("a tag after #", `#${tag}`);
    const value = this.read();
    return tupleTag.test(tag) && Array.isArray(value) && value.length === 2
      ? new Tuple(value[0] as Edn, value[1] as Edn)
      : value;
  }

  #atom(): Edn {
    const token = this.#token();
    if (token === "nil") return null;
    if (/^[-+]?\d+$/.test(token))
      return Number.isSafeInteger(Number(token)) ? Number(token) : new Name(token);
    if (
      /^[-+]?\d/.test(token) &&
      !/^[-+]?\d+(\.\d*)?([eE][-+]?\d+)?[MN]?$|^[-+]?\d+\/\d+$/.test(token)
    )
      throw this.#error("a number", token);
    if (/^[:A-Za-z*!_?$%&=<>./+\-\d\\]/.test(token) && token !== ":") return new Name(token);
    throw this.#error("a value", token);
  }

  #token(): string {
    const from = this.#at;
    while (
      this.#at < this.#text.length &&
      !delimiter.test(this.#text[this.#at] as string) &&
      this.#text[this.#at] !== ";"
    )
      this.#at++;
    return this.#text.slice(from, this.#at);
  }

  #skip(): void {
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined) return;
      if (character === "\n") this.#line++;
      if (space.test(character)) this.#at++;
      else if (character === ";") {
        const end = this.#text.indexOf("\n", this.#at);
        this.#at = end < 0 ? this.#text.length : end;
      } else if (character === "#" && this.#text[this.#at + 1] === "_") {
        this.#at += 2;
        this.read();
      } else return;
    }
  }

  #error(expected: string, got: string): HistoryError {
    return new HistoryError("bad-edn", expected, got, this.#line);
  }
}
