import { describe, expect, test } from "vitest";
import { search } from "../../../checkers/index.ts";
import { SearchMemo, type Configuration } from "../../../checkers/search/search-memo.ts";
import { registerMachine, textMachine } from "../../../checkers/foreign/machines.ts";
import { judgeRegisters } from "../../../checkers/foreign/judge-registers.ts";
import { Budget } from "../../../checkers/index.ts";
import { nil, operationsFrom, type Row, valueIn } from "../foreign/support.ts";
import { chance } from "../support.ts";
import { sampleSize } from "../sample-size.ts";
import { hasOrder, prefixOf } from "./search-oracle.ts";
import type { SearchProblem } from "../../../checkers/index.ts";

type Function = "read" | "write" | "cas" | "append";

/** The search problem of rows on one key. `initial` is the key's initial value in EDN. */
function problemOf(rows: readonly Row[], initial: string): SearchProblem {
  const operations = operationsFrom(rows);
  const of = Int32Array.from(rows.keys());
  const machine = rows.some(({ f }) => f === "append") ? textMachine : registerMachine;
  return machine(operations, of, valueIn(operations.values, initial)).problem;
}

/**
 * Draws rows with few values and many equal or overlapping times. A third of the operations other than reads are
 * indeterminate.
 */
function random(seed: number, functions: readonly Function[]): Row[] {
  const { int, pick } = chance(seed);
  const span = 4 + int(12);
  return Array.from({ length: 1 + int(7) }, (): Row => {
    const f = pick(functions);
    const start = int(span);
    const value =
      f === "append"
        ? pick(['"a"', '"b"'])
        : functions.includes("append")
          ? pick(['""', '"a"', '"ab"', '"b"'])
          : pick(["0", "1", "2"]);
    return {
      f,
      value,
      start,
      end: f !== "read" && int(3) === 0 ? Infinity : start + int(8),
      ...(f === "cas" ? { expected: pick(["0", "1", "2"]) } : {}),
    };
  });
}

/**
 * Whether an order that the search returned is valid: it has all completed operations, respects real time, and fits the
 * model.
 */
function isOrder({ initial, start, end, step }: SearchProblem, order: readonly number[]): boolean {
  let state = initial;
  for (const [at, i] of order.entries()) {
    state = step(state, i);
    if (
      state < 0 ||
      order.slice(at + 1).some((later) => (end[later] as number) < (start[i] as number))
    )
      return false;
  }
  return (
    new Set(order).size === order.length &&
    end.every((time, i) => time === Infinity || order.includes(i))
  );
}

describe("the general search", () => {
  const histories = sampleSize(20_000);
  test.each<[string, readonly Function[], string]>([
    ["compare-and-set", ["read", "write", "cas"], "0"],
    ["values written again and again", ["read", "write"], "0"],
    ["appends", ["read", "write", "append"], '""'],
  ])(
    `agrees with every order tried, and with the shortest illegal prefix: %s`,
    (_, functions, initial) => {
      const counts = { order: 0, none: 0 };
      for (let seed = 0; seed < histories; seed++) {
        const problem = problemOf(random(seed, functions), initial);
        const result = search(problem);
        const wanted = hasOrder(problem) ? "order" : "none";
        expect(result.found, `seed ${seed}`).toBe(wanted);
        counts[wanted]++;
        if (result.found === "order")
          expect(isOrder(problem, result.order), `seed ${seed}`).toBe(true);
        if (result.found !== "none") continue;
        // The search names an operation that gets stuck. The shortest prefix without an order must end with that
        // operation.
        const end = problem.end[result.stuck] as number;
        expect(hasOrder(prefixOf(problem, end)), `seed ${seed}`).toBe(false);
        for (const time of problem.end)
          if (time < end)
            expect(hasOrder(prefixOf(problem, time)), `seed ${seed}, before ${time}`).toBe(true);
      }
      expect(Math.min(counts.order, counts.none)).toBeGreaterThan(histories / 20);
    },
  );

  test("agrees with the ladder on histories of two hundred operations", () => {
    const histories = sampleSize(400);
    const counts = { order: 0, none: 0 };
    for (let seed = 0; seed < histories; seed++) {
      const operations = mediumHistory(seed);
      const { verdict } = judgeRegisters(operationsFrom(operations), {
        guarantee: "linearizable",
        initial: nil,
        budget: new Budget({ steps: 0 }),
      });
      expect(verdict, `seed ${seed}`).not.toBe("unknown");
      const wanted = verdict === "valid" ? "order" : "none";
      expect(search(problemOf(operations, "nil")).found, `seed ${seed}`).toBe(wanted);
      counts[wanted]++;
    }
    expect(Math.min(counts.order, counts.none)).toBeGreaterThan(histories / 10);
  });

  test("gives up where it would need more than it may, and says what it ran out of", () => {
    const problem = problemOf(random(7, ["read", "write", "cas"]), "0");
    expect(search(problem, { steps: 0, bytes: 1e9 })).toMatchObject({
      found: "unknown",
      reason: expect.stringContaining("steps"),
    });
    expect(search(problem, { steps: 10, bytes: 1 })).toMatchObject({
      found: "unknown",
      reason: expect.stringContaining("bytes"),
    });
  });

  test("an empty history has an order", () => {
    expect(search(problemOf([], "nil"))).toEqual({ found: "order", order: [] });
  });
});

