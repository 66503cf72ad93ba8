/** Reads history.jsonl and rejects lines that cannot belong to a history. */
import { eventShapes, frameShapes } from "./event-shapes.ts";
import { inCurrentFormat } from "./former-format.ts";
import { HistoryError } from "../language/history-error.ts";
import { OperationLines } from "../columnar/operation-lines.ts";
import { isOpen, OperationTable } from "../columnar/operation-table.ts";
import type { HistoryEvent, RunEvent } from "../language/history.ts";

const shapes = {
  event: new Map(Object.entries(eventShapes)),
  frame: new Map(Object.entries(frameShapes)),
};

/**
 * Receives the events of a history in order. `add` may throw HistoryError if an event contradicts earlier ones. If
 * there is a `table`, the reader may add operations directly to it instead.
 */
export interface EventTaker {
  add(event: HistoryEvent): void;
  readonly table?: OperationTable;
}

// A byte order mark is kept in the text: it is not JSON and must be reported as an error.
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Reads a history line by line. Each line must be one event of a known shape without unknown fields. The first event
 * must be `run`, no event may follow `end`, and each completion must belong to one open invocation. Throws HistoryError
 * otherwise.
 */
export class HistoryReader {
  #line = 0;
  #ended = false;
  #lastUs = 0;
  #recorded = 0;
  readonly #lastSeq = new Map<string, number>();
  readonly #taker: EventTaker;
  readonly #lines: OperationLines | undefined;

  constructor(taker: EventTaker = new OperationTable()) {
    this.#taker = taker;
    if (taker.table !== undefined) this.#lines = new OperationLines(taker.table);
  }

