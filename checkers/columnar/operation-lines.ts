/**
 * Reads lines of operations byte by byte, which costs less than JSON.parse and a check of each field. Knows the
 * invocations of reads, writes and deletes, and successful completions. Accepts only one form: what JSON.stringify
 * writes with the most common fields in the order of language/history.ts, with texts of printable ASCII without
 * escapes, and with whole numbers of at most 15 digits. Refuses anything else, which the general reader then reads or
 * reports.
 */
import { isWrite, type InvokeRow, type OperationTable } from "./operation-table.ts";

const literal = (text: string): Uint8Array =>
  Uint8Array.from(text, (letter) => letter.charCodeAt(0));

const words = {
  invoke: literal('{"e":"invoke","atUs":'),
  ok: literal('{"e":"ok","atUs":'),
  op: literal(',"op":'),
  client: literal(',"client":'),
  process: literal(',"process":'),
  node: literal(',"node":'),
  read: literal(',"f":"read"'),
  write: literal(',"f":"write"'),
  delete: literal(',"f":"delete"'),
  key: literal(',"key":'),
  value: literal(',"value":'),
  r: literal(',"r":'),
  w: literal(',"w":'),
  contextOf: literal(',"contextOf":'),
  final: literal(',"final":true'),
  versions: literal(',"versions":['),
  version: literal('{"version":'),
  null: literal("null"),
  context: literal(',"context":{'),
};

const quote = 34;
const comma = 44;
const zero = 48;
const nine = 57;
const colon = 58;
const backslash = 92;
const closeBracket = 93;
const closeBrace = 125;
const mostDigits = 15;

/** The text of the field `f` for the functions 0, 1 and 2. */
const functionWords = [words.read, words.write, words.delete];

export class OperationLines {
  /** The invocation that was read last. */
  readonly invoke: InvokeRow = {
    atUs: 0,
    op: 0,
    client: 0,
    process: 0,
    node: 0,
    f: 0,
    key: 0,
    value: -1,
    r: -1,
    w: -1,
    contextOf: -1,
    final: 0,
  };
  /** The successful completion that was read last. */
  readonly ok = {
    atUs: 0,
    row: 0,
    size: 0,
    versions: new Array<number>(),
    values: new Array<number>(),
    entries: -1,
    actors: new Array<number>(),
    counters: new Array<number>(),
  };

  readonly #table: OperationTable;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #to = 0;

  /** @param table Gives names their numbers. New names are added to it. */
  constructor(table: OperationTable) {
    this.#table = table;
  }

  /**
   * Parses the line in `bytes`, from index `from` to before index `to`, into `invoke` or `ok`, and says into which.
   * Null: the line does not have the accepted form. Does not change the rows of the table.
   */
  read(bytes: Uint8Array, from: number, to: number): "invoke" | "ok" | null {
    this.#bytes = bytes;
    this.#at = from;
    this.#to = to;
    // Every accepted line is longer than 31 bytes.
    if (to - from < 32) return null;
    if (bytes[from + 6] === 105) return this.#invoke() ? "invoke" : null;
    return bytes[from + 6] === 111 && this.#ok() ? "ok" : null;
  }