/**
 * Draws a history of five clients on an atomic register. In every second history, one read may return an older value.
 */
function mediumHistory(seed: number): Row[] {
  const { int } = chance(seed);
  const free = [0, 0, 0, 0, 0];
  const written: string[] = ["nil"];
  const pending: { readonly row: Row; readonly effect: number; readonly op: number }[] = [];
  for (let op = 0; op < 200; op++) {
    const client = free.indexOf(Math.min(...free));
    const start = (free[client] as number) + 1 + int(5);
    const effect = start + int(10);
    const end = effect + int(10);
    free[client] = end;
    const isRead = int(2) === 0;
    const isLost = !isRead && int(20) === 0;
    pending.push({
      row: {
        f: isRead ? "read" : "write",
        value: String(op),
        start: start * 512 + op,
        end: isLost ? Infinity : end * 512 + op,
      },
      effect,
      op,
    });
  }
  // Goes through the operations in the order in which they take effect.
  return pending
    .sort((a, b) => a.effect - b.effect || a.op - b.op)
    .map(({ row, op }) => {
      if (row.f === "write") {
        written.push(row.value);
        return row;
      }
      const stale = seed % 2 === 1 && op === 150 ? 1 + int(3) : 0;
      return { ...row, value: written[Math.max(0, written.length - 1 - stale)] ?? "nil" };
    });
}

describe("the memo", () => {
  const configuration = (
    state: number,
    placed: readonly number[],
    used: readonly number[] = [],
    hash = state,
  ): Configuration => {
    const bits = new Int32Array(8);
    for (const place of placed)
      bits[place >>> 5] = (bits[place >>> 5] as number) | (1 << (place & 31));
    const head =
      Array.from({ length: 256 }, (_, place) => place).find((place) => !placed.includes(place)) ??
      0;
    return { state, hash, head, placed: placed.length, bits, used: Int32Array.from(used) };
  };
  const range = (from: number, to: number): number[] =>
    Array.from({ length: to - from }, (_, i) => from + i);

  test("knows what it was told, and nothing else, though all share a bucket", () => {
    const memo = new SearchMemo();
    const sets = [
      [],
      [0],
      [1],
      [2],
      [1, 2],
      [0, 2],
      [40],
      [0, 40],
      [0, 70],
      range(0, 32),
      range(0, 33),
      range(0, 64),
      [...range(0, 32), 33],
      [...range(0, 32), 64],
      [...range(0, 32), 33, 64],
      range(1, 33),
    ];
    for (const state of [0, 1])
      for (const placed of sets)
        expect(memo.add(configuration(state, placed, [], 7)), `${state}: ${placed.join()}`).toBe(
          true,
        );
    for (const state of [0, 1])
      for (const placed of sets)
        expect(memo.add(configuration(state, placed, [], 7)), `${state}: ${placed.join()}`).toBe(
          false,
        );
  });

  test("what used no more of any kind covers what used more, not the other way round", () => {
    const covered = (first: readonly number[], second: readonly number[]): boolean => {
      const memo = new SearchMemo();
      memo.add(configuration(0, [1], first));
      return !memo.add(configuration(0, [1], second));
    };
    expect([
      covered([1, 0], [1, 0]),
      covered([1, 0], [2, 0]),
      covered([1, 0], [1, 1]),
      covered([0, 0], [1, 1]),
    ]).toEqual([true, true, true, true]);
    expect([
      covered([1, 0], [0, 0]),
      covered([1, 0], [0, 1]),
      covered([2, 1], [2, 0]),
      covered([2, 1], [1, 5]),
    ]).toEqual([false, false, false, false]);
  });

  test("agrees with a set of texts over many configurations, and says how large it grows", () => {
    const memo = new SearchMemo();
    const empty = memo.bytes;
    expect(empty).toBe(4 * ((1 << 8) + 3 * (1 << 5)));
    const known = new Set<string>();
    const { int } = chance(5);
    for (let i = 0; i < 9_000; i++) {
      const placed = range(0, 8).concat(
        range(8, 8 + int(60)).filter(() => int(3) > 0),
        range(100, 140).filter(() => int(20) === 0),
      );
      const state = int(40);
      const name = `${state} ${placed.join()}`;
      expect(
        memo.add(
          configuration(state, placed, [], Math.imul(state + 31 * placed.length, 0x9e3779b1)),
        ),
      ).toBe(!known.has(name));
      known.add(name);
    }
    // Each entry takes some words for its 5 integers, and for its bucket, its hash and its start.
    expect(memo.bytes).toBeGreaterThan(4 * 8 * known.size);
    expect(memo.bytes).toBeLessThan(4 * 64 * known.size);
  });
});

