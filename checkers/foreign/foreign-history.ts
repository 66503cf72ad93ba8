/**
 * Histories of other tools, which have only what clients saw. Operations are columns, and values are numbers of a
 * ValueTable.
 */
import { HistoryError } from "../language/history-error.ts";
import { grown } from "../columnar/growing-array.ts";
import { isMicroList } from "./micro-operations.ts";
import { absent, Kind, nil, type ValueTable } from "./value-table.ts";

/** The formats in which other tools write histories. */
export type ForeignFormat =
  "edn" | "jepsen-log" | "jepsen-text" | "json" | "porcupine-json" | "etcd-json" | "jepsen-store";

/** How an operation ended. `open`: it was never completed, so that it may take effect at any time. */
export const Outcome = { open: 0, ok: 1, fail: 2, info: 3 } as const;
export type OutcomeCode = (typeof Outcome)[keyof typeof Outcome];

export const EventType = { invoke: 0, ok: 1, fail: 2, info: 3 } as const;
export type EventTypeCode = (typeof EventType)[keyof typeof EventType];

/**
 * One event (line) of a history. The process, function, key and value are numbers of the value table, or `absent`. A
 * reader may use the same object again for the next line.
 */
export interface ForeignEvent {
  line: number;
  type: EventTypeCode;
  process: number;
  f: number;
  key: number;
  value: number;
  /** The event's `:time`. NaN: it has none. */
  time: number;
  index: number;
  /** Whether the event is marked `:final? true`, which means that no changes come later. */
  isFinal: boolean;
}

/** What says in which order the events happened: their place in the file, their `:index` or their `:time`. */
export type Order = "file" | "index" | "time";

/** One operation, with its values as text for people and tests. */
export interface ForeignOperation {
  readonly op: number;
  readonly process: string;
  readonly f: string;
  readonly key: string | undefined;
  readonly asked: string | null;
  /** The value of the answer. Undefined: there was no answer. */
  readonly answered: string | null | undefined;
  readonly outcome: keyof typeof Outcome;
  readonly start: number;
  readonly end: number;
  readonly startLine: number;
  readonly endLine: number | undefined;
}

/**
 * All operations of clients, including failed ones, in the order in which the file has their invocations. Operations
 * from Porcupine's JSON are in the order of their call times.
 */
export class ForeignHistory {
  readonly format: ForeignFormat;
  readonly values: ValueTable;
  /** The number of events in the file. Events of the nemesis count too. */
  events = 0;
  count = 0;
  process = new Int32Array(64);
  f = new Int32Array(64);
  key = new Int32Array(64);
  asked = new Int32Array(64);
  answered = new Int32Array(64);
  outcome = new Uint8Array(64);
  /**
   * The places of an operation's first and last event in the order of events. An operation that was never completed
   * ends at the number of all events. So do all transactions of a history without invocations.
   */
  start = new Int32Array(64);
  end = new Int32Array(64);
  startLine = new Int32Array(64);
  /** The line of the completion. 0: the operation was never completed. */
  endLine = new Int32Array(64);
  /** The operations that are marked `:final? true`. */
  readonly final = new Set<number>();
  /** The values that a tag marks as tuples of jepsen.independent. */
  tuples: ReadonlySet<number> = new Set();
  /**
   * The field (`:index` or `:time`) that gives the events another order than the file. Empty: none does, or the two
   * fields contradict each other.
   */
  readonly otherOrders: Order[] = [];
  /**
   * A sentence that says where `:index` and `:time` contradict each other, so that neither can be used. Undefined: they
   * do not.
   */
  orderConflict: string | undefined;
  /** Sentences about what was read differently from the usual form. */
  readonly notes: string[] = [];

  constructor(format: ForeignFormat, values: ValueTable) {
    this.format = format;
    this.values = values;
  }

  /** Whether the operation succeeded. Only then does its answer contain its result. */
  isOk(op: number): boolean {
    return this.outcome[op] === Outcome.ok;
  }

  operation(op: number): ForeignOperation {
    const { values } = this;
    const text = (value: number): string | null => (value === nil ? null : values.textOf(value));
    const endLine = this.endLine[op] as number;
    const answered = this.answered[op] as number;
    const key = this.key[op] as number;
    return {
      op,
      process: values.textOf(this.process[op] as number),
      f: values.nameOf(this.f[op] as number).replace(/^:/, ""),
      key: key === absent ? undefined : values.textOf(key),
      asked: text(this.asked[op] as number),
      answered: answered === absent ? undefined : text(answered),
      outcome: outcomeNames[this.outcome[op] as OutcomeCode],
      start: this.start[op] as number,
      end: this.isOk(op) ? (this.end[op] as number) : Infinity,
      startLine: this.startLine[op] as number,
      endLine: endLine === 0 ? undefined : endLine,
    };
  }
}

