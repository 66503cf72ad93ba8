import { expect, test } from "vitest";
import { mostWords, WriteWindow } from "../../../checkers/siblings/write-window.ts";
import { chance } from "../support.ts";

const upTo = (limit: number): number[] => Array.from({ length: limit }, (_, number) => number);

/** The numbers below `limit` that are in the window. */
const membersOf = (window: WriteWindow, limit: number): number[] =>
  upTo(limit).filter((number) => window.has(number));

function windowOf(numbers: readonly number[]): WriteWindow {
  const window = new WriteWindow();
  for (const number of numbers) window.add(number);
  return window;
}

test("a window has what was added and joined, as a set has", () => {
  for (let seed = 0; seed < 300; seed++) {
    const { int, pick } = chance(seed);
    const limit = 32 * (1 + int(6));
    const window = new WriteWindow();
    const members = new Set<number>();
    for (let step = 0; step < 12; step++) {
      if (int(3) > 0) {
        const number = int(limit);
        expect(window.add(number)).toBe(true);
        members.add(number);
      } else {
        const below = pick([0, int(limit)]);
        const other = windowOf(upTo(limit).filter((number) => number < below || int(8) === 0));
        if (int(2) === 0) other.closeGap();
        expect(window.join(other.full, other.words, 0, other.size)).toBe(true);
        for (const number of membersOf(other, limit)) members.add(number);
      }
      if (int(2) === 0) window.closeGap();
      expect(membersOf(window, limit), `seed ${seed}`).toEqual([...members].sort((a, b) => a - b));
    }
  }
});

test("closing the gap keeps no whole word in front", () => {
  const window = windowOf(upTo(65));
  window.closeGap();
  expect(window.full).toBe(2);
  expect(window.size).toBe(1);
  window.clear();
  expect(membersOf(window, 70)).toEqual([]);
});

test("what is too far behind the first gap is refused", () => {
  const window = new WriteWindow();
  expect(window.add(32 * mostWords - 1)).toBe(true);
  expect(window.add(32 * mostWords)).toBe(false);
  expect(window.has(32 * mostWords)).toBe(false);
  const other = new WriteWindow();
  other.join(1, new Int32Array(0), 0, 0);
  expect(other.join(0, window.words, 0, window.size)).toBe(true);
  expect(window.join(1, new Int32Array(mostWords), 0, mostWords)).toBe(true);
  expect(window.join(0, new Int32Array(mostWords + 2), 0, mostWords + 2)).toBe(false);
});
