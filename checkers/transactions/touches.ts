/** Finds what each transaction read first from a key and wrote last to it. */
import { lastOf } from "./transaction-words.ts";
import { outcomes, step, type TransactionColumns } from "./transaction-table.ts";

/** How a transaction used a key, as others can see it: what it read there before it wrote, and what it wrote last. */
export interface Touch {
  readonly t: number;
  readonly key: number;
  /**
   * The version that the transaction's first step on the key read. −1: the initial version. Undefined: the first step
   * is a write, or its result is unknown.
   */
  readonly found: number | undefined;
  /** The version that the transaction wrote last to the key. Undefined: it wrote none. */
  readonly left: number | undefined;
}

/**
 * The touches of each transaction. A failed transaction has none. What an indeterminate transaction read is unknown.
 */
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
