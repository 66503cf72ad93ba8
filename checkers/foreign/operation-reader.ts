/**
 * Reads one operation of a history into the fields of a ForeignEvent. The operation is a map in EDN, an object in JSON,
 * or a vector `[process type f value]`.
 */
import { HistoryError } from "../language/history-error.ts";
import { EventType, type EventTypeCode, type ForeignEvent } from "./foreign-history.ts";
import { isMicroList } from "./micro-operations.ts";
import { absent, Kind, nil } from "./value-table.ts";
import type { ValueReader } from "./value-reader.ts";

const fieldNames = ["process", "type", "f", "value", "key", "time", "index", "final?"] as const;
type Field = (typeof fieldNames)[number];

const fields = fieldNames.map((name, code) => ({
  name,
  bit: 1 << code,
  bytes: Uint8Array.from(name, (character) => character.charCodeAt(0)),
}));

/**
 * The fields by the length of the name and by its second byte, or its first if it has only one. No two fields share
 * both.
 */
const fieldOfLength: ((typeof fields)[number] | undefined)[][] = [];
for (const field of fields)
  (fieldOfLength[field.bytes.length] ??= new Array<undefined>(128).fill(undefined))[
    field.bytes[Math.min(1, field.bytes.length - 1)] as number
  ] = field;

const types: Readonly<Record<string, EventTypeCode>> = EventType;

export class OperationReader {
  readonly event: ForeignEvent = {
    line: 0,
    type: EventType.invoke,
    process: absent,
    f: absent,
    key: absent,
    value: absent,
    time: NaN,
    index: NaN,
    isFinal: false,
  };
  readonly #reader: ValueReader;

  constructor(reader: ValueReader) {
    this.#reader = reader;
  }

  /**
   * Reads the next form into `event`. Throws HistoryError if the form is wrong, or `needsMore` if it is incomplete.
   * @returns False if the form is a record that is no operation: it has neither process nor function nor value.
   */
  read(): boolean {
    const reader = this.#reader;
    let byte = reader.peek();
    this.#reset(reader.line);
    while (byte === hash && !reader.json) {
      // The form is a record, #jepsen.history.Op{…}. Its name is skipped, since its fields are enough.
      reader.at++;
      reader.token();
      byte = reader.peek();
    }
    if (byte === openBrace) this.#readMap();
    else this.#readVector(byte);
    const { event } = this;
    if (event.process === absent && event.f === absent && event.value === absent) return false;
    this.#check();
    return true;
  }

