import { describe, expect, test } from "vitest";
import { search } from "../../checkers/index.ts";
import { registerProblem } from "../../checkers/foreign/problem.ts";
import { code, judgeLevel } from "../../checkers/foreign/ladder.ts";
import { chance } from "./support.ts";
import { sampleSize } from "./sample-size.ts";
import { hasOrder, prefixOf } from "./search-oracle.ts";
import type { ForeignFunction, ForeignOperation } from "../../checkers/foreign/history.ts";
import type { SearchProblem } from "../../checkers/index.ts";

const operation = (op: number, f: ForeignFunction, value: string | null, start: number, end: number, expected: string | null = null): ForeignOperation => ({
  op, process: String(op), f, key: "", value, expected, start, end, startLine: 2 * op + 1, endLine: end === Infinity ? undefined : 2 * op + 2,
});

/** Few values, many ties and overlaps; a third indeterminate. */
function random(seed: number, functions: readonly ForeignFunction[]): ForeignOperation[] {
  const { int, pick } = chance(seed);
  const span = 4 + int(12);
  return Array.from({ length: 1 + int(7) }, (_, op) => {
    const f = pick(functions);
    const start = int(span);
    const value = f === "append" ? pick(['"a"', '"b"']) : functions.includes("append") ? pick(['""', '"a"', '"ab"', '"b"']) : pick(["0", "1", "2"]);
    return operation(op, f, value, start, f !== "read" && int(3) === 0 ? Infinity : start + int(8), f === "cas" ? pick(["0", "1", "2"]) : null);
  });
}

/** An order that is claimed must be one: all required operations, real time, the model. */
function isOrder({ initial, start, end, step }: SearchProblem, order: readonly number[]): boolean {
  let state = initial;
  for (const [at, i] of order.entries()) {
    state = step(state, i);
    if (state < 0 || order.slice(at + 1).some((later) => (end[later] as number) < (start[i] as number))) return false;
  }
  return new Set(order).size === order.length && end.every((time, i) => time === Infinity || order.includes(i));
}

describe("the general search", () => {
  const histories = sampleSize(20_000);
  test.each<[string, readonly ForeignFunction[], string]>([
    ["compare-and-set", ["read", "write", "cas"], "0"],
    ["values written again and again", ["read", "write"], "0"],
    ["appends", ["read", "write", "append"], '""'],
  ])(`agrees with every order tried, and with the shortest illegal prefix: %s`, (_, functions, initial) => {
    const counts = { order: 0, none: 0 };
    for (let seed = 0; seed < histories; seed++) {
      const { problem } = registerProblem(random(seed, functions), initial);
      const result = search(problem);
      const wanted = hasOrder(problem) ? "order" : "none";
      expect(result.found, `seed ${seed}`).toBe(wanted);
      counts[wanted]++;
      if (result.found === "order") expect(isOrder(problem, result.order), `seed ${seed}`).toBe(true);
      if (result.found !== "none") continue;
      // What is named as impossible is what makes the shortest prefix illegal.
      const end = problem.end[result.stuck] as number;
      expect(hasOrder(prefixOf(problem, end)), `seed ${seed}`).toBe(false);
      for (const time of problem.end) if (time < end) expect(hasOrder(prefixOf(problem, time)), `seed ${seed}, before ${time}`).toBe(true);
    }
    expect(Math.min(counts.order, counts.none)).toBeGreaterThan(histories / 20);
  });

  test("agrees with the ladder on histories of two hundred operations", () => {
    const histories = sampleSize(400);
    const counts = { order: 0, none: 0 };
    for (let seed = 0; seed < histories; seed++) {
      const operations = mediumHistory(seed);
      const coded = code(operations, null);
      if (coded === null) return expect.fail("the ladder applies");
      const wanted = judgeLevel("linearizable", coded).length === 0 ? "order" : "none";
      expect(search(registerProblem(operations, null).problem).found, `seed ${seed}`).toBe(wanted);
      counts[wanted]++;
    }
    expect(Math.min(counts.order, counts.none)).toBeGreaterThan(histories / 10);
  });

  test("gives up where it would need more than it may, and says what it ran out of", () => {
    const { problem } = registerProblem(random(7, ["read", "write", "cas"]), "0");
    expect(search(problem, { steps: 0, bytes: 1e9 })).toMatchObject({ found: "unknown", reason: expect.stringContaining("steps") });
    expect(search(problem, { steps: 10, bytes: 1 })).toMatchObject({ found: "unknown", reason: expect.stringContaining("bytes") });
  });

  test("an empty history has an order", () => {
    expect(search(registerProblem([], null).problem)).toEqual({ found: "order", order: [] });
  });
});

/** Five clients on an atomic register; one history in two has a read that returns an older value. */
function mediumHistory(seed: number): ForeignOperation[] {
  const { int } = chance(seed);
  const operations: ForeignOperation[] = [];
  const free = [0, 0, 0, 0, 0];
  const written: (string | null)[] = [null];
  const pending: ForeignOperation[] = [];
  for (let op = 0; op < 200; op++) {
    const client = free.indexOf(Math.min(...free));
    const start = (free[client] as number) + 1 + int(5);
    const effect = start + int(10);
    const end = effect + int(10);
    free[client] = end;
    const isRead = int(2) === 0;
    pending.push({ ...operation(op, isRead ? "read" : "write", isRead ? null : String(op), start * 512 + op, !isRead && int(20) === 0 ? Infinity : end * 512 + op), startLine: effect });
  }
  // In the order in which they take effect.
  for (const one of pending.sort((a, b) => a.startLine - b.startLine || a.op - b.op)) {
    if (one.f === "write") written.push(one.value);
    const stale = seed % 2 === 1 && one.op === 150 ? 1 + int(3) : 0;
    operations.push(one.f === "write" ? one : { ...one, value: written[Math.max(0, written.length - 1 - stale)] ?? null });
  }
  return operations;
}