  /**
   * Reads the next line and returns its event. Throws HistoryError with the line's number if the line is wrong or
   * empty.
   */
  read(line: string): HistoryEvent {
    this.#line++;
    try {
      const event = eventOf(line);
      if ((event.e === "run") !== (this.#line === 1))
        throw new HistoryError(
          "not-first",
          "exactly one `run` event, as the first event",
          `a \`${event.e}\` event`,
        );
      if (this.#ended)
        throw new HistoryError(
          "after-end",
          "nothing after the `end` event",
          `a \`${event.e}\` event`,
        );
      this.#inOrder(event);
      this.#taker.add(event);
      this.#ended = event.e === "end";
      return event;
    } catch (error) {
      throw error instanceof HistoryError ? error.atLine(this.#line) : error;
    }
  }

  /**
   * Reads the next line from its UTF-8 text in `bytes`, from index `from` to before index `to`. Throws like read().
   * Operations in the usual form go directly into the taker's table, if it has one.
   */
  take(bytes: Uint8Array, from: number, to: number): void {
    if (this.#line > 0 && !this.#ended && this.#takeOperation(bytes, from, to)) this.#line++;
    else this.read(utf8.decode(bytes.subarray(from, to)));
  }

  /**
   * Adds the operation on this line to the taker's table and returns true. Returns false and adds no operation if there
   * is no table, if the line is no operation in the usual form, or if the operation contradicts earlier lines.
   */
  #takeOperation(bytes: Uint8Array, from: number, to: number): boolean {
    const table = this.#taker.table;
    const lines = this.#lines;
    if (table === undefined || lines === undefined) return false;
    const kind = lines.read(bytes, from, to);
    if (kind === null) return false;
    const { atUs } = kind === "invoke" ? lines.invoke : lines.ok;
    if (atUs < this.#lastUs) return false;
    if (kind === "invoke") {
      if (table.rowOf(lines.invoke.op) >= 0) return false;
      table.invoke(lines.invoke);
    } else {
      // A completion before its invocation is impossible here: the invocation was no later than the previous line.
      if (table.outcome[lines.ok.row] !== isOpen) return false;
      table.succeed(lines.ok.row, atUs, lines.ok);
    }
    this.#lastUs = atUs;
    this.#recorded++;
    return true;
  }

  /**
   * Throws HistoryError if the time of an event is earlier than the last, if the numbers of a boot's evidence do not
   * increase, or if the history has another number of events than `end` says that the harness recorded. Lost evidence
   * is no error here: checkers judge it.
   */
  #inOrder(event: HistoryEvent): void {
    if (event.e === "run") {
      this.#recorded++;
      return;
    }
    if (event.atUs < this.#lastUs)
      throw new HistoryError(
        "out-of-order",
        `an event at ${this.#lastUs} µs or later`,
        `one at ${event.atUs} µs`,
      );
    this.#lastUs = event.atUs;
    if ("seq" in event) {
      const boot = `${event.node}.${event.boot}`;
      const last = this.#lastSeq.get(boot) ?? -1;
      // A gap means lost evidence, which checkers judge. A number that is not larger than the last means an edited
      // file.
      if (event.seq <= last)
        throw new HistoryError(
          "out-of-order",
          `an evidence number of ${event.node} above ${last}`,
          `number ${event.seq}`,
        );
      this.#lastSeq.set(boot, event.seq);
      return;
    }
    this.#recorded++;
    if (event.e === "end" && event.recorded !== undefined && event.recorded !== this.#recorded)
      throw new HistoryError(
        "incomplete",
        `the ${event.recorded} events that the harness recorded`,
        `${this.#recorded}`,
      );
  }

  /**
   * Must be called after the last line. Throws HistoryError if there was no line. A history without `end` is no error
   * here, but its verdict is never `valid`.
   */
  finish(): void {
    if (this.#line === 0) throw new HistoryError("empty", "a `run` event", "an empty file");
  }
}

/**
 * Reads the events of a history.
 *
 * @param source The text of history.jsonl, or its lines without line ends.
 * @throws HistoryError with the number of the wrong line, or without a number if there is no line.
 */
export function parseHistory(source: string | Iterable<string>): HistoryEvent[] {
  const reader = new HistoryReader();
  const events: HistoryEvent[] = [];
  for (const line of typeof source === "string" ? linesOf(source) : source)
    events.push(reader.read(line));
  reader.finish();
  return events;
}

/**
 * Reads the events of a history whose lines arrive one by one. Yields each event as soon as its line has arrived.
 *
 * @param lines The lines of history.jsonl, without line ends.
 * @throws HistoryError with the number of the wrong line, or without a number if there is no line.
 */
export async function* parseHistoryStream(
  lines: AsyncIterable<string>,
): AsyncGenerator<HistoryEvent> {
  const reader = new HistoryReader();
  for await (const line of lines) yield reader.read(line);
  reader.finish();
}

function* linesOf(text: string): Generator<string> {
  let from = 0;
  while (from < text.length) {
    const end = text.indexOf("\n", from);
    yield text.slice(from, end < 0 ? text.length : end);
    from = end < 0 ? text.length : end + 1;
  }
}

function eventOf(line: string): HistoryEvent {
  const parsed = jsonOf(line);
  if (typeof parsed !== "object" || parsed === null || !("e" in parsed))
    throw new HistoryError("unknown-event", "an object with a field `e`", excerpt(line));
  const name = nameOf(parsed.e);
  const isFrame = name === "sent" || name === "received";
  const kind = isFrame ? ("frame" in parsed ? nameOf(parsed.frame) : "nothing") : name;
  const shape = (isFrame ? shapes.frame : shapes.event).get(kind);
  if (shape === undefined) {
    const known = [...(isFrame ? shapes.frame : shapes.event).keys()].join(", ");
    throw new HistoryError(
      "unknown-event",
      isFrame
        ? `a frame that is one of ${known}`
        : `an event that is one of ${known}, sent, received`,
      kind,
    );
  }
  const complaint = shape(parsed);
  if (complaint !== null)
    throw new HistoryError(
      "bad-field",
      `a \`${kind}\` event that fits: ${complaint.startsWith("must") ? "it " : ""}${complaint}`,
      excerpt(line),
    );
  // Every type of event has a shape, since the types of event-shapes.ts demand one for each.
  const event = inCurrentFormat(parsed as HistoryEvent);
  return event.e === "run" ? plausible(event) : event;
}

/**
 * A name as text for messages. A list or object is called `an object`, since printing a deeply nested one would exhaust
 * the stack.
 */
const nameOf = (value: unknown): string =>
  typeof value === "string"
    ? excerpt(value)
    : typeof value === "object" && value !== null
      ? "an object"
      : String(value);

/**
 * Checks that either all or none of n, r, w and preference are present, that n is at most the number of nodes, and that
 * r and w are at most n. Gives the map `preference` no prototype, so that a key may have any name.
 */
function plausible(run: RunEvent): RunEvent {
  const { n, r, w, preference } = run;
  const known = [n, r, w, preference].filter((fact) => fact !== undefined).length;
  if (known !== 0 && known !== 4)
    throw new HistoryError(
      "bad-field",
      "a `run` event with all of n, r, w and preference, or with none of them",
      `${known} of the four`,
    );
  for (const [name, value, most] of [
    ["n", n, run.nodes.length],
    ["r", r, n],
    ["w", w, n],
  ] as const) {
    if (value !== undefined && most !== undefined && value > most)
      throw new HistoryError(
        "bad-field",
        `a \`run\` event whose ${name} is at most ${most}, the number of its ${name === "n" ? "nodes" : "replicas, n"}`,
        String(value),
      );
  }
  if (preference === undefined) return run;
  return {
    ...run,
    preference: Object.assign(Object.create(null), preference) as NonNullable<
      RunEvent["preference"]
    >,
  };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new HistoryError(
      "bad-json",
      "one whole JSON object",
      line === "" ? "an empty line" : excerpt(line),
    );
  }
}

const excerpt = (line: string): string =>
  line.length <= 80 ? line : `${line.slice(0, 80)}… (${line.length} characters)`;