/** The line of the operation's completion. If there is none: the line of its invocation. */
export const answerLine = ({ startLine, endLine }: ForeignHistory, op: number): number =>
  endLine[op] === 0 ? (startLine[op] as number) : (endLine[op] as number);

const outcomeNames = ["open", "ok", "fail", "info"] as const;

/**
 * Pairs completions with invocations, in the order of events. A process has at most one open operation. If no event
 * names a process, a completion belongs to the only open operation that it can answer. If transactions have no
 * invocations (as in Elle's examples), nobody knows which of them overlapped.
 */
export class ForeignPairing {
  readonly #history: ForeignHistory;
  /** For each process, its open operation plus one. 0: it has none. */
  #open = new Int32Array(64);
  /** The open operations, for histories in which no event names its process. */
  readonly #openUnnamed = new Set<number>();
  #hasProcesses: boolean | undefined;
  #hasInvocations: boolean | undefined;
  /** For each process: 1 if it is a client, 2 if it is something else, 0 if that is not yet known. */
  #kind = new Uint8Array(64);
  /**
   * The start and end of each operation by the field `:index`, and by `:time`. Undefined: some event lacks the field.
   */
  #index: Clock | undefined = new Clock();
  #time: Clock | undefined = new Clock();

  constructor(history: ForeignHistory) {
    this.#history = history;
  }

