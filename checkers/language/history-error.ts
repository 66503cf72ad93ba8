/** The codes of `HistoryError`: what can be wrong with a history that is read or judged. */

export type HistoryErrorCode =
  | "empty"
  | "bad-json"
  | "unknown-event"
  | "bad-field"
  | "not-first"
  | "after-end"
  | "repeated-operation"
  | "no-open-operation"
  | "time-runs-backwards"
  | "bad-structure"
  | "out-of-order"
  | "incomplete"
  | "unknown-format"
  | "bad-edn"
  | "bad-line"
  | "still-open"
  | "not-in-model"
  | "unknown-workload"
  | "mixed-tuples"
  | "bad-utf8"
  | "bad-gzip"
  | "bad-store"
  | "bad-number"
  | "over-budget";

const hints: Readonly<Record<HistoryErrorCode, string>> = {
  empty: "the run that should have written this file may not have started",
  "bad-json":
    "the file was cut off or edited by hand; if quorate wrote the file, replay the plan beside it",
  "unknown-event":
    "another version of quorate wrote the file, or the file was edited by hand; run again with this version",
  "bad-field":
    "the field was edited by hand, written by another version or tool, or does not fit the model of the history",
  "not-first": "a history begins with its `run` event and has no second `run` event",
  "after-end": "the `end` event is the last of a history; two files may have been put together",
  "repeated-operation": "op numbers are unique in a history; two files may have been put together",
  "no-open-operation": "each ok, fail or info completes one invoke that came before it",
  "time-runs-backwards": "all times of a history come from one monotonic clock",
  "unknown-format": "docs/check.md describes these formats",
  "bad-edn": "the file was cut off or edited by hand, or is no EDN",
  "bad-line": "the line was cut off or edited by hand",
  "still-open":
    "a process has one operation at a time; after `info` its client goes on as a new process",
  "not-in-model":
    "choose a --model that has this operation, value or guarantee, or leave --model and --guarantee out",
  "unknown-workload":
    "no model of quorate has this operation; docs/check.md lists the models and their operations",
  "bad-utf8": "the file was damaged, or written in another encoding",
  "bad-gzip": "the file was cut off or damaged",
  "bad-store":
    "the file was cut off, or the run ended before it was saved; the run's history.txt or jepsen.log may have the operations",
  "bad-number":
    "counters and banks add up numbers; name another model with --model, or the amount at the start with --initial",
  "over-budget": "allow more with --seconds or --memory, or judge a shorter history",
  "mixed-tuples":
    "in one history either every value is a tuple of jepsen.independent, with its key, or no value is",
  "out-of-order":
    "lines were swapped or repeated: the file was edited, or two files were put together",
  incomplete: "lines were lost; run again, or replay the plan beside it",
  "bad-structure": "the history contradicts itself; run again, or replay the plan beside it",
};

/**
 * The error for a history that cannot be read or judged. `line` counts from 1. It is undefined if the error is not
 * about one line of a file.
 */
export class HistoryError extends Error {
  readonly code: HistoryErrorCode;
  readonly line: number | undefined;
  readonly expected: string;
  readonly got: string;
  readonly hint: string;

  constructor(code: HistoryErrorCode, expected: string, got: string, line?: number) {
    super(
      `history${line === undefined ? "" : ` line ${line}`}: expected ${expected}, got ${got} (${code}); ${hints[code]}`,
    );
    this.name = "HistoryError";
    this.code = code;
    this.line = line;
    this.expected = expected;
    this.got = got;
    this.hint = hints[code];
  }

  /** A copy of this error with the number of a line. */
  atLine(line: number): HistoryError {
    return new HistoryError(this.code, this.expected, this.got, line);
  }
}
