/** Finds errors in texts to which operations append, without a search. */
import type { Findings } from "./foreign-findings.ts";
import { Outcome } from "./foreign-history.ts";
import { brief, keyOf } from "./foreign-messages.ts";
import { fn, type Operations } from "./foreign-operations.ts";
import { absent, nil } from "./value-table.ts";

/** Why a history has no legal order. */
export interface Refutation {
  readonly explanation: string;
  readonly operations: readonly number[];
  readonly key?: string;
}

/**
 * Reports errors in the text of a key that can be found without a search, as most can. Returns whether there are any.
 */
export function refuteText(
  operations: Operations,
  of: Int32Array,
  initial: number,
  findings: Findings,
): boolean {
  const wrong = [...tornReads(operations, of, initial), ...forkedReads(operations, of)];
  for (const one of wrong) findings.found(() => one);
  return wrong.length > 0;
}

/** Finds reads of a text that ends with nothing that was written or appended. */
function tornReads(operations: Operations, of: Int32Array, initial: number): Refutation[] {
  const { f, value, values, history } = operations;
  const ends = new Set<string>();
  for (const op of of)
    if (f[op] !== fn.read && history.outcome[op] !== Outcome.fail && value[op] !== nil)
      ends.add(values.nameOf(value[op] as number));
  const sizes = [...new Set([...ends].map((text) => text.length))];
  const isTorn = (op: number): boolean => {
    const read = value[op] as number;
    if (f[op] !== fn.read || read === absent || read === nil || read === initial) return false;
    const text = values.nameOf(read);
    return (
      text !== "" &&
      !sizes.some((size) => size <= text.length && ends.has(text.slice(text.length - size)))
    );
  };
  return Array.from(of.filter(isTorn), (op) => ({
    explanation: `${brief(operations, op)} returned a text whose end no operation wrote or appended`,
    operations: [op],
    ...keyOf(operations, op),
  }));
}

/**
 * Finds two reads that contradict each other, for a key whose text only grows. Of any two reads, one must be a prefix
 * of the other, and no read may be shorter than one that ended before it began.
 */
function forkedReads(operations: Operations, of: Int32Array): Refutation[] {
  const { f, value, values, start, end, history } = operations;
  const isGrowing = of.every(
    (op) => f[op] === fn.read || f[op] === fn.append || history.outcome[op] === Outcome.fail,
  );
  if (!isGrowing) return [];
  const textOf = (op: number): string => {
    const name = values.nameOf(value[op] as number);
    return value[op] === nil ? "" : name;
  };
  const reads = Array.from(of).filter((op) => f[op] === fn.read && value[op] !== absent);
  const pair = (a: number, b: number, why: string): Refutation => ({
    explanation: `${brief(operations, a)} and ${brief(operations, b)} contradict each other: the text only grows, but ${why}`,
    operations: [a, b],
    ...keyOf(operations, a),
  });
  reads.sort((a, b) => textOf(a).length - textOf(b).length);
  for (let i = 1; i < reads.length; i++) {
    const [a, b] = [reads[i - 1] as number, reads[i] as number];
    if (!textOf(b).startsWith(textOf(a))) return [pair(a, b, "neither begins with the other")];
  }
  const ended = [...reads].sort((a, b) => (end[a] as number) - (end[b] as number));
  const begun = [...reads].sort((a, b) => (start[a] as number) - (start[b] as number));
  let longest = -1;
  let at = 0;
  for (const read of begun) {
    for (
      ;
      at < ended.length && (end[ended[at] as number] as number) < (start[read] as number);
      at++
    )
      if (longest < 0 || textOf(ended[at] as number).length > textOf(longest).length)
        longest = ended[at] as number;
    if (longest >= 0 && textOf(read).length < textOf(longest).length)
      return [pair(longest, read, "the second began after the first had ended, and is shorter")];
  }
  return [];
}
