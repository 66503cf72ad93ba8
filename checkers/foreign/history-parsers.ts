/** Parsers that read a file in pieces. Of the text, they keep only what is not parsed yet. */
import { isUtf8 } from "node:buffer";
import { HistoryError } from "../language/history-error.ts";
import {
  EventType,
  type ForeignFormat,
  ForeignHistory,
  ForeignPairing,
} from "./foreign-history.ts";
import { OperationReader } from "./operation-reader.ts";
import { needsMore, ValueReader } from "./value-reader.ts";
import { Kind, ValueTable } from "./value-table.ts";

/** A history that was parsed: in the order of the file and, if that differs, in the order of the events' own fields. */
export interface ParsedHistory {
  /** @internal */
  readonly history: ForeignHistory;
  /** @internal */
  readonly reordered: ForeignHistory | undefined;
}

export interface HistoryParser {
  /** Takes the next bytes of the file. Parses them now or later. Throws HistoryError if the file is wrong. */
  push(bytes: Uint8Array): void;
  finish(): ParsedHistory;
  /** The approximate number of bytes of memory that the parser uses. */
  readonly memoryBytes: number;
}

/**
 * The smallest number of bytes that are parsed at once. An incomplete form at the end of a batch is parsed again with
 * the next one, which is cheap compared with a batch of this size.
 */
const batchBytes = 1 << 20;

/**
 * What the parsers of text have in common: they keep bytes that are not yet parsed, and check that the text is UTF-8.
 */
export abstract class PieceParser implements HistoryParser {
  #pending: Uint8Array[] = [];
  #pendingSize = 0;
  /**
   * The number of pending bytes from which parsing is tried again, so that an incomplete form is not parsed again after
   * each piece.
   */
  #tryAt = batchBytes;
  readonly #utf8 = new Utf8Check();
  #isBegun = false;

  push(bytes: Uint8Array): void {
    this.#utf8.push(bytes);
    this.#pending.push(bytes);
    this.#pendingSize += bytes.length;
    if (this.#pendingSize < this.#tryAt) return;
    this.#parse(false);
  }

  finish(): ParsedHistory {
    this.#utf8.finish();
    this.#parse(true);
    return this.end();
  }

  get memoryBytes(): number {
    return this.#pendingSize + this.heldBytes;
  }

  #parse(final: boolean): void {
    const [first = new Uint8Array(0)] = this.#pending;
    const bytes =
      this.#pending.length < 2 ? first : Buffer.concat(this.#pending, this.#pendingSize);
    const from = this.#isBegun ? 0 : markLength(bytes);
    this.#isBegun = true;
    const used = from + this.parse(bytes.subarray(from), final);
    const rest = bytes.subarray(used);
    this.#pending = rest.length === 0 ? [] : [rest];
    this.#pendingSize = rest.length;
    this.#tryAt = rest.length + Math.max(batchBytes, used === from ? rest.length : 0);
  }

  protected abstract readonly heldBytes: number;
  /** Parses all complete forms or, if `final`, everything. Returns the number of bytes that were parsed. */
  protected abstract parse(bytes: Uint8Array, final: boolean): number;
  protected abstract end(): ParsedHistory;
}

/** The size of the byte order mark with which tools on Windows begin UTF-8, or 0 if there is none. */
const markLength = ([a, b, c]: Uint8Array): number =>
  a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0;

/** Checks that a text is UTF-8. Other bytes are an error, since different bytes would be read as the same character. */
class Utf8Check {
  #rest = new Uint8Array(0);
  #lines = 0;

  push(piece: Uint8Array): void {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    const whole = endOfCharacters(bytes);
    this.#rest = bytes.slice(whole);
    this.#check(bytes.subarray(0, whole));
  }

  finish(): void {
    this.#check(this.#rest);
  }

