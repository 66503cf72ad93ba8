/** Tests that the fast reader of operation lines and the general reader agree on every line, whatever its bytes. */
import { describe, expect, test } from "vitest";
import {
  HistoryError,
  HistoryJudge,
  HistoryReader,
  operationsOf,
} from "../../../checkers/index.ts";
import { OperationLines } from "../../../checkers/columnar/operation-lines.ts";
import { OperationTable } from "../../../checkers/columnar/operation-table.ts";
import { OperationViews } from "../../../checkers/columnar/operation-view.ts";
import { linesOf, sample } from "../sample.ts";
import { chance, run } from "../support.ts";
import { sampleSize } from "../sample-size.ts";
import type { HistoryEvent, Operation } from "../../../checkers/index.ts";

const fields = [
  "op",
  "client",
  "process",
  "node",
  "f",
  "key",
  "value",
  "r",
  "w",
  "contextOf",
  "final",
  "startUs",
  "endUs",
  "outcome",
  "versions",
  "context",
  "code",
  "message",
] as const;
const plain = (operations: readonly Operation[]): unknown[] =>
  operations.map((operation) =>
    Object.fromEntries(fields.map((field) => [field, operation[field]])),
  );

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

/** The number of lines that the fast reader accepted. */
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

const texts = [
  "v1",
  "v2",
  "k0",
  "",
  "n1:7",
  "a b",
  "é",
  "\u2028",
  "\ud800",
  'q"',
  "back\\slash",
  "\u007f",
  "\n",
  "__proto__",
  "12",
  "x".repeat(300),
];
const numbers = [0, 1, 9, 10, 17, 4_294_967_296, 999_999_999_999_999, 9_007_199_254_740_991];

/** Draws a list of mostly valid events: operations of a few clients, with any texts. */
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
      const versions = Array.from({ length: int(3) }, () => ({
        version: text(),
        value: int(4) === 0 ? null : text(),
      }));
      const context = Object.fromEntries(
        Array.from({ length: int(3) }, () => [text(), pick(numbers)]),
      );
      if (int(8) === 0)
        events.push({ e: int(2) === 0 ? "fail" : "info", atUs, op, code: text(), message: text() });
      else events.push({ e: "ok", atUs, op, versions, ...(int(2) === 0 ? { context } : {}) });
      continue;
    }
    const op =
      int(20) === 0 ? int(12) : i === 3 ? 9_007_199_254_740_991 : i * pick([1, 1, 1_000_003]);
    const f = pick(["read", "write", "delete"] as const);
    open.push(op);
    events.push({
      e: "invoke",
      atUs,
      op,
      client: text(),
      process: pick(numbers),
      node: text(),
      f,
      key: text(),
      ...(int(8) === 0
        ? f === "write"
          ? {}
          : { value: text() }
        : f === "write"
          ? { value: text() }
          : {}),
      ...(int(3) === 0 ? { r: pick(numbers) } : {}),
      ...(int(3) === 0 ? { w: pick(numbers) } : {}),
      ...(int(3) === 0 ? { contextOf: pick(numbers) } : {}),
      ...(int(5) === 0 ? { final: true as const } : {}),
    });
  }
  return events;
}

const pieces = [
  ",",
  "{",
  "}",
  '"',
  "\\",
  "0",
  "00",
  "1e3",
  "-",
  ".",
  " ",
  "\t",
  "\r",
  "null",
  "true",
  '"r":1',
  ',"w":2',
  '"e":"ok"',
  "é",
  "\u0000",
  "1234567890123456",
  '"a":1,"a":2',
  '"op":1,',
  "\\u0041",
];

