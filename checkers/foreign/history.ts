/** Histories of other tools: what clients saw of one system, and nothing of the system. */
import { HistoryError } from "../language/history-error.ts";

/** null: nothing (nil). Otherwise the value as EDN text, equal values as equal texts. */
export type ForeignValue = string | null;

/** What an operation of another tool does. */
export type ForeignFunction = "read" | "write" | "cas" | "append" | "add";

/** Times are places in the file: other tools order by them, and they say what was before what. */
export interface ForeignOperation {
  readonly op: number;
  readonly process: string;
  readonly f: ForeignFunction;
  readonly key: string;
  /** What was written or appended; what a read returned; what a cas put in the place of `expected`. */
  readonly value: ForeignValue;
  readonly expected: ForeignValue;
  readonly start: number;
  /** Infinity: indeterminate. */
  readonly end: number;
  readonly startLine: number;
  /** undefined for one that was never completed. */
  readonly endLine: number | undefined;
}

/** Reads that returned, writes that happened, and those that may have: what failed, and reads of which nobody heard, are left out. */
export interface ForeignHistory {
  readonly format: ForeignFormat;
  /** How many events the file has, the nemesis' too. */
  readonly events: number;
  /** Keys were in the values: registers, each under its key, and not the text of a key-value store. */
  readonly tuples?: true;
  readonly operations: readonly ForeignOperation[];
}

/** A format of another tool: EDN, or the log of a Jepsen test. */
export type ForeignFormat = "edn" | "jepsen-log";

/** What one line says, of whatever format. */
export interface ForeignEvent {
  readonly line: number;
  readonly type: "invoke" | "ok" | "fail" | "info";
  readonly process: string;
  readonly f: ForeignFunction;
  readonly key: string;
  readonly value: ForeignValue;
  readonly expected: ForeignValue;
}

interface Open {
  readonly op: number;
  readonly event: ForeignEvent;
  readonly start: number;
}

/** Pairs completions with invocations: a process has one operation open at most. Throws HistoryError. */
export class ForeignPairing {
  readonly #operations: (ForeignOperation | undefined)[] = [];
  readonly #open = new Map<string, Open>();
  #place = 0;
  #count = 0;

  add(event: ForeignEvent): void {
    const start = this.#place++;
    const open = this.#open.get(event.process);
    if (event.type === "invoke") {
      if (open !== undefined)
        throw new HistoryError(
          "still-open",
          `a completion of line ${open.event.line} before process ${event.process} goes on`,
          "another invoke",
          event.line,
        );
      this.#open.set(event.process, { op: this.#count++, event, start });
      return;
    }
    if (open === undefined || open.event.f !== event.f || open.event.key !== event.key) {
      throw new HistoryError(
        "no-open-operation",
        `an open ${event.f} of process ${event.process}`,
        open === undefined ? "none" : `a ${open.event.f} of line ${open.event.line}`,
        event.line,
      );
    }
    this.#open.delete(event.process);
    if (event.type === "fail") return;
    this.#complete(open, event, start);
  }

  finish(): readonly ForeignOperation[] {
    for (const open of this.#open.values()) this.#complete(open, undefined, Infinity);
    return this.#operations.filter((operation) => operation !== undefined);
  }

  #complete({ op, event, start }: Open, completion: ForeignEvent | undefined, place: number): void {
    const sure = completion?.type === "ok";
    if (event.f === "read" && !sure) return;
    const { process, f, key, expected, line } = event;
    const value = f === "read" && completion !== undefined ? completion.value : event.value;
    this.#operations[op] = {
      op,
      process,
      f,
      key,
      value,
      expected,
      start,
      end: sure ? place : Infinity,
      startLine: line,
      endLine: completion?.line,
    };
  }
}
