/**
 * Values that carry their key: jepsen.independent runs a workload on many keys at once, and its values are tuples, [key value]. They are printed as
 * vectors are, so a history must show by itself that its values are tuples: nothing else invokes a read with [key nil].
 */
import { HistoryError } from "../language/history-error.ts";
import { type Edn, print, Tuple } from "./edn.ts";
import type { ForeignEvent } from "./history.ts";

/** What one line says, before anybody knows whether its value carries a key. */
export interface Said extends Pick<ForeignEvent, "line" | "type" | "process" | "f"> {
  /** undefined: it has none beside its value. */
  readonly key: string | undefined;
  readonly value: Edn;
}

/** Whether values are tuples. Throws HistoryError where some are and others are not: then nobody can tell what any of them means. */
export function areTuples(said: readonly Said[]): boolean {
  if (!said.some(tellsTuples)) return false;
  const odd = said.find((one) => !fits(one));
  if (odd !== undefined)
    throw new HistoryError(
      "mixed-tuples",
      wanted(odd),
      `${odd.f} ${print(odd.value).slice(0, 80)}${odd.key === undefined ? "" : " with a :key"}`,
      odd.line,
    );
  return true;
}

/** Each under the key of its tuple. What a failure or an indeterminate completion carries may be an error: its key is that of what it completes. */
export function withoutTuples(said: readonly Said[]): (Said & { readonly key: string })[] {
  const open = new Map<string, string>();
  return said.map((one) => {
    const tuple = one.type === "invoke" || isAnswer(one) ? tupleOf(one.value) : undefined;
    const key = tuple === undefined ? (open.get(one.process) ?? "") : print(tuple.key);
    if (one.type === "invoke") open.set(one.process, key);
    return { ...one, key, value: tuple === undefined ? one.value : tuple.value };
  });
}

/** A written vector may be any value, and so may the [old new] of a cas. */
function tellsTuples({ type, f, value }: Said): boolean {
  return (
    type === "invoke" &&
    (value instanceof Tuple || (f === "read" && tupleOf(value)?.value === null))
  );
}

function fits(one: Said): boolean {
  if (one.type !== "invoke" && !isAnswer(one)) return true;
  const tuple = tupleOf(one.value);
  if (tuple === undefined || one.key !== undefined) return false;
  if (one.type === "ok" || one.f === "write") return true;
  return one.f === "read"
    ? tuple.value === null
    : one.f === "cas" && Array.isArray(tuple.value) && tuple.value.length === 2;
}

/** Of other completions nothing but the type matters. */
const isAnswer = ({ type, f }: Said): boolean => type === "ok" && f === "read";

function wanted({ type, f }: Said): string {
  const shapes: Readonly<Partial<Record<Said["f"], string>>> = {
    read: type === "invoke" ? "read [key nil]" : "read [key value]",
    write: "write [key value]",
    cas: "cas [key [old new]]",
  };
  return shapes[f] === undefined
    ? "only read, write and cas of tuples [key value] (jepsen.independent)"
    : `${shapes[f]}, since other operations have tuples of jepsen.independent`;
}

function tupleOf(value: Edn): Pick<Tuple, "key" | "value"> | undefined {
  if (value instanceof Tuple) return value;
  return Array.isArray(value) && value.length === 2
    ? { key: value[0] as Edn, value: value[1] as Edn }
    : undefined;
}