function mutated(lines: readonly Buffer[], seed: number): Buffer[] {
  const { int, pick } = chance(seed);
  const result = [...lines];
  for (let times = int(3); times > 0; times--) {
    const at = 1 + int(result.length - 1);
    const line = result[at] ?? Buffer.alloc(0);
    const from = int(line.length + 1);
    const until = Math.min(line.length, from + int(3) * int(6));
    const mutations = [
      () =>
        Buffer.concat([line.subarray(0, from), Buffer.from(pick(pieces)), line.subarray(until)]),
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
      const lines = mutated(
        eventsOf(seed).map((event) => Buffer.from(JSON.stringify(event))),
        seed,
      );
      const expected = generally(lines);
      expect(fast(lines), `seed ${seed}: ${lines.join("\n")}`).toEqual(expected);
      if (expected.error !== undefined) wrong++;
    }
    // The test proves something only if many lines were accepted and many histories were wrong.
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
      expect(kind, JSON.stringify(event)).toBe(
        event.e === "invoke" || event.e === "ok" ? event.e : null,
      );
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

describe("what OperationLines takes, and what it leaves to the general reader", () => {
  const invoke =
    '{"e":"invoke","atUs":5,"op":7,"client":"c1","process":0,"node":"n1","f":"read","key":"k0"}';
  const write =
    '{"e":"invoke","atUs":0,"op":0,"client":"","process":12,"node":"","f":"write","key":"","value":""}';
  const ok = '{"e":"ok","atUs":0,"op":0,"versions":[]}';

  /**
   * Reads `line` between `before` and `after`, with a table that has two reads with empty names: op 0 in row 0, and op
   * 999999999999999 in row 1.
   */
  function read(
    line: string,
    before = "",
    after = "",
  ): { kind: "invoke" | "ok" | null; invoke: unknown; ok: unknown; names: () => string[] } {
    const table = new OperationTable();
    const shared = {
      e: "invoke",
      atUs: 0,
      client: "",
      process: 0,
      node: "",
      f: "read",
      key: "",
    } as const;
    table.add({ ...shared, op: 0 });
    table.add({ ...shared, op: 999_999_999_999_999 });
    const lines = new OperationLines(table);
    const bytes = Buffer.from(before + line + after);
    const kind = lines.read(bytes, Buffer.byteLength(before), Buffer.byteLength(before + line));
    const { size, versions, values, entries, actors, counters, ...rest } = lines.ok;
    const shown = {
      ...rest,
      size,
      entries,
      versions: versions.slice(0, size).map((one) => table.versions.textOf(one)),
      values: values.slice(0, size).map((one) => (one < 0 ? null : table.values.textOf(one))),
    };
    const context =
      entries < 0
        ? {}
        : {
            context: actors
              .slice(0, entries)
              .map((one, i) => [table.actors.textOf(one), counters[i]]),
          };
    return {
      kind,
      invoke: { ...lines.invoke },
      ok: { ...shown, ...context },
      names: () => [
        table.clients.textOf(lines.invoke.client),
        table.nodes.textOf(lines.invoke.node),
        table.keys.textOf(lines.invoke.key),
      ],
    };
  }

  test("an invocation, field by field", () => {
    const plainly = read(invoke);
    expect(plainly.kind).toBe("invoke");
    expect(plainly.invoke).toMatchObject({
      atUs: 5,
      op: 7,
      process: 0,
      f: 0,
      value: -1,
      r: -1,
      w: -1,
      contextOf: -1,
      final: 0,
    });
    expect(plainly.names()).toEqual(["c1", "n1", "k0"]);
    expect(read(write)).toMatchObject({
      kind: "invoke",
      invoke: { atUs: 0, op: 0, process: 12, f: 1, value: 0 },
    });
    const further = (fields: string) => read(invoke.replace(/}$/, `${fields}}`));
    expect(further(',"r":0,"w":3,"contextOf":0,"final":true')).toMatchObject({
      kind: "invoke",
      invoke: { r: 0, w: 3, contextOf: 0, final: 1 },
    });
    expect(further(',"r":3')).toMatchObject({
      kind: "invoke",
      invoke: { r: 3, w: -1, contextOf: -1, final: 0 },
    });
    expect(further(',"w":0')).toMatchObject({
      kind: "invoke",
      invoke: { r: -1, w: 0, contextOf: -1 },
    });
    expect(further(',"contextOf":4')).toMatchObject({
      kind: "invoke",
      invoke: { r: -1, w: -1, contextOf: 4 },
    });
    expect(further(',"final":true')).toMatchObject({ kind: "invoke", invoke: { final: 1 } });
    expect(read(invoke.replace("read", "delete"))).toMatchObject({
      kind: "invoke",
      invoke: { f: 2, value: -1 },
    });
    for (const digits of ["123456789012345", "999999999999999", "9", "10"])
      expect(read(invoke.replace('"op":7', `"op":${digits}`))).toMatchObject({
        kind: "invoke",
        invoke: { op: Number(digits) },
      });
    expect(read(invoke.replace("c1", "A ~z"))).toMatchObject({ kind: "invoke" });
    expect(read(invoke.replace("c1", "A ~z")).names()[0]).toBe("A ~z");
  });

  test("a success, with versions and a context", () => {
    expect(read(ok)).toMatchObject({ kind: "ok", ok: { atUs: 0, row: 0, size: 0, entries: -1 } });
    expect(
      read(
        ok.replace(
          "[]",
          '[{"version":"","value":""},{"version":"a:1","value":null},{"version":"a:2","value":"v2"}]',
        ),
      ),
    ).toMatchObject({
      kind: "ok",
      ok: { size: 3, entries: -1, versions: ["", "a:1", "a:2"], values: ["", null, "v2"] },
    });
    expect(read(ok.replace(/}$/, ',"context":{}}'))).toMatchObject({
      kind: "ok",
      ok: { entries: 0, context: [] },
    });
    expect(read(ok.replace(/}$/, ',"context":{"a":0,"":7,"c":10}}'))).toMatchObject({
      kind: "ok",
      ok: {
        entries: 3,
        context: [
          ["a", 0],
          ["", 7],
          ["c", 10],
        ],
      },
    });
    expect(read(ok.replace('"op":0', '"op":999999999999999'))).toMatchObject({
      kind: "ok",
      ok: { row: 1 },
    });
  });

  test("what stands before and after the line is no part of it", () => {
    for (const [before, after] of [
      ["{", "}"],
      ["}\n", "\n{"],
      ["12", "34"],
    ] as const) {
      for (const line of [invoke, write, ok])
        expect(read(line, before, after).kind).toBe(line === ok ? "ok" : "invoke");
      // The line is cut off. The bytes that it lacks follow immediately, as a part of `after`.
      for (const line of [invoke, write, ok])
        expect(read(line.slice(0, -1), before, `}${after}`).kind).toBe(null);
      expect(read(invoke.slice(0, -2), before, '"}').kind).toBe(null);
      expect(read(ok.slice(0, -2), before, "]}").kind).toBe(null);
      expect(read(ok.slice(0, -3), before, "[]}").kind).toBe(null);
      expect(read(invoke.slice(0, -13), before, invoke.slice(-13)).kind).toBe(null);
    }
  });

  test.each<[string, string]>([
    ["a name's sign beyond ASCII", invoke.replace("c1", "é")],
    ["a name's control sign", invoke.replace("c1", "\u001f")],
    ["a name's DEL", invoke.replace("c1", "\u007f")],
    ["an escape", invoke.replace("c1", "\\n")],
    ["a client that is no text", invoke.replace('"c1"', "1")],
    ["a node that is no text", invoke.replace('"n1"', "1")],
    ["a key that is no text", invoke.replace('"k0"', "1")],
    ["a value that is no text", write.replace('"value":""', '"value":1')],
    ["a write without a value", write.replace(',"value":""', "")],
    ["a read with a value", invoke.replace(/}$/, ',"value":"v1"}')],
    ["another function", invoke.replace("read", "cas")],
    ["no digits", invoke.replace('"atUs":5', '"atUs":')],
    ["a negative time", invoke.replace('"atUs":5', '"atUs":-5')],
    ["a fraction", invoke.replace('"atUs":5', '"atUs":5.5')],
    ["a leading zero", invoke.replace('"op":7', '"op":07')],
    ["sixteen digits", invoke.replace('"op":7', '"op":1234567890123456')],
    ["a negative op", invoke.replace('"op":7', '"op":-7')],
    ["a process that is no number", invoke.replace('"process":0', '"process":x')],
    ["an r that is no number", invoke.replace(/}$/, ',"r":x}')],
    ["a w that is no number", invoke.replace(/}$/, ',"w":-1}')],
    ["a contextOf that is no number", invoke.replace(/}$/, ',"contextOf":x}')],
    ["a final that is false", invoke.replace(/}$/, ',"final":false}')],
    ["two braces at the end", `${invoke}}`],
    ["another sign for the last brace", invoke.replace(/}$/, "]")],
    ["something behind the fields", invoke.replace(/}$/, ',"r":1 }')],
    ["an op that was never invoked", ok.replace('"op":0', '"op":1')],
    ["a success whose op is no number", ok.replace('"op":0', '"op":x')],
    ["a success whose time is no number", ok.replace('"atUs":0', '"atUs":x')],
    ["versions that are no list", ok.replace("[]", "{}")],
    ["a list that begins with a comma", ok.replace("[]", '[,{"version":"a","value":null}]')],
    [
      "a list without commas",
      ok.replace("[]", '[{"version":"a","value":null}{"version":"b","value":null}]'),
    ],
    ["a list that ends with a comma", ok.replace("[]", '[{"version":"a","value":null},]')],
    ["a version that is no text", ok.replace("[]", '[{"version":1,"value":null}]')],
    ["a version without value", ok.replace("[]", '[{"version":"a"}]')],
    ["a value of a version that is no text", ok.replace("[]", '[{"version":"a","value":1}]')],
    ["a version with more", ok.replace("[]", '[{"version":"a","value":null,"more":1}]')],
    ["an actor twice", ok.replace(/}$/, ',"context":{"a":1,"b":3,"a":2}}')],
    ["an actor that is no text", ok.replace(/}$/, ',"context":{1:1}}')],
    ["a counter that is no number", ok.replace(/}$/, ',"context":{"a":x}}')],
    ["a negative counter", ok.replace(/}$/, ',"context":{"a":-1}}')],
    ["no colon", ok.replace(/}$/, ',"context":{"a"1}}')],
    ["no comma between actors", ok.replace(/}$/, ',"context":{"a":1"b":2}}')],
    ["a context that begins with a comma", ok.replace(/}$/, ',"context":{,"a":1}}')],
    ["a context that does not end", ok.replace(/}$/, ',"context":{"a":1}')],
    ["a context that is a list", ok.replace(/}$/, ',"context":[]}')],
    ["something behind the versions", ok.replace(/}$/, ',"more":1}')],
  ])("%s", (_, line) => {
    expect(read(line, "{", "}").kind).toBe(null);
  });
});