  #check(bytes: Uint8Array): void {
    if (isUtf8(bytes)) {
      for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) this.#lines++;
      return;
    }
    let from = 0;
    for (let to = bytes.indexOf(10); to >= 0; to = bytes.indexOf(10, from)) {
      if (!isUtf8(bytes.subarray(from, to))) break;
      this.#lines++;
      from = to + 1;
    }
    const line = bytes.subarray(from, from + 4096);
    const at = line.findIndex(
      (_, i) => !isUtf8(line.subarray(0, i + 1)) && (line[i] as number) > 127,
    );
    const shown = Array.from(line.subarray(Math.max(0, at), at + 4), (byte) =>
      byte.toString(16).padStart(2, "0"),
    );
    throw new HistoryError(
      "bad-utf8",
      "text in UTF-8",
      `the bytes ${shown.join(" ")}`,
      this.#lines + 1,
    );
  }
}

/** The index after the last complete character in the bytes. */
function endOfCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return size > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/**
 * Parses operations in EDN or JSON: maps, objects, or vectors such as [0 :invoke :write 1]. They may be in one vector,
 * list or array, or follow one another.
 */
export class MapsParser extends PieceParser {
  readonly #reader: ValueReader;
  readonly #operations: OperationReader;
  readonly #history: ForeignHistory;
  readonly #pairing: ForeignPairing;
  #state: "start" | "inside" | "after" = "start";
  /** The byte that ends the history. −1: the history ends with the file. */
  #close = -1;

  constructor(format: ForeignFormat) {
    super();
    this.#history = new ForeignHistory(format, new ValueTable());
    this.#reader = new ValueReader(this.#history.values, format === "json");
    this.#operations = new OperationReader(this.#reader);
    this.#pairing = new ForeignPairing(this.#history);
  }

  protected get heldBytes(): number {
    return this.#history.values.bytes + 80 * this.#history.count;
  }

  protected parse(bytes: Uint8Array, final: boolean): number {
    const reader = this.#reader;
    reader.load(bytes, 0, bytes.length, final);
    let { at, line } = reader;
    try {
      while (this.#next()) ({ at, line } = reader);
    } catch (error) {
      if (error !== needsMore) throw error;
      reader.line = line;
      return at;
    }
    return bytes.length;
  }

  /** Reads the next form. Returns false at the end of the file. */
  #next(): boolean {
    const reader = this.#reader;
    const byte = reader.peek();
    switch (this.#state) {
      case "start":
        this.#begin(byte);
        return true;
      case "inside":
        if (byte === this.#close) {
          if (byte === -1) return false;
          reader.at++;
          this.#state = "after";
          return true;
        }
        if (byte === -1)
          throw reader.error(
            `a ${String.fromCharCode(this.#close)} that ends the history`,
            "the end of the file",
          );
        if (this.#operations.read()) this.#pairing.add(this.#operations.event);
        return true;
      case "after":
        if (byte === -1) return false;
        throw reader.error("nothing after the history", String.fromCharCode(byte));
    }
  }

  /** Skips the bracket around all operations, if there is one, and the tags before it (a history's record). */
  #begin(byte: number): void {
    const reader = this.#reader;
    const from = reader.at;
    while (reader.peek() === hash) {
      reader.at++;
      reader.token();
    }
    const opening = reader.peek();
    if (opening === openBracket || opening === openParenthesis) {
      reader.at++;
      const first = reader.peek();
      // A vector such as [0 :invoke :write 1] is an operation itself.
      const isOperation = first !== -1 && !`{[(#])`.includes(String.fromCharCode(first));
      if (isOperation) reader.at = from;
      else this.#close = opening === openBracket ? closeBracket : closeParenthesis;
    } else reader.at = from;
    this.#state = "inside";
    void byte;
  }

