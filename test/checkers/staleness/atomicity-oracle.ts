/** Decides k-atomicity, Δ and Γ by their definitions, for tiny histories. */
import { zones, type CodedRegister } from "../../../checkers/register/ladder.ts";

/**
 * Whether some order of the operations respects real time, and each read in it returns one of the k newest values.
 * Indeterminate writes may be left out.
 */
export function isKAtomic(
  { writeStart, writeEnd, readValue, readStart, readEnd }: CodedRegister,
  k: number,
): boolean {
  const operations = [
    ...[...writeStart.keys()].slice(1).map((value) => ({
      value,
      write: true,
      start: writeStart[value] as number,
      end: writeEnd[value] as number,
    })),
    ...[...readValue].map((value, i) => ({
      value,
      write: false,
      start: readStart[i] as number,
      end: readEnd[i] as number,
    })),
  ];
  const required = operations.reduce(
    (mask, { end }, i) => (end === Infinity ? mask : mask | (1 << i)),
    0,
  );
  const from = (done: number, last: readonly number[]): boolean => {
    if ((done & required) === required) return true;
    return operations.some(({ value, write, start }, i) => {
      if ((done & (1 << i)) !== 0 || (!write && !last.includes(value))) return false;
      if (operations.some(({ end }, j) => j !== i && (done & (1 << j)) === 0 && end < start))
        return false;
      return from(done | (1 << i), write ? [value, ...last].slice(0, k) : last);
    });
  };
  return from(0, [0]);
}

/**
 * Finds Δ by its definition: moves the starts of all reads back by 0, 1, 2, … until the history is atomic. Infinity if
 * a read ends before the write that it returns begins.
 */
export function deltaByTrying(register: CodedRegister): number {
  if (
    [...register.readValue].some(
      (value, i) => (register.readEnd[i] as number) < (register.writeStart[value] as number),
    )
  )
    return Infinity;
  for (let by = 0; ; by++)
    if (isKAtomic({ ...register, readStart: register.readStart.map((start) => start - by) }, 1))
      return by;
}

/** Finds Γ by its definition: widens all operations by 0, 1/2, 1, … on both sides until the history is atomic. */
export function gammaByTrying(register: CodedRegister): number {
  for (let by = 0; ; by++) {
    const earlier = (times: Float64Array): Float64Array => times.map((time) => time - by / 2);
    const later = (times: Float64Array): Float64Array => times.map((time) => time + by / 2);
    const { writeStart, writeEnd, readStart, readEnd } = register;
    if (
      isKAtomic(
        {
          ...register,
          writeStart: earlier(writeStart),
          writeEnd: later(writeEnd),
          readStart: earlier(readStart),
          readEnd: later(readEnd),
        },
        1,
      )
    )
      return by;
  }
}

/** The Γ of each value by the formula for pairs of values. */
export function gammaByPairs(register: CodedRegister): number[] {
  const { first, last } = zones("linearizable", register);
  return [...first.keys()].map((v) => {
    const early = [...register.readValue].map((value, i) =>
      value === v ? (register.writeStart[v] as number) - (register.readEnd[i] as number) : 0,
    );
    const pairs = [...first.keys()].map((u) =>
      u === v
        ? 0
        : Math.min(
            (last[u] as number) - (first[v] as number),
            (last[v] as number) - (first[u] as number),
          ),
    );
    return Math.max(0, ...early, ...pairs);
  });
}
