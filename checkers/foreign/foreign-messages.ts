/** Names operations in sentences by process and line, so that a person can find them in the file. */
import { Outcome } from "./foreign-history.ts";
import { functionName, functions, type Operations } from "./foreign-operations.ts";
import { absent } from "./value-table.ts";

/** A value as text, shortened if it is long. An absent value is `nil`. */
export const shown = ({ values }: Operations, value: number): string =>
  value === absent ? "nil" : values.briefOf(value, 120);

/** An operation as text: `cas 3 → 4 of key 0 by process 7 (line 12)`. */
export function brief(operations: Operations, op: number): string {
  const { f, value, expected, history } = operations;
  const name = functions[f[op] as number] ?? "other";
  const own = name === "other" || name === "etcd" ? functionName(operations, op) : name;
  const text = shown(operations, value[op] as number);
  const isSilent = name === "acquire" || name === "release" || name === "etcd";
  const what =
    name === "cas"
      ? `cas ${shown(operations, expected[op] as number)} → ${text}`
      : isSilent
        ? own
        : `${own} ${text}`;
  return `${what}${ofKey(operations, op)} by process ${operations.values.textOf(history.process[op] as number)} (line ${lineOf(operations, op)})`;
}

/** An operation as text without its value: `the read by process 1 (line 3)`. */
export function named(operations: Operations, op: number): string {
  const { f, history } = operations;
  return `the ${functions[f[op] as number] ?? "operation"}${ofKey(operations, op)} by process ${operations.values.textOf(history.process[op] as number)} (line ${lineOf(operations, op)})`;
}

const ofKey = ({ key, values }: Operations, op: number): string =>
  key[op] === absent ? "" : ` of key ${keyText(values.textOf(key[op] as number))}`;

/** The text of a key. A string without spaces and characters that need an escape loses its quotes. */
const keyText = (text: string): string => text.replace(/^"([^"\\\s]+)"$/, "$1");

/** The field `key` for an anomaly about this operation. Empty if the operation has no key. */
export function keyOf({ key, values }: Operations, op: number): { readonly key?: string } {
  return key[op] === absent ? {} : { key: keyText(values.textOf(key[op] as number)) };
}

export const lineOf = ({ history }: Operations, op: number): number =>
  history.startLine[op] as number;

/** The line of the operation's completion as text, or `?` if there is none. */
export const endLineOf = ({ history }: Operations, op: number): string =>
  history.endLine[op] === 0 ? "?" : String(history.endLine[op]);

/** An operation as text and, if it failed, the line in which it failed. */
export const andFailed = (operations: Operations, op: number): string =>
  operations.history.outcome[op] === Outcome.fail
    ? `${brief(operations, op)}, which failed in line ${endLineOf(operations, op)}`
    : brief(operations, op);
