/**
 * Parses operations and events that were written as JSON from Porcupine's Go types, also those of etcd's robustness
 * tests.
 */
import { HistoryError } from "../language/history-error.ts";
import { EventType, type ForeignEvent, ForeignHistory, ForeignPairing } from "./foreign-history.ts";
import { PieceParser, type ParsedHistory } from "./history-parsers.ts";
import { needsMore, ValueReader } from "./value-reader.ts";
import { absent, Kind, nil, ValueTable } from "./value-table.ts";
import { etcdOperation } from "./etcd-operations.ts";
import { type Interpreted, kvOperation } from "./porcupine-operations.ts";

interface Timed {
  readonly at: number;
  /**
   * Whether the event is a return. Of events at the same time, calls come before returns, since operations that touch
   * are concurrent.
   */
  readonly isReturn: boolean;
  readonly event: ForeignEvent;
}

/**
 * Parses operations, `{"ClientId":0,"Input":…,"Call":1,"Output":…,"Return":2}`, or events,
 * `{"ClientId":0,"Kind":…,"Value":…,"Id":3}`. They may be in an array or follow one another.
 */
export class PorcupineParser extends PieceParser {
  readonly #reader: ValueReader;
  readonly #history: ForeignHistory;
  readonly #timed: Timed[] = [];
  readonly #calls = new Map<
    number,
    { readonly input: number; readonly line: number; at: number }
  >();
  #started = false;
  #close = -1;
  #events = 0;

  constructor(format: "porcupine-json" | "etcd-json") {
    super();
    this.#history = new ForeignHistory(format, new ValueTable());
    this.#reader = new ValueReader(this.#history.values, true);
  }

  protected get heldBytes(): number {
    return this.#history.values.bytes + 300 * this.#timed.length;
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

  #next(): boolean {
    const reader = this.#reader;
    const byte = reader.peek();
    if (!this.#started) {
      this.#started = true;
      if (byte === openBracket) {
        reader.at++;
        this.#close = closeBracket;
      }
      return true;
    }
    if (byte === -1) {
      if (this.#close === -1) return false;
      throw reader.error("a ] that ends the operations", "the end of the file");
    }
    if (byte === this.#close) {
      reader.at++;
      this.#close = -1;
      return true;
    }
    const { line } = reader;
    this.#take(reader.read(), line);
    return true;
  }

  #take(value: number, line: number): void {
    const { values } = this.#history;
    if (values.kindOf(value) !== Kind.map)
      throw new HistoryError(
        "bad-json",
        "an object for each operation",
        values.briefOf(value),
        line,
      );
    const client = field(values, value, "clientid");
    const kind = field(values, value, "kind");
    if (kind !== absent) {
      this.#takeEvent(client, kind, value, line);
      return;
    }
    const call = values.numberOf(field(values, value, "call"));
    const returned = values.numberOf(field(values, value, "return"));
    if (client === absent || Number.isNaN(call))
      throw new HistoryError(
        "bad-field",
        "an operation with ClientId, Input, Call, Output and Return",
        values.briefOf(value),
        line,
      );
    const open = Number.isNaN(returned) || returned <= call - 1 || returned >= never;
    this.#operation(
      client,
      { at: call, line, value: field(values, value, "input") },
      open ? undefined : { at: returned, line, value: field(values, value, "output") },
    );
  }

  #takeEvent(client: number, kind: number, value: number, line: number): void {
    const { values } = this.#history;
    const id = values.numberOf(field(values, value, "id"));
    const said = field(values, value, "value");
    const isCall = /^(?:false|0|"call"|"callevent")$/i.test(values.textOf(kind));
    const at = this.#events++;
    const open = this.#calls.get(id);
    if (isCall) {
      this.#calls.set(id, { input: said, line, at });
      this.#clientOf.set(id, client);
      return;
    }
    if (open === undefined)
      throw new HistoryError(
        "no-open-operation",
        "a call with the same Id before the return",
        `a return of Id ${id} without a call`,
        line,
      );
    this.#calls.delete(id);
    this.#operation(
      client,
      { at: open.at, line: open.line, value: open.input },
      { at, line, value: said },
    );
  }

  readonly #clientOf = new Map<number, number>();

  #operation(
    client: number,
    call: { readonly at: number; readonly line: number; readonly value: number },
    returned: { readonly at: number; readonly line: number; readonly value: number } | undefined,
  ): void {
    const { values, format } = this.#history;
    const interpret = format === "etcd-json" ? etcdOperation : kvOperation;
    const one: Interpreted | undefined = interpret(
      values,
      call.value,
      returned?.value ?? absent,
      call.line,
    );
    if (one === undefined) return;
    // The operations of a client may overlap, but those of a process must not. So each client gets several processes if
    // needed.
    const process = values.scalar(
      Kind.symbol,
      `${values.textOf(client)}${this.#suffix(client, call.at, returned?.at ?? Infinity)}`,
    );
    const base = { process, f: one.f, key: one.key, time: NaN, index: NaN, isFinal: false };
    this.#timed.push({
      at: call.at,
      isReturn: false,
      event: { ...base, type: EventType.invoke, value: one.asked, line: call.line },
    });
    if (returned === undefined) return;
    this.#timed.push({
      at: returned.at,
      isReturn: true,
      event: { ...base, type: EventType[one.outcome], value: one.answered, line: returned.line },
    });
  }

  /** For each client, the time at which each of its processes is free again. */
  readonly #busy = new Map<number, number[]>();

  #suffix(client: number, from: number, to: number): string {
    let processes = this.#busy.get(client);
    if (processes === undefined) this.#busy.set(client, (processes = []));
    const free = processes.findIndex((until) => until < from);
    const at = free < 0 ? processes.length : free;
    processes[at] = to;
    return at === 0 ? "" : `.${at}`;
  }

  protected end(): ParsedHistory {
    for (const [id, { input, line, at }] of this.#calls)
      this.#operation(this.#clientOf.get(id) ?? nil, { at, line, value: input }, undefined);
    this.#timed.sort((a, b) => a.at - b.at || Number(a.isReturn) - Number(b.isReturn));
    const pairing = new ForeignPairing(this.#history);
    for (const { event } of this.#timed) pairing.add(event);
    pairing.finish();
    return { history: this.#history, reordered: undefined };
  }
}

/**
 * The value of the object's field with this lower-case name, whatever the case in the object. `absent`: there is no
 * such field.
 */
export function field(values: ValueTable, object: number, name: string): number {
  if (object === absent || values.kindOf(object) !== Kind.map) return absent;
  const children = values.childrenOf(object);
  for (let i = 0; i < children.length; i += 2)
    if (values.nameOf(children[i] as number).toLowerCase() === name)
      return children[i + 1] as number;
  return absent;
}

/** A return time from this number on, near Go's largest time, means that the operation never returned. */
const never = 9e18;
const openBracket = 91;
const closeBracket = 93;
