/** Finds the writer of each version. */
import { outcomes, step, type TransactionColumns } from "./transaction-table.ts";

export const nobody = -1;
/** Two possible transactions wrote the value, so nobody knows which one a read saw. */
export const ambiguous = -2;

export interface Writers {
  /** The possible transaction that wrote each version, or `nobody` or `ambiguous`. */
  readonly writer: Int32Array;
  /** The failed transaction that tried to write each version, or `nobody`. */
  readonly failed: Int32Array;
  /** 1: its writer overwrote it, or appended again, in the same transaction. */
  readonly isIntermediate: Uint8Array;
  /** Versions with two writers. */
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
  // A value that was retried after a failure belongs to the try that did not fail.
  for (let of = 0; of < values.length; of++) if (writer[of] !== nobody) failed[of] = nobody;
  return { writer, failed, isIntermediate, ambiguous: twice };
}
