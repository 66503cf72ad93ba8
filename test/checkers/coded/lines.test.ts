/** The fast reader of operations' lines beside the general one: they agree on every line, whatever its bytes. */
import { describe, expect, test } from "vitest";
import { HistoryError, HistoryJudge, HistoryReader, operationsOf } from "../../../checkers/index.ts";
import { OperationLines } from "../../../checkers/coded/lines.ts";
import { OperationTable } from "../../../checkers/coded/table.ts";
import { OperationViews } from "../../../checkers/coded/view.ts";
import { linesOf, sample } from "../sample.ts";
import { chance, run } from "../support.ts";
import { sampleSize } from "../sample-size.ts";
import type { HistoryEvent, Operation } from "../../../checkers/index.ts";

const fields = ["op", "client", "process", "node", "f", "key", "value", "r", "w", "contextOf", "final", "startUs", "endUs", "outcome", "versions", "context", "code", "message"] as const;
const plain = (operations: readonly Operation[]): unknown[] => operations.map((operation) => Object.fromEntries(fields.map((field) => [field, operation[field]])));

interface Read {
  readonly operations?: unknown;
  readonly error?: string;
}

function orError(read: () => unknown): Read {
  try {
    return { operations: read() };
  } catch (error) {
    if (error instanceof HistoryError) return { error: error.message };
    throw error;
  }
}

const generally = (lines: readonly Buffer[]): Read =>
  orError(() => {
    const reader = new HistoryReader();
    return plain(operationsOf(lines.map((line) => reader.read(line.toString("utf8")))));
  });

/** How many lines the fast reader took. */
let taken = 0;

const fast = (lines: readonly Buffer[]): Read =>
  orError(() => {
    const table = new OperationTable();
    let events = 0;
    const reader = new HistoryReader({
      table,
      add(event) {
        events++;
        table.add(event);
      },
    });
    for (const line of lines) {
      const file = Buffer.concat([Buffer.from("}\n"), line, Buffer.from("\n{")]);
      reader.take(file, 2, 2 + line.length);
    }
    taken += lines.length - events;
    return plain(new OperationViews(table).list());
  });

const texts = ["v1", "v2", "k0", "", "n1:7", "a b", "é", "\u2028", "\ud800", "q\"", "back\\slash", "\u007f", "\n", "__proto__", "12", "x".repeat(300)];
const numbers = [0, 1, 9, 10, 17, 4_294_967_296, 999_999_999_999_999, 9_007_199_254_740_991];

/** Events that are mostly right: operations of a few clients, with whatever texts. */
function eventsOf(seed: number): HistoryEvent[] {
  const { int, pick } = chance(seed);
  const text = (): string => (int(4) > 0 ? pick(texts.slice(0, 6)) : pick(texts));
  const events: HistoryEvent[] = [run];
  const open: number[] = [];
  let atUs = 0;
  for (let i = 0; i < 12; i++) {
    atUs += int(3);
    if (open.length > 0 && int(2) === 0) {
      const op = open.splice(int(open.length), 1)[0] as number;
      const versions = Array.from({ length: int(3) }, () => ({ version: text(), value: int(4) === 0 ? null : text() }));
      const context = Object.fromEntries(Array.from({ length: int(3) }, () => [text(), pick(numbers)]));
      if (int(8) === 0) events.push({ e: int(2) === 0 ? "fail" : "info", atUs, op, code: text(), message: text() });
      else events.push({ e: "ok", atUs, op, versions, ...(int(2) === 0 ? { context } : {}) });
      continue;
    }
    const op = int(20) === 0 ? int(12) : i === 3 ? 9_007_199_254_740_991 : i * pick([1, 1, 1_000_003]);
    const f = pick(["read", "write", "delete"] as const);
    open.push(op);
    events.push({
      e: "invoke", atUs, op, client: text(), process: pick(numbers), node: text(), f, key: text(),
      ...(int(8) === 0 ? (f === "write" ? {} : { value: text() }) : f === "write" ? { value: text() } : {}),
      ...(int(3) === 0 ? { r: pick(numbers) } : {}), ...(int(3) === 0 ? { w: pick(numbers) } : {}),
      ...(int(3) === 0 ? { contextOf: pick(numbers) } : {}), ...(int(5) === 0 ? { final: true as const } : {}),
    });
  }
  return events;
}

const pieces = [",", "{", "}", "\"", "\\", "0", "00", "1e3", "-", ".", " ", "\t", "\r", "null", "true", "\"r\":1", ",\"w\":2", "\"e\":\"ok\"", "é", "\u0000", "1234567890123456", "\"a\":1,\"a\":2", "\"op\":1,", "\\u0041"];

function mutated(lines: readonly Buffer[], seed: number): Buffer[] {
  const { int, pick } = chance(seed);
  const result = [...lines];
  for (let times = int(3); times > 0; times--) {
    const at = 1 + int(result.length - 1);
    const line = result[at] ?? Buffer.alloc(0);
    const from = int(line.length + 1);
    const until = Math.min(line.length, from + int(3) * int(6));
    const mutations = [
      () => Buffer.concat([line.subarray(0, from), Buffer.from(pick(pieces)), line.subarray(until)]),
      () => Buffer.from(line.map((byte, i) => (i === from ? int(256) : byte))),
      () => result[1 + int(result.length - 1)] ?? line,
      () => line.subarray(0, from),
    ];
    result[at] = pick(mutations)();
  }
  return result;
}

describe("OperationLines", () => {
  const histories = sampleSize(6_000);
  test(`agrees with JSON.parse and the check of each field on ${histories} histories, most of them damaged`, () => {
    taken = 0;
    let wrong = 0;
    for (let seed = 0; seed < histories; seed++) {
      const lines = mutated(eventsOf(seed).map((event) => Buffer.from(JSON.stringify(event))), seed);
      const expected = generally(lines);
      expect(fast(lines), `seed ${seed}: ${lines.join("\n")}`).toEqual(expected);
      if (expected.error !== undefined) wrong++;
    }
    // Both kinds must occur for the test to mean anything.
    expect(taken).toBeGreaterThan(histories / 2);
    expect(wrong).toBeGreaterThan(histories / 10);
    expect(wrong).toBeLessThan(5_400);
  });

  test("takes every operation of a history as it is written", () => {
    const table = new OperationTable();
    const lines = new OperationLines(table);
    const seen = { invoke: 0, ok: 0 };
    for (const event of sample()) {
      const bytes = Buffer.from(JSON.stringify(event));
      const kind = lines.read(bytes, 0, bytes.length);
      expect(kind, JSON.stringify(event)).toBe(event.e === "invoke" || event.e === "ok" ? event.e : null);
      if (kind !== null) seen[kind]++;
      table.add(event);
    }
    expect(seen.invoke).toBeGreaterThan(3);
    expect(seen.ok).toBeGreaterThan(3);
  });

  test("a history judged by its bytes has the verdict that its lines have", () => {
    const judging = { byLine: new HistoryJudge(), byBytes: new HistoryJudge() };
    for (const line of linesOf(sample()).trimEnd().split("\n")) {
      judging.byLine.read(line);
      judging.byBytes.take(Buffer.from(line), 0, Buffer.byteLength(line));
    }
    expect(judging.byBytes.finish()).toEqual(judging.byLine.finish());
  });
});