  #reset(line: number): void {
    const { event } = this;
    event.line = line;
    event.process = event.f = event.key = event.value = absent;
    event.time = event.index = NaN;
    event.isFinal = false;
    this.#type = absent;
  }

  /** The value of the field `type`. Checked only when the form is known to be an operation. */
  #type: number = absent;

  #readMap(): void {
    const reader = this.#reader;
    const { line } = this.event;
    reader.at++;
    let seen = 0;
    for (let forms = 0; ; forms += 2) {
      const byte = reader.peek();
      if (byte === closeBrace) break;
      if (byte === -1) throw this.#cutOff();
      const field = this.#field(byte);
      if (reader.json && reader.peek() === colon) reader.at++;
      const next = reader.peek();
      if (next === -1) throw this.#cutOff();
      if (next === closeBrace)
        throw new HistoryError(
          reader.json ? "bad-json" : "bad-edn",
          "a value for each key of a map",
          `a map with ${forms + 1} forms, an odd number`,
          line,
        );
      if (field === undefined) {
        reader.skip();
        continue;
      }
      if ((seen & field.bit) !== 0)
        throw reader.error("keys that differ", `${reader.json ? "" : ":"}${field.name} twice`);
      seen |= field.bit;
      this.#take(field.name);
    }
    reader.at++;
  }

  #cutOff(): HistoryError {
    return this.#reader.error(`a } for the { of line ${this.event.line}`, "the end of the file");
  }

  #take(field: Field): void {
    const reader = this.#reader;
    const { event } = this;
    switch (field) {
      case "process":
        event.process = reader.read();
        break;
      case "type":
        this.#type = reader.read();
        break;
      case "f":
        event.f = reader.read();
        break;
      case "value":
        event.value = reader.read();
        break;
      case "key":
        event.key = reader.read();
        break;
      case "time":
        event.time = reader.plainNumber();
        break;
      case "index":
        event.index = reader.plainNumber();
        break;
      case "final?":
        event.isFinal = reader.values.textOf(reader.read()) === "true";
        break;
    }
  }

  /** Reads the name of a field. Undefined: events do not have this field. */
  #field(byte: number): (typeof fields)[number] | undefined {
    const reader = this.#reader;
    let from: number;
    let to: number;
    if (byte === colon && !reader.json) {
      from = reader.token() + 1;
      to = reader.at;
    } else if (byte === quote && reader.json) {
      from = reader.at + 1;
      reader.skip();
      to = reader.at - 1;
    } else {
      reader.skip();
      return undefined;
    }
    const { bytes } = reader;
    const telling = Math.min(from + 1, to - 1);
    const field = fieldOfLength[to - from]?.[bytes[telling] as number];
    if (field === undefined) return undefined;
    for (let i = 0; i < field.bytes.length; i++)
      if (bytes[from + i] !== field.bytes[i]) return undefined;
    return field;
  }

  /** The event type that each value of the field `type` stands for, so that its text is parsed only once. */
  readonly #types = new Map<number, EventTypeCode>();

  #takeType(): void {
    const { values, json } = this.#reader;
    const value = this.#type;
    let type = this.#types.get(value);
    if (type === undefined) {
      const text = value === absent ? "" : values.textOf(value);
      const name = json
        ? text.toLowerCase().replace(/^"(.*)"$/, "$1")
        : text.replace(/^:/, text.startsWith(":") ? "" : " ");
      type = Object.hasOwn(types, name) && (json || text.startsWith(":")) ? types[name] : undefined;
      if (type === undefined)
        throw new HistoryError(
          "bad-field",
          ":type to be one of :invoke, :ok, :fail, :info",
          values.briefOf(value),
          this.event.line,
        );
      this.#types.set(value, type);
    }
    this.event.type = type;
  }

  /** Reads an operation in Knossos's short form: [process :type :f value]. A failure has its error after the value. */
  #readVector(byte: number): void {
    const reader = this.#reader;
    const { values } = reader;
    const { event } = this;
    const value = reader.read();
    const [process, type, f, what, ...more] = values.childrenOf(value);
    if (
      (byte !== openBracket && byte !== openParenthesis) ||
      process === undefined ||
      type === undefined ||
      f === undefined ||
      more.length > 1
    )
      throw new HistoryError(
        reader.json ? "bad-json" : "bad-edn",
        "a map or a list [process type f value] for each operation",
        values.briefOf(value),
        event.line,
      );
    event.process = process;
    this.#type = type;
    event.f = f;
    event.value = what ?? absent;
  }

  #check(): void {
    const { event } = this;
    const { values } = this.#reader;
    const wrong = (expected: string, got: string): HistoryError =>
      new HistoryError("bad-field", expected, got, event.line);
    // A missing process is accepted here: the pairing checks that either all operations have one or none has.
    const process = event.process === absent ? Kind.integer : values.kindOf(event.process);
    if (process === Kind.nil || process >= Kind.list)
      throw wrong("a :process that is a number or a name", values.briefOf(event.process));
    this.#takeType();
    if (event.f !== absent) return;
    // Elle's histories have only transactions, and these need not name the function.
    if (event.value !== absent && isMicroList(values, event.value))
      event.f = values.scalar(Kind.keyword, ":txn");
    // Only an invocation by a client needs a function, not an event of the nemesis or a completion.
    else if (process === Kind.integer && event.type === EventType.invoke)
      throw wrong("a :f", "none");
    else event.f = event.type === EventType.invoke ? nil : absent;
  }
}

const hash = 35;
const openBrace = 123;
const closeBrace = 125;
const openBracket = 91;
const openParenthesis = 40;
const colon = 58;
const quote = 34;