  protected end(): ParsedHistory {
    return endOf(this.#history, this.#pairing, this.#reader);
  }
}

function endOf(
  history: ForeignHistory,
  pairing: ForeignPairing,
  reader: ValueReader,
): ParsedHistory {
  history.tuples = reader.tuples;
  pairing.finish();
  return {
    history,
    reordered: history.otherOrders.length > 0 ? ForeignPairing.reordered(pairing) : undefined,
  };
}

const logger = Buffer.from("jepsen.util");
/**
 * What follows the logger's name: a separator, from some loggers a number in brackets, then process, type and function.
 */
const operation =
  /^(?: -|:)?\s+(?:\[ *\d+ *\]\s+)?(:?[^\s:]+)\s+:(invoke|ok|fail|info)(?:\s+(:\S+))?/;
const textOperation = /^\s*(:?[^\s:]+)\s+:(invoke|ok|fail|info)(?:\s+(:\S+))?/;
/** The line of an operation that was cut off before the function. */
const cutOff = /^(?: -|:)?\s+(?:\[ *\d+ *\]\s+)?:?[\w-]+\s+:[a-z]*$/;

/**
 * Parses the lines of a Jepsen log or a history.txt. Of a log, it takes only the lines of the logger of operations and
 * skips everything else (the test's map, stack traces, `lein test`).
 */
export class LinesParser extends PieceParser {
  readonly #reader: ValueReader;
  readonly #history: ForeignHistory;
  readonly #pairing: ForeignPairing;
  readonly #isLog: boolean;
  #line = 0;

  constructor(format: "jepsen-log" | "jepsen-text") {
    super();
    this.#isLog = format === "jepsen-log";
    this.#history = new ForeignHistory(format, new ValueTable());
    this.#reader = new ValueReader(this.#history.values, false);
    this.#pairing = new ForeignPairing(this.#history);
  }

  protected get heldBytes(): number {
    return this.#history.values.bytes + 80 * this.#history.count;
  }

  protected parse(bytes: Uint8Array, final: boolean): number {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let from = 0;
    for (let to = buffer.indexOf(10); to >= 0; to = buffer.indexOf(10, from)) {
      this.#take(buffer, from, to);
      from = to + 1;
    }
    if (!final) return from;
    if (from < buffer.length) this.#take(buffer, from, buffer.length);
    return buffer.length;
  }

  #take(bytes: Buffer, from: number, lineEnd: number): void {
    this.#line++;
    let start = from;
    if (this.#isLog) {
      const named = bytes.subarray(from, lineEnd).indexOf(logger);
      if (named < 0) return;
      start = from + named + logger.length;
    }
    let to = lineEnd;
    while (to > start && (bytes[to - 1] as number) <= 32) to--;
    const head = bytes.toString("latin1", start, Math.min(to, start + 400));
    const match = (this.#isLog ? operation : textOperation).exec(head);
    if (match === null) {
      // Other messages of the same logger are skipped, but an operation that was cut off is an error.
      if (this.#isLog ? !cutOff.test(head) : head.trim() === "") return;
      throw this.#badLine(bytes, from, to);
    }
    const [whole, process = "", type = "", f] = match;
    const at = start + whole.length;
    if (f === undefined || at >= to) throw this.#badLine(bytes, from, to);
    this.#add(process, type, f, bytes, at, to);
  }

  #add(process: string, type: string, f: string, bytes: Buffer, from: number, to: number): void {
    const reader = this.#reader;
    const { values } = this.#history;
    reader.load(bytes, from, to, true);
    reader.line = this.#line;
    reader.peek();
    // Reads only the value. A failed operation has its error after the value.
    const value = reader.read();
    this.#pairing.add({
      line: this.#line,
      type: EventType[type as keyof typeof EventType],
      process: /^\d{1,15}$/.test(process)
        ? values.integer(Number(process))
        : values.scalar(process.startsWith(":") ? Kind.keyword : Kind.symbol, process),
      f: values.scalar(Kind.keyword, f),
      key: -1,
      value,
      time: NaN,
      index: NaN,
      isFinal: false,
    });
  }

  #badLine(bytes: Buffer, from: number, to: number): HistoryError {
    return new HistoryError(
      "bad-line",
      this.#isLog ? "INFO jepsen.util - process :type :f value" : "process :type :f value",
      bytes.toString("utf8", from, Math.min(to, from + 80)),
      this.#line,
    );
  }

  protected end(): ParsedHistory {
    return endOf(this.#history, this.#pairing, this.#reader);
  }
}

const hash = 35;
const openBracket = 91;
const closeBracket = 93;
const openParenthesis = 40;
const closeParenthesis = 41;
