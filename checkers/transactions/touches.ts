/** What transactions found at keys and what they left there. */
import { lastOf } from "./transaction-words.ts";
import { outcomes, step, type TransactionColumns } from "./transaction-table.ts";

/** How one transaction touched one key from outside: what it found there first, and what it left. */
export interface Touch {
  readonly t: number;
  readonly key: number;
  /**
   * The version of its first step if that is a read, −1 for the initial one; undefined: it did not read first, or
   * nobody knows what.
   */
  readonly found: number | undefined;
  /** The version of its last write; undefined: it wrote none. */
  readonly left: number | undefined;
}

/** By transaction. Failed ones touched nothing, and what indeterminate ones read is not known. */
export function touchesOf(columns: TransactionColumns): Touch[][] {
  const { size, firstStep, kind, key, version, outcome } = columns;
  return Array.from({ length: size }, (_, t) => {
    if (outcome[t] === outcomes.fail) return [];
    const found = new Map<number, number | undefined>();
    const left = new Map<number, number>();
    for (let at = firstStep[t] as number; at < (firstStep[t + 1] as number); at++) {
      const of = key[at] as number;
      const isRead = kind[at] === step.read && outcome[t] === outcomes.ok;
      if (!found.has(of)) found.set(of, isRead ? lastOf(columns, at) : undefined);
      if (kind[at] === step.write) left.set(of, version[at] as number);
    }
    return [...found].map(([of, first]) => ({ t, key: of, found: first, left: left.get(of) }));
  });
}
