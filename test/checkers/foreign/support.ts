/** Helpers for tests with other tools' histories, which are parsed from text or made from rows. */
import {
  type ForeignFormat,
  type ForeignJudgement,
  type ForeignModel,
  type ForeignOperation,
  type ForeignQuestion,
  HistoryError,
  judgeForeign,
  readForeign,
} from "../../../checkers/index.ts";
import { ForeignHistory, Outcome } from "../../../checkers/foreign/foreign-history.ts";
import {
  fn,
  type ForeignFunction,
  type Operations,
} from "../../../checkers/foreign/foreign-operations.ts";
import { absent, nil, ValueTable } from "../../../checkers/foreign/value-table.ts";
import { ValueReader } from "../../../checkers/foreign/value-reader.ts";

export const line = (process: number, type: string, f: string, value: string): string =>
  `{:process ${process}, :type :${type}, :f :${f}, :value ${value}}\n`;

/** The two events of an operation that is invoked and completed at once. */
export const done = (f: string, asked: string, answered = asked, process = 0): string =>
  line(process, "invoke", f, asked) + line(process, "ok", f, answered);

export const read = (process: number, value: string): string => done("read", "nil", value, process);

/** The judgement of a history, together with the model that was used. */
export function judged(
  text: string,
  question: ForeignQuestion = {},
): ForeignJudgement & { readonly model: ForeignModel | undefined } {
  const { judgement, model } = judgeForeign(readForeign(text), question);
  return { ...judgement, model };
}

export function operationsOf(text: string, format?: ForeignFormat): ForeignOperation[] {
  const { history } = readForeign(text, format);
  return Array.from({ length: history.count }, (_, op) => history.operation(op));
}

/** The error that `action` throws. */
export function errorOf(action: () => unknown): HistoryError {
  try {
    action();
  } catch (error) {
    if (error instanceof HistoryError) return error;
    throw error;
  }
  throw new Error("expected a HistoryError");
}

/** The number of a value in the table, from its EDN text. */
export function valueIn(values: ValueTable, edn: string, json = false): number {
  const reader = new ValueReader(values, json);
  const bytes = new TextEncoder().encode(edn);
  reader.load(bytes, 0, bytes.length, true);
  reader.peek();
  const value = reader.read();
  if (reader.peek() !== -1) throw new Error(`more than one value in ${edn}`);
  return value;
}

export interface Row {
  readonly f: ForeignFunction;
  /** EDN. */
  readonly value: string;
  readonly expected?: string;
  readonly start: number;
  /** The time of completion. Infinity if the operation is indeterminate. */
  readonly end: number;
  readonly failed?: boolean;
  readonly process?: number;
  readonly key?: string;
}

/**
 * Makes operations from rows. Two rows may have equal times, which the lines of a file cannot express; neither of the
 * two is then before the other.
 */
export function operationsFrom(rows: readonly Row[]): Operations {
  const values = new ValueTable();
  const history = new ForeignHistory("edn", values);
  const of = (edn: string): number => valueIn(values, edn);
  history.count = rows.length;
  history.process = Int32Array.from(rows, ({ process }, op) => of(String(process ?? op)));
  history.f = Int32Array.from(rows, ({ f }) => of(`:${f}`));
  history.startLine = Int32Array.from(rows, (_, op) => 2 * op + 1);
  history.endLine = Int32Array.from(rows, (_, op) => 2 * op + 2);
  history.outcome = Uint8Array.from(rows, ({ end, failed }) =>
    failed === true ? Outcome.fail : end === Infinity ? Outcome.info : Outcome.ok,
  );
  const value = Int32Array.from(rows, (row) =>
    (row.f === "read" || row.f === "dequeue") && row.end === Infinity ? absent : of(row.value),
  );
  history.asked = value;
  history.answered = value;
  return {
    history,
    values,
    reading: { keys: "none", written: "answered" },
    count: rows.length,
    f: Uint8Array.from(rows, ({ f }) => fn[f]),
    key: Int32Array.from(rows, ({ key }) => (key === undefined ? absent : of(key))),
    value,
    expected: Int32Array.from(rows, ({ expected }) =>
      expected === undefined ? absent : of(expected),
    ),
    start: Float64Array.from(rows, ({ start }) => start),
    end: Float64Array.from(rows, ({ end, failed }) => (failed === true ? Infinity : end)),
    answersDiffer: false,
  };
}

export { nil };
