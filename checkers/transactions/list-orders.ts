/** The order of appends to each list, as its longest read shows it. */
import { nobody, type Writers } from "./writers.ts";
import { outcomes, step, type TransactionColumns } from "./transaction-table.ts";

export interface ListOrders {
  /** By key: the distinct elements of the longest read, in order. */
  readonly order: readonly Int32Array[];
  /** By key: the step of the longest read. −1: nobody read an element. */
  readonly longest: Int32Array;
  /** The position of each element in the order of its list. −1: it is not in the longest read. */
  readonly place: Int32Array;
  /** By key: elements that were written but are missing in the order. They come after it in an unknown order. */
  readonly tail: readonly (readonly number[])[];
  /** By step: 1 for a read that is not a prefix of the longest one. */
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
