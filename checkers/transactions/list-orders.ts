/** Finds the order of appends to each list, which is the order of elements in the list's longest read. */
import { nobody, type Writers } from "./writers.ts";
import { outcomes, step, type TransactionColumns } from "./transaction-table.ts";

export interface ListOrders {
  /** For each key, the different elements of the longest read, in order. */
  readonly order: readonly Int32Array[];
  /** For each key, the step of the longest read. −1: no read returned an element. */
  readonly longest: Int32Array;
  /** For each element, its position in the order of its list. −1: the longest read does not have the element. */
  readonly place: Int32Array;
  /**
   * For each key, the elements that transactions which may have happened wrote but that the longest read does not have.
   * They come after the others, in an unknown order.
   */
  readonly tail: readonly (readonly number[])[];
  /** For each step, 1 if it is a read that is not a prefix of the longest one, otherwise 0. */
  readonly isIncompatible: Uint8Array;
}

export function listOrders(columns: TransactionColumns, { writer }: Writers): ListOrders {
  const { size, firstStep, kind, key, version, length, read, keys, values, outcome } = columns;
  const longest = new Int32Array(keys.length).fill(-1);
  const steps = kind.length;
  const isKnown = new Uint8Array(steps);
  for (let t = 0; t < size; t++) {
    if (outcome[t] !== outcomes.ok) continue;
    for (let at = firstStep[t] as number; at < (firstStep[t + 1] as number); at++) {
      if (kind[at] !== step.read) continue;
      isKnown[at] = 1;
      const of = key[at] as number;
      const best = longest[of] as number;
      if ((length[at] as number) > (best < 0 ? 0 : (length[best] as number))) longest[of] = at;
    }
  }
  const place = new Int32Array(values.length).fill(-1);
  const order = keys.map((_, of) => {
    const best = longest[of] as number;
    if (best < 0) return new Int32Array(0);
    const from = version[best] as number;
    const elements: number[] = [];
    for (let i = from; i < from + (length[best] as number); i++) {
      const element = read[i] as number;
      if (place[element] !== -1) continue;
      place[element] = elements.length;
      elements.push(element);
    }
    return Int32Array.from(elements);
  });
  const tail: number[][] = keys.map(() => []);
  for (let element = 0; element < values.length; element++)
    if (place[element] === -1 && writer[element] !== nobody)
      tail[columns.keyOfVersion[element] as number]?.push(element);
  const isIncompatible = new Uint8Array(steps);
  for (let at = 0; at < steps; at++) {
    if (isKnown[at] === 0) continue;
    const best = longest[key[at] as number] as number;
    if (best < 0 || best === at) continue;
    const from = version[at] as number;
    const offset = (version[best] as number) - from;
    const to = from + (length[at] as number);
    for (let i = from; i < to; i++) {
      if (read[i] === read[i + offset]) continue;
      isIncompatible[at] = 1;
      break;
    }
  }
  return { order, longest, place, tail, isIncompatible };
}