describe("the search, in detail", () => {
  const problem = (
    operations: readonly (readonly [
      start: number,
      end: number,
      from: number | null,
      to: number | null,
    ])[],
  ): SearchProblem => ({
    initial: 0,
    start: Float64Array.from(operations, ([start]) => start),
    end: Float64Array.from(operations, ([, end]) => end),
    // The operation leads from the state `from` (null for any state) to the state `to` (null for the same state).
    step: (state, i) => {
      const [, , from, to] = operations[i] as (typeof operations)[number];
      return from !== null && from !== state ? -1 : (to ?? state);
    },
    pure: Uint8Array.from(operations, ([, , , to]) => (to === null ? 1 : 0)),
    kind: Int32Array.from(operations.keys()),
  });

  test("what is stuck, where the orders without it lead, and one of them", () => {
    const stuck = problem([
      [0, 1, null, 1],
      [0, 1, null, 2],
      [2, 3, 7, null],
      [4, 5, null, 3],
    ]);
    const result = search(stuck);
    expect(result).toMatchObject({ found: "none", stuck: 2 });
    if (result.found !== "none") return;
    expect([...result.states].sort()).toEqual([1, 2]);
    expect([...result.prefix].sort()).toEqual([0, 1]);
  });

  test("the budget of steps is exact, and an order found with the last step counts", () => {
    const chain = problem([
      [0, 1, 0, 1],
      [2, 3, 1, 2],
      [4, 5, 2, 3],
    ]);
    expect(search(chain, { steps: 4, bytes: 1e9 })).toEqual({ found: "order", order: [0, 1, 2] });
    expect(search(chain, { steps: 3, bytes: 1e9 })).toEqual({
      found: "unknown",
      reason: "the search took more than 3 steps",
    });
    expect(search(chain, { steps: 4, bytes: 10 })).toEqual({
      found: "unknown",
      reason: "the search would need more than 10 bytes",
    });
  });

  test("indeterminate operations of one kind are used in the order of their starts, and those of different kinds are told apart", () => {
    const add = (start: number): readonly [number, number, null, null] => [
      start,
      Infinity,
      null,
      null,
    ];
    const counting: SearchProblem = {
      ...problem([add(5), add(0), [6, 7, 2, null]]),
      step: (state, i) => (i < 2 ? state + 1 : state === 2 ? state : -1),
      pure: Uint8Array.of(0, 0, 1),
      kind: Int32Array.of(0, 0, 1),
    };
    expect(search(counting)).toEqual({ found: "order", order: [1, 0, 2] });
    expect(search({ ...counting, start: Float64Array.of(8, 0, 6) })).toMatchObject({
      found: "none",
      stuck: 2,
    });
    expect(search({ ...counting, start: Float64Array.of(7, 0, 6) })).toEqual({
      found: "order",
      order: [1, 0, 2],
    });
  });

  test("more than 32 operations at once", () => {
    const many = Array.from({ length: 70 }, (_, i): readonly [number, number, number, number] => [
      0,
      100,
      i,
      i + 1,
    ]);
    expect(search(problem([...many].reverse()))).toEqual({
      found: "order",
      order: Array.from({ length: 70 }, (_, i) => 69 - i),
    });
    expect(
      search(problem([...many.slice(1), [0, 100, 99, 0]]), { steps: 1000, bytes: 1e9 }),
    ).toMatchObject({ found: "none" });
  });
});