  #invoke(): boolean {
    const into = this.invoke;
    const { clients, nodes, keys, values } = this.#table;
    if (!this.#is(words.invoke) || (into.atUs = this.#whole()) < 0) return false;
    if (!this.#is(words.op) || (into.op = this.#whole()) < 0) return false;
    const client = this.#text(words.client);
    if (client < 0) return false;
    into.client = clients.ofBytes(this.#bytes, client, this.#at - 1);
    if (!this.#is(words.process) || (into.process = this.#whole()) < 0) return false;
    const node = this.#text(words.node);
    if (node < 0) return false;
    into.node = nodes.ofBytes(this.#bytes, node, this.#at - 1);
    into.f = functionWords.findIndex((word) => this.#is(word));
    const key = into.f < 0 ? -1 : this.#text(words.key);
    if (key < 0) return false;
    into.key = keys.ofBytes(this.#bytes, key, this.#at - 1);
    into.value = -1;
    if (into.f === isWrite) {
      const value = this.#text(words.value);
      if (value < 0) return false;
      into.value = values.ofBytes(this.#bytes, value, this.#at - 1, into.key);
    }
    into.r = into.w = into.contextOf = -1;
    into.final = 0;
    if (this.#isLast()) return true;
    if (this.#is(words.r) && (into.r = this.#whole()) < 0) return false;
    if (this.#is(words.w) && (into.w = this.#whole()) < 0) return false;
    if (this.#is(words.contextOf) && (into.contextOf = this.#whole()) < 0) return false;
    if (this.#is(words.final)) into.final = 1;
    return this.#isLast();
  }

  #ok(): boolean {
    const into = this.ok;
    if (!this.#is(words.ok) || (into.atUs = this.#whole()) < 0 || !this.#is(words.op)) return false;
    const op = this.#whole();
    into.row = op < 0 ? -1 : this.#table.rowOf(op);
    if (into.row < 0 || !this.#is(words.versions)) return false;
    into.size = 0;
    into.entries = -1;
    const key = this.#table.key[into.row] as number;
    while (!this.#isByte(closeBracket)) {
      if (into.size > 0 && !this.#isByte(comma)) return false;
      if (!this.#versioned(key)) return false;
      into.size++;
    }
    if (this.#is(words.context) && !this.#entries()) return false;
    return this.#isLast();
  }

  #versioned(key: number): boolean {
    const { versions, values } = this.#table;
    const version = this.#text(words.version);
    if (version < 0) return false;
    const { ok } = this;
    ok.versions[ok.size] = versions.ofBytes(this.#bytes, version, this.#at - 1, key);
    if (!this.#is(words.value)) return false;
    if (this.#is(words.null)) ok.values[ok.size] = -1;
    else {
      const value = this.#string();
      if (value < 0) return false;
      ok.values[ok.size] = values.ofBytes(this.#bytes, value, this.#at - 1, key);
    }
    return this.#isByte(closeBrace);
  }

  /**
   * Reads the entries of a context up to its closing brace. Returns whether they have the accepted form. An actor that
   * occurs twice is refused, since JSON.parse would keep only the last one.
   */
  #entries(): boolean {
    const { ok } = this;
    for (ok.entries = 0; !this.#isByte(closeBrace); ok.entries++) {
      if (ok.entries > 0 && !this.#isByte(comma)) return false;
      const name = this.#string();
      if (name < 0) return false;
      const actor = this.#table.actors.ofBytes(this.#bytes, name, this.#at - 1);
      for (let i = 0; i < ok.entries; i++) if (ok.actors[i] === actor) return false;
      if (!this.#isByte(colon)) return false;
      const counter = this.#whole();
      if (counter < 0) return false;
      ok.actors[ok.entries] = actor;
      ok.counters[ok.entries] = counter;
    }
    return true;
  }

  /** If the word comes next, skips it and returns true. */
  #is(word: Uint8Array): boolean {
    const bytes = this.#bytes;
    const at = this.#at;
    const size = word.length;
    if (at + size > this.#to) return false;
    for (let i = 0; i < size; i++) if (bytes[at + i] !== word[i]) return false;
    this.#at = at + size;
    return true;
  }

  #isByte(byte: number): boolean {
    if (this.#at >= this.#to || this.#bytes[this.#at] !== byte) return false;
    this.#at++;
    return true;
  }

  /** Whether nothing but the line's closing brace is left. */
  #isLast(): boolean {
    return this.#at + 1 === this.#to && this.#bytes[this.#at] === closeBrace;
  }

  /**
   * Skips the word and the quoted text after it. Returns the index at which the text begins, or −1 if they do not come
   * next. The text ends before its closing quote, which is the last skipped byte.
   */
  #text(word: Uint8Array): number {
    return this.#is(word) ? this.#string() : -1;
  }

  #string(): number {
    const bytes = this.#bytes;
    const to = this.#to;
    if (this.#at >= to || bytes[this.#at] !== quote) return -1;
    const start = this.#at + 1;
    for (let at = start; at < to; at++) {
      const byte = bytes[at] as number;
      if (byte === quote) {
        this.#at = at + 1;
        return start;
      }
      if (byte < 32 || byte > 126 || byte === backslash) return -1;
    }
    return -1;
  }

  /** Reads a whole number, or returns −1 if none of the accepted form comes next. */
  #whole(): number {
    const bytes = this.#bytes;
    const start = this.#at;
    const to = Math.min(this.#to, start + mostDigits + 1);
    let at = start;
    let number = 0;
    for (; at < to; at++) {
      const byte = bytes[at] as number;
      if (byte < zero || byte > nine) break;
      number = number * 10 + (byte - zero);
    }
    const digits = at - start;
    if (digits === 0 || digits > mostDigits || (digits > 1 && bytes[start] === zero)) return -1;
    this.#at = at;
    return number;
  }
}
