/**
 * Interprets the inputs and outputs of Porcupine's models. Each model has Go types of its own. This file knows those of
 * the models that come with Porcupine (registers, cas-registers, key-value text) and of similar models.
 */
import { HistoryError } from "../language/history-error.ts";
import { absent, Kind, nil, type ValueTable } from "./value-table.ts";

export interface Interpreted {
  readonly f: number;
  readonly key: number;
  readonly asked: number;
  readonly answered: number;
  readonly outcome: "ok" | "fail" | "info";
}

/**
 * The functions that the numbers 0, 1 and 2 mean: in Porcupine's key-value model (`keyed`), and in its registers
 * (`plain`).
 */
const byNumber = { keyed: ["get", "put", "append"], plain: ["read", "write", "cas"] } as const;

/**
 * The operation that an input and an output of a register or key-value model mean. Throws HistoryError if the input has
 * another shape.
 */
export function kvOperation(
  values: ValueTable,
  input: number,
  output: number,
  line: number,
): Interpreted | undefined {
  const fields = fieldsOf(values, input);
  const first = (...names: readonly string[]): number =>
    names.map((name) => fields.get(name)).find((value) => value !== undefined) ?? absent;
  const operation = first("op", "type", "kind", "f", "method", "operation", "action");
  const key = first("key", "k");
  const value = first("value", "val", "v", "arg1", "new", "to");
  const name = operationName(values, operation, key !== absent);
  if (name === undefined)
    throw new HistoryError(
      "unknown-workload",
      "an Input with an op (get, put, append, read, write, cas or Porcupine's number for it)",
      values.briefOf(input),
      line,
    );
  const f = values.scalar(Kind.keyword, `:${name}`);
  const isCas = name === "cas" || name === "compare-and-set";
  const pair = (): number => {
    const old = first("old", "expected", "from", "arg1", "prev");
    const next = first("new", "to", "arg2", "value", "val");
    return values.composite(
      Kind.list,
      Int32Array.of(old === absent ? nil : old, next === absent ? nil : next),
      0,
      2,
    );
  };
  const reads = name === "get" || name === "read";
  const asked = reads ? nil : isCas ? pair() : value === absent ? nil : value;
  const answer = answerOf(values, output);
  if (output === absent || answer.outcome !== "ok")
    return {
      f,
      key,
      asked,
      answered: absent,
      outcome: output === absent ? "info" : answer.outcome,
    };
  const outcome = isCas && answer.ok === false ? "fail" : "ok";
  return { f, key, asked, answered: reads ? answer.value : asked, outcome };
}

function fieldsOf(values: ValueTable, object: number): Map<string, number> {
  const fields = new Map<string, number>();
  if (object === absent || values.kindOf(object) !== Kind.map) return fields;
  const children = values.childrenOf(object);
  for (let i = 0; i < children.length; i += 2)
    fields.set(
      values
        .nameOf(children[i] as number)
        .toLowerCase()
        .replace(/[_-]/g, ""),
      children[i + 1] as number,
    );
  return fields;
}

function operationName(values: ValueTable, operation: number, keyed: boolean): string | undefined {
  if (operation === absent) return undefined;
  switch (values.kindOf(operation)) {
    case Kind.integer:
      return (keyed ? byNumber.keyed : byNumber.plain)[values.numberOf(operation)];
    // In Porcupine's register, `true` means a read and `false` a write.
    case Kind.boolean:
      return values.nameOf(operation) === "true" ? "read" : "write";
    case Kind.string:
      return values.nameOf(operation).toLowerCase();
    default:
      return undefined;
  }
}

interface Answer {
  readonly value: number;
  readonly ok: boolean | undefined;
  readonly outcome: "ok" | "info";
}

function answerOf(values: ValueTable, output: number): Answer {
  const fields = fieldsOf(values, output);
  if (fields.size === 0) return { value: output, ok: undefined, outcome: "ok" };
  const is = (name: string): boolean | undefined => {
    const value = fields.get(name);
    return value !== undefined && values.kindOf(value) === Kind.boolean
      ? values.nameOf(value) === "true"
      : undefined;
  };
  const error = fields.get("err") ?? fields.get("error");
  const failed =
    error !== undefined &&
    error !== nil &&
    values.textOf(error) !== '""' &&
    values.textOf(error) !== '"OK"';
  const unknown = is("unknown") === true || is("timeout") === true || failed;
  const found = fields.get("value") ?? fields.get("val") ?? fields.get("v");
  return {
    value: is("exists") === false ? nil : (found ?? nil),
    ok: is("ok") ?? is("success") ?? is("swapped"),
    outcome: unknown ? "info" : "ok",
  };
}
