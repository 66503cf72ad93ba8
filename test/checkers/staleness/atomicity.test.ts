import { expect, test } from "vitest";
import { delta, gamma } from "../../../checkers/staleness/atomicity-time.ts";
import { atomicityProblem, leastK } from "../../../checkers/staleness/k-atomic.ts";
import { isTwoAtomic } from "../../../checkers/staleness/two-atomic.ts";
import { search } from "../../../checkers/index.ts";
import { chance } from "../support.ts";
import { sampleSize } from "../sample-size.ts";
import { deltaByTrying, gammaByPairs, gammaByTrying, isKAtomic } from "./atomicity-oracle.ts";
import type { CodedRegister } from "../../../checkers/register/ladder.ts";

const histories = sampleSize(20_000);

/** Draws a history of a register. If `mayBeEarly` is true, a read may end before the write that it returns begins. */
function random(seed: number, mayBeEarly: boolean): CodedRegister {
  const { int } = chance(seed);
  const span = 4 + int(24);
  const writes = 1 + int(5);
  const writeStart = Float64Array.from({ length: writes + 1 }, (_, value) =>
    value === 0 ? -Infinity : int(span),
  );
  const writeEnd = Float64Array.from(writeStart, (start, value) =>
    value > 0 && int(6) === 0 ? Infinity : start + int(6),
  );
  const reads = Array.from({ length: 1 + int(4) }, () => {
    const value = int(writes + 1);
    const start = int(span + 6);
    return { value, start, end: start + int(6) };
  }).filter(({ value, end }) => mayBeEarly || end >= (writeStart[value] as number));
  return {
    writeStart,
    writeEnd,
    readValue: Int32Array.from(reads, ({ value }) => value),
    readStart: Float64Array.from(reads, ({ start }) => start),
    readEnd: Float64Array.from(reads, ({ end }) => end),
  };
}

test(`2-atomicity by LBT agrees with every order tried on ${histories} small histories`, () => {
  const counts = { yes: 0, no: 0, notOne: 0 };
  for (let seed = 0; seed < histories; seed++) {
    const register = random(seed, false);
    const wanted = isKAtomic(register, 2);
    expect(isTwoAtomic(register), `seed ${seed}: ${JSON.stringify(register)}`).toBe(wanted);
    counts[wanted ? "yes" : "no"]++;
    if (wanted && !isKAtomic(register, 1)) counts.notOne++;
  }
  expect(Math.min(counts.yes, counts.no, counts.notOne)).toBeGreaterThan(histories / 20);
});

test("k-atomicity by search agrees with every order tried, and the least k is the least", () => {
  const ks = new Map<number, number>();
  for (let seed = 0; seed < histories; seed++) {
    const register = random(seed, false);
    const wanted = [1, 2, 3, 4, 5, 6].find((k) => isKAtomic(register, k));
    expect(leastK(register), `seed ${seed}`).toEqual({ k: wanted, atLeast: wanted });
    for (const k of [1, 2, 3])
      expect(
        search(atomicityProblem(register, k)).found === "order",
        `seed ${seed}, k = ${k}`,
      ).toBe(k >= (wanted ?? 7));
    ks.set(wanted ?? 7, (ks.get(wanted ?? 7) ?? 0) + 1);
  }
  for (const k of [1, 2, 3, 4]) expect(ks.get(k), `k = ${k}`).toBeGreaterThan(histories / 200);
});

test(`Δ agrees with its definition on ${histories} small histories`, () => {
  const counts = { none: 0, some: 0, infinite: 0 };
  for (let seed = 0; seed < histories; seed++) {
    const register = random(seed, seed % 4 === 0);
    const wanted = deltaByTrying(register);
    expect(delta(register), `seed ${seed}`).toBe(wanted);
    counts[wanted === 0 ? "none" : wanted === Infinity ? "infinite" : "some"]++;
  }
  expect(Math.min(counts.none, counts.some, counts.infinite)).toBeGreaterThan(histories / 20);
});

