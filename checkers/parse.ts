/** The strict reader of history.jsonl. */
import { Ajv } from "ajv";
import { eventSchemas, frameSchemas } from "./event-schema.ts";
import { HistoryError } from "./history-error.ts";
import { Pairing } from "./operations.ts";
import type { ErrorObject, ValidateFunction } from "ajv";
import type { HistoryEvent } from "./history.ts";

const ajv = new Ajv({ allErrors: false, allowUnionTypes: true });
const compile = (schemas: Readonly<Record<string, object>>): ReadonlyMap<string, ValidateFunction> =>
  new Map(Object.entries(schemas).map(([name, schema]) => [name, ajv.compile(schema)]));
const validators = { event: compile(eventSchemas), frame: compile(frameSchemas) };

/**
 * Reads a history line by line, in order. Every line is one event of a known shape without unknown fields; the first is `run`, nothing
 * follows `end`, and each completion belongs to one open invocation. Throws HistoryError otherwise.
 */
export class HistoryReader {
  #line = 0;
  #ended = false;
  #lastUs = 0;
  #recorded = 0;
  readonly #lastSeq = new Map<string, number>();
  readonly #pairing = new Pairing();

  /** The event of the next line. Throws HistoryError, also for an empty line. */
  read(line: string): HistoryEvent {
    this.#line++;
    try {
      const event = eventOf(line);
      if ((event.e === "run") !== (this.#line === 1)) throw new HistoryError("not-first", "one `run` event, the first", `a \`${event.e}\` event`);
      if (this.#ended) throw new HistoryError("after-end", "nothing after the `end` event", `a \`${event.e}\` event`);
      this.#inOrder(event);
      this.#pairing.add(event);
      this.#ended = event.e === "end";
      return event;
    } catch (error) {
      throw error instanceof HistoryError ? error.atLine(this.#line) : error;
    }
  }

  /** Lines that were swapped, repeated or lost: time never runs back, a boot's evidence counts up, and the harness counted its own events. */
  #inOrder(event: HistoryEvent): void {
    if (event.e === "run") {
      this.#recorded++;
      return;
    }
    if (event.atUs < this.#lastUs) throw new HistoryError("out-of-order", `an event at ${this.#lastUs} µs or later`, `one at ${event.atUs} µs`);
    this.#lastUs = event.atUs;
    if ("seq" in event) {
      const boot = `${event.node}.${event.boot}`;
      const last = this.#lastSeq.get(boot) ?? -1;
      // A gap is lost evidence, which checkers judge; a step back is a file that was edited.
      if (event.seq <= last) throw new HistoryError("out-of-order", `evidence of ${event.node} after its number ${last}`, `number ${event.seq}`);
      this.#lastSeq.set(boot, event.seq);
      return;
    }
    this.#recorded++;
    if (event.e === "end" && event.recorded !== undefined && event.recorded !== this.#recorded)
      throw new HistoryError("incomplete", `the ${event.recorded} events that the harness recorded`, `${this.#recorded}`);
  }

  /** To be called after the last line. A history without its `end` is no error: what it shows is at best `unknown`. */
  finish(): void {
    if (this.#line === 0) throw new HistoryError("empty", "a `run` event", "an empty file");
  }
}

/** The events of a whole file's text, or of its lines without their line ends. Throws HistoryError. */
export function parseHistory(source: string | Iterable<string>): HistoryEvent[] {
  const reader = new HistoryReader();
  const events: HistoryEvent[] = [];
  for (const line of typeof source === "string" ? linesOf(source) : source) events.push(reader.read(line));
  reader.finish();
  return events;
}

/** The same for lines that arrive one by one; each event is handed on as soon as it was read. Throws HistoryError. */
export async function* parseHistoryStream(lines: AsyncIterable<string>): AsyncGenerator<HistoryEvent> {
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
  if (typeof parsed !== "object" || parsed === null || !("e" in parsed)) throw new HistoryError("unknown-event", "an object with a field `e`", excerpt(line));
  const name = String(parsed.e);
  const isFrame = name === "sent" || name === "received";
  const kind = isFrame ? ("frame" in parsed ? String(parsed.frame) : "nothing") : name;
  const validate = (isFrame ? validators.frame : validators.event).get(kind);
  if (validate === undefined) {
    const known = [...(isFrame ? validators.frame : validators.event).keys()].join(", ");
    throw new HistoryError("unknown-event", isFrame ? `a frame of ${known}` : `an event of ${known}, sent, received`, kind);
  }
  if (!validate(parsed)) {
    const error = validate.errors?.[0];
    throw new HistoryError("bad-field", `a \`${kind}\` event where ${error === undefined ? "every field fits" : expectation(error)}`, excerpt(line));
  }
  // The validators cover HistoryEvent, member by member: event-schema.ts is keyed by its discriminants.
  return parsed as HistoryEvent;
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new HistoryError("bad-json", "one whole JSON object", line === "" ? "an empty line" : excerpt(line));
  }
}

function expectation({ instancePath, keyword, message, params }: ErrorObject): string {
  const where = instancePath === "" ? "it" : instancePath.slice(1).replaceAll("/", ".");
  const which = keyword === "additionalProperties" ? ` (${String(params["additionalProperty"])})` : keyword === "enum" ? ` (${String(params["allowedValues"])})` : "";
  return `${where} ${message ?? "fits"}${which}`;
}

const excerpt = (line: string): string => (line.length <= 80 ? line : `${line.slice(0, 80)}… (${line.length} characters)`);