  /** Adds an event. Throws HistoryError if the event contradicts earlier ones. */
  add(event: ForeignEvent): void {
    const history = this.#history;
    const place = history.events++;
    const isNamed = event.process !== absent;
    this.#hasProcesses ??= isNamed;
    if (this.#hasProcesses !== isNamed)
      throw new HistoryError(
        "bad-field",
        isNamed
          ? "no :process, as in the lines before"
          : "a :process that is a number or a name, as in the lines before",
        isNamed ? history.values.briefOf(event.process) : "none",
        event.line,
      );
    if (isNamed && !this.#isClient(event.process)) return;
    if (event.type === EventType.invoke) this.#invoke(event, place);
    else if (this.#isWholeTransaction(event)) this.#takeWhole(event, place);
    else this.#complete(event, place);
  }

  finish(): ForeignHistory {
    const history = this.#history;
    for (const open of this.#open) if (open > 0) history.end[open - 1] = history.events;
    for (const op of this.#openUnnamed) history.end[op] = history.events;
    if (this.#hasProcesses === false && history.count > 0)
      history.notes.push(
        "no operation names its process, so each operation counts as a process of its own",
      );
    if (this.#hasInvocations === false) {
      for (let op = 0; op < history.count; op++) history.end[op] = history.events;
      history.notes.push(
        "no transaction has an invocation, so nobody knows which transactions overlapped, and the order in real time was not judged",
      );
    } else this.#findOrders();
    return history;
  }

  /**
   * Whether the event is a transaction without an invocation. In such a history, no transaction may have an invocation.
   */
  #isWholeTransaction({ type, value }: ForeignEvent): boolean {
    if (this.#hasInvocations !== undefined) return !this.#hasInvocations;
    return type !== EventType.info && value !== absent && isMicroList(this.#history.values, value);
  }

  /** Adds a transaction without an invocation. Nobody knows when it took effect. */
  #takeWhole(event: ForeignEvent, place: number): void {
    const { type } = event;
    this.#hasInvocations = undefined;
    this.#begin(event, place);
    this.#hasInvocations = false;
    const op = this.#history.count - 1;
    this.#history.outcome[op] = type;
    this.#history.endLine[op] = event.line;
    if (type === EventType.ok) this.#history.answered[op] = event.value;
  }

  #isClient(process: number): boolean {
    if (process >= this.#kind.length) {
      this.#kind = grown(this.#kind, process + 1);
      this.#open = grown(this.#open, process + 1);
    }
    const known = this.#kind[process];
    if (known !== 0) return known === 1;
    const isClient = !/^:?"?nemesis\b/.test(this.#history.values.textOf(process));
    this.#kind[process] = isClient ? 1 : 2;
    return isClient;
  }

  #invoke(event: ForeignEvent, place: number): void {
    const history = this.#history;
    if (this.#hasInvocations === false)
      throw new HistoryError(
        "no-open-operation",
        "an invoke for every transaction, or for none",
        "the first invoke, after transactions without an invoke",
        event.line,
      );
    this.#hasInvocations = true;
    if (event.process === absent) {
      this.#openUnnamed.add(history.count);
      this.#begin(event, place);
      return;
    }
    const open = (this.#open[event.process] as number) - 1;
    if (open >= 0)
      throw new HistoryError(
        "still-open",
        `a completion of the operation of line ${history.startLine[open] ?? 0} before process ${history.values.textOf(event.process)} begins another`,
        "another invoke",
        event.line,
      );
    this.#open[event.process] = history.count + 1;
    this.#begin(event, place);
  }

  #begin(event: ForeignEvent, place: number): void {
    const history = this.#history;
    const op = history.count++;
    if (op === history.process.length) this.#grow();
    history.process[op] =
      event.process === absent
        ? history.values.scalar(Kind.symbol, `unnamed-${op + 1}`)
        : event.process;
    history.f[op] = event.f;
    history.key[op] = event.key;
    history.asked[op] = event.value === absent ? nil : event.value;
    history.answered[op] = absent;
    history.start[op] = place;
    history.startLine[op] = event.line;
    if (event.isFinal) history.final.add(op);
    this.#index = this.#index?.begins(op, event.index);
    this.#time = this.#time?.begins(op, event.time);
  }

  #complete(event: ForeignEvent, place: number): void {
    const history = this.#history;
    const isNamed = event.process !== absent;
    const open = isNamed ? (this.#open[event.process] as number) - 1 : this.#unnamedFor(event);
    const op = open < 0 ? undefined : open;
    // A message of a client outside of its operations (`:info :crash`) completes no operation.
    if (op === undefined && event.type === EventType.info) return;
    const isOk = event.type === EventType.ok;
    const key = op === undefined ? absent : (history.key[op] as number);
    if (
      op === undefined ||
      (event.type !== EventType.info && event.f !== absent && history.f[op] !== event.f) ||
      (event.key !== absent && key !== event.key)
    ) {
      const { values } = history;
      const name = (f: number): string =>
        f === absent ? "operation" : values.nameOf(f).replace(/^:/, "");
      throw new HistoryError(
        "no-open-operation",
        `an open ${name(event.f)}${isNamed ? ` of process ${values.textOf(event.process)}` : " that this completion can answer"}`,
        op === undefined
          ? "none"
          : `a ${name(history.f[op] as number)} of line ${history.startLine[op] ?? 0}`,
        event.line,
      );
    }
    if (isNamed) this.#open[event.process] = 0;
    else this.#openUnnamed.delete(op);
    history.outcome[op] = event.type;
    history.end[op] = place;
    history.endLine[op] = event.line;
    if (isOk) history.answered[op] = event.value;
    if (event.isFinal) history.final.add(op);
    this.#index = this.#index?.ends(op, event.index);
    this.#time = this.#time?.ends(op, event.time);
  }

  /**
   * The only open operation that the completion can answer, or −1 if there is none. Throws HistoryError if there are
   * several.
   */
  #unnamedFor(event: ForeignEvent): number {
    const { values, f, key, asked, startLine } = this.#history;
    const fits = [...this.#openUnnamed].filter(
      (op) =>
        (event.f === absent || f[op] === event.f) &&
        (event.key === absent || key[op] === event.key) &&
        (event.value === absent || canAnswer(values, asked[op] as number, event.value)),
    );
    const [op = -1, other] = fits;
    if (other !== undefined)
      throw new HistoryError(
        "bad-field",
        "a :process, since this event may complete more than one open operation",
        `no :process, while the operations of lines ${startLine[op] ?? 0} and ${startLine[other] ?? 0} are open`,
        event.line,
      );
    return op;
  }

  #grow(): void {
    const history = this.#history;
    const size = history.count;
    history.process = grown(history.process, size);
    history.f = grown(history.f, size);
    history.key = grown(history.key, size);
    history.asked = grown(history.asked, size);
    history.answered = grown(history.answered, size);
    history.outcome = grown(history.outcome, size);
    history.start = grown(history.start, size);
    history.end = grown(history.end, size);
    history.startLine = grown(history.startLine, size);
    history.endLine = grown(history.endLine, size);
  }

  #findOrders(): void {
    const history = this.#history;
    const index = this.#index?.isAscending === false ? this.#index : undefined;
    const time = this.#time?.isAscending === false ? this.#time : undefined;
    if (index === undefined && time === undefined) return;
    if (index !== undefined && this.#time !== undefined && this.#time.count > 0) {
      // Events may have equal times. But a later index with an earlier time is a contradiction.
      const conflict = index.contradiction(history, this.#time);
      if (conflict !== undefined) {
        history.orderConflict = conflict;
        return;
      }
    }
    this.#clock = index ?? time;
    history.otherOrders.push(index !== undefined ? "index" : "time");
  }

  #clock: Clock | undefined;

  /**
   * The history in the order of `:index` or `:time`. Only the starts and ends of operations are copies, everything else
   * is shared with the original.
   */
  static reordered(pairing: ForeignPairing): ForeignHistory {
    const history = pairing.#history;
    const clock = pairing.#clock;
    if (clock === undefined) return history;
    const other = Object.assign(new ForeignHistory(history.format, history.values), history);
    other.start = history.start.slice();
    other.end = history.end.slice();
    clock.places(history, other.start, other.end);
    return other;
  }
}

/**
 * Whether an answer can belong to a request. The request must have no value, the same value, or a list whose parts can
 * each be answered by those of the answer.
 */
function canAnswer(values: ValueTable, asked: number, answer: number): boolean {
  if (asked === nil || asked === answer) return true;
  if (values.kindOf(asked) !== Kind.list || values.kindOf(answer) !== Kind.list) return false;
  const answers = values.childrenOf(answer);
  return (
    values.sizeOf(asked) === values.sizeOf(answer) &&
    values.childrenOf(asked).every((part, i) => canAnswer(values, part, answers[i] as number))
  );
}

/** The starts and ends of operations by one field of their events, `:index` or `:time`. */
class Clock {
  isAscending = true;
  count = 0;
  #last = -Infinity;
  #start = new Float64Array(64);
  #end = new Float64Array(64);

  /** Records when an operation began. Returns undefined if the event does not have the field. */
  begins(op: number, at: number): Clock | undefined {
    if (Number.isNaN(at)) return undefined;
    if (op >= this.#start.length) {
      this.#start = grown(this.#start, op + 1);
      this.#end = grown(this.#end, op + 1);
    }
    this.#start[op] = at;
    this.#end[op] = Infinity;
    this.#note(at);
    return this;
  }

  ends(op: number, at: number): Clock | undefined {
    if (Number.isNaN(at)) return undefined;
    this.#end[op] = at;
    this.#note(at);
    return this;
  }

  #note(at: number): void {
    if (at < this.#last) this.isAscending = false;
    this.#last = at;
    this.count++;
  }

  /**
   * The events of all operations, sorted by the field. An event is a number: twice the operation, plus one if it is the
   * operation's end.
   */
  #sorted(history: ForeignHistory): number[] {
    const events: number[] = [];
    for (let op = 0; op < history.count; op++) {
      events.push(2 * op);
      if (history.endLine[op] !== 0) events.push(2 * op + 1);
    }
    // Events with equal times stay in the order of the file.
    const place = (event: number): number =>
      (event % 2 === 0 ? history.start : history.end)[event >> 1] as number;
    return events.sort((a, b) => this.#at(a) - this.#at(b) || place(a) - place(b));
  }

  #at(event: number): number {
    return (event % 2 === 0 ? this.#start : this.#end)[event >> 1] as number;
  }

  contradiction(history: ForeignHistory, time: Clock): string | undefined {
    let last = -1;
    for (const event of this.#sorted(history)) {
      if (last >= 0 && time.#at(event) < time.#at(last))
        return `the event with :index ${this.#at(event)} comes after the event with :index ${this.#at(last)}, but has an earlier :time (${time.#at(event)}, before ${time.#at(last)})`;
      last = event;
    }
    return undefined;
  }

  places(history: ForeignHistory, start: Int32Array, end: Int32Array): void {
    for (const [place, event] of this.#sorted(history).entries())
      if (event % 2 === 0) start[event >> 1] = place;
      else end[event >> 1] = place;
    for (let op = 0; op < history.count; op++)
      if (history.endLine[op] === 0) end[op] = history.events;
  }
}