test(`Γ agrees with its definition and with the formula for pairs on ${histories} small histories`, () => {
  const counts = { none: 0, some: 0 };
  for (let seed = 0; seed < histories; seed++) {
    const register = random(seed, true);
    const scores = [...gamma(register)];
    expect(scores, `seed ${seed}`).toEqual(gammaByPairs(register));
    expect(Math.max(...scores), `seed ${seed}`).toBe(gammaByTrying(register));
    counts[Math.max(...scores) === 0 ? "none" : "some"]++;
  }
  expect(Math.min(counts.none, counts.some)).toBeGreaterThan(histories / 20);
});

test("the least k of a history that is too large for the search says what it is at least", () => {
  // Twelve writes, one after the other, and a read that returns the first of them.
  const writes = 13;
  const register: CodedRegister = {
    writeStart: Float64Array.from({ length: writes }, (_, value) =>
      value === 0 ? -Infinity : 10 * value,
    ),
    writeEnd: Float64Array.from({ length: writes }, (_, value) =>
      value === 0 ? -Infinity : 10 * value + 5,
    ),
    readValue: Int32Array.of(1),
    readStart: Float64Array.of(1000),
    readEnd: Float64Array.of(1001),
  };
  expect(leastK(register)).toEqual({ k: null, atLeast: 11 });
  expect(leastK(register, 12)).toEqual({ k: 12, atLeast: 12 });
  expect(delta(register)).toBe(1000 - 25);
});

/** Sequential writes, then `together` writes that all run at the same time, then reads that return the first write. */
function sequence({
  writes,
  reads = 1,
  together = 0,
}: {
  readonly writes: number;
  readonly reads?: number;
  readonly together?: number;
}): CodedRegister {
  const start = (value: number): number =>
    value === 0 ? -Infinity : value > writes ? 10 * writes + 20 : 10 * value;
  const end = (value: number): number =>
    value === 0 ? -Infinity : value > writes ? 10 * writes + 900 : 10 * value + 5;
  return {
    writeStart: Float64Array.from({ length: 1 + writes + together }, (_, value) => start(value)),
    writeEnd: Float64Array.from({ length: 1 + writes + together }, (_, value) => end(value)),
    readValue: new Int32Array(reads).fill(1),
    readStart: new Float64Array(reads).fill(100_000),
    readEnd: new Float64Array(reads).fill(100_001),
  };
}

test("of more than a thousand operations k is not searched for", () => {
  expect(leastK(sequence({ writes: 998 }))).toEqual({ k: null, atLeast: 11 });
  expect(leastK(sequence({ writes: 999 }))).toEqual({ k: null, atLeast: 3 });
  expect(leastK(sequence({ writes: 10, reads: 989 }))).toEqual({ k: 10, atLeast: 10 });
});

test("a search that is too long says up to where it came", () => {
  expect(leastK(sequence({ writes: 1, together: 14 }))).toEqual({ k: null, atLeast: 3 });
});

test("an indeterminate write that nobody read changes nothing", () => {
  const with2 = sequence({ writes: 3 });
  const unread: CodedRegister = {
    ...with2,
    writeStart: Float64Array.of(...with2.writeStart, 12, 500),
    writeEnd: Float64Array.of(...with2.writeEnd, Infinity, Infinity),
  };
  expect([leastK(unread), delta(unread), [...gamma(unread)]]).toEqual([
    leastK(with2),
    delta(with2),
    [...gamma(with2), 0, 0],
  ]);
});

test("times that touch are concurrent for Δ and Γ too, and a history without reads has neither", () => {
  const none: CodedRegister = {
    ...sequence({ writes: 2 }),
    readValue: new Int32Array(0),
    readStart: new Float64Array(0),
    readEnd: new Float64Array(0),
  };
  expect([delta(none), [...gamma(none)], leastK(none)]).toEqual([
    0,
    [0, 0, 0],
    { k: 1, atLeast: 1 },
  ]);
  const touching: CodedRegister = {
    ...sequence({ writes: 2 }),
    readStart: Float64Array.of(25),
    readEnd: Float64Array.of(26),
  };
  expect([delta(touching), leastK(touching)]).toEqual([0, { k: 1, atLeast: 1 }]);
});
