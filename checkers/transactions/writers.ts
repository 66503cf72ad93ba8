/**
 * Finds the transaction that wrote each version. In the columns of `Writers`, `nobody` means that no transaction did.
 */
import { outcomes, step, type TransactionColumns } from "./transaction-table.ts";

export const nobody = -1;
/**
 * In `Writers.writer`: two transactions that may have happened wrote the value, so that nobody knows whose write a read
 * saw.
 */
export const ambiguous = -2;

export interface Writers {
  /** For each version, the transaction that wrote it and may have happened, or `nobody` or `ambiguous`. */
  readonly writer: Int32Array;
  /** For each version that only failed transactions tried to write, one of them. Otherwise `nobody`. */
  readonly failed: Int32Array;
  /**
   * For each version, 1 if its writer overwrote it, or appended more after it, in the same transaction. Otherwise 0.
   */
  readonly isIntermediate: Uint8Array;
  /** The versions that two transactions wrote, both of which may have happened. */
  readonly ambiguous: readonly number[];
}

export function writersOf(columns: TransactionColumns): Writers {
  const { size, firstStep, kind, key, version, outcome, values, keys } = columns;
  const writer = new Int32Array(values.length).fill(nobody);
  const failed = new Int32Array(values.length).fill(nobody);
  const isIntermediate = new Uint8Array(values.length);
  const twice: number[] = [];
  const lastWriter = new Int32Array(keys.length).fill(nobody);
  for (let t = 0; t < size; t++) {
    const from = firstStep[t] as number;
    for (let at = (firstStep[t + 1] as number) - 1; at >= from; at--) {
      if (kind[at] !== step.write) continue;
      const of = version[at] as number;
      if (outcome[t] === outcomes.fail) {
        failed[of] = t;
        continue;
      }
      if (writer[of] !== nobody && writer[of] !== ambiguous) {
        writer[of] = ambiguous;
        twice.push(of);
      } else if (writer[of] === nobody) writer[of] = t;
      if (lastWriter[key[at] as number] === t) isIntermediate[of] = 1;
      lastWriter[key[at] as number] = t;
    }
  }
  // If a write of a value failed and another write of the value did not, the value belongs to the one that did not
  // fail.
  for (let of = 0; of < values.length; of++) if (writer[of] !== nobody) failed[of] = nobody;
  return { writer, failed, isIntermediate, ambiguous: twice };
}
