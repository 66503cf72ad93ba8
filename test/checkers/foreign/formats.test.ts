/** Tests small examples of most formats that can be read, and the errors for other files. */
import { describe, expect, test } from "vitest";
import {
  type ForeignFormat,
  type ForeignQuestion,
  formatOf,
  judgeForeign,
  parserFor,
  readForeign,
} from "../../../checkers/index.ts";
import { errorOf, judged, operationsOf } from "./support.ts";

const json = (process: number, type: string, f: string, value: unknown): string =>
  JSON.stringify({ process, type, f, value });
const jsonLines = [
  json(0, "invoke", "write", 1),
  json(0, "ok", "write", 1),
  json(1, "invoke", "read", null),
  json(1, "ok", "read", 1),
];
const porcupine = (
  client: number,
  input: object,
  call: number,
  output: unknown,
  returned: number,
): string =>
  JSON.stringify({ ClientId: client, Input: input, Call: call, Output: output, Return: returned });

/** The same history in several formats: a write of 1, and a read that returns 1. */
const examples: Readonly<Record<string, readonly [ForeignFormat, string]>> = {
  "EDN, a map a line": [
    "edn",
    "{:process 0, :type :invoke, :f :write, :value 1}\n{:process 0, :type :ok, :f :write, :value 1}\n{:process 1, :type :invoke, :f :read, :value nil}\n{:process 1, :type :ok, :f :read, :value 1}\n",
  ],
  "records of jepsen.history": [
    "edn",
    "#jepsen.history.Op{:index 0, :time 1, :type :invoke, :process 0, :f :write, :value 1}\n#jepsen.history.Op{:index 1, :time 2, :type :ok, :process 0, :f :write, :value 1}\n#jepsen.history.Op{:index 2, :time 3, :type :invoke, :process 1, :f :read, :value nil}\n#jepsen.history.Op{:index 3, :time 4, :type :ok, :process 1, :f :read, :value 1}",
  ],
  "a tagged vector of maps": [
    "edn",
    "#jepsen.history.DenseHistory [{:process 0, :type :invoke, :f :write, :value 1} {:process 0, :type :ok, :f :write, :value 1} {:process 1, :type :invoke, :f :read} {:process 1, :type :ok, :f :read, :value 1}]",
  ],
  "Knossos' vectors": [
    "edn",
    "[[0 :invoke :write 1]\n [0 :ok :write 1]\n [1 :invoke :read nil]\n [1 :ok :read 1]]",
  ],
  "Knossos' vectors, one a line": [
    "edn",
    "[0 :invoke :write 1]\n[0 :ok :write 1]\n[1 :invoke :read]\n[1 :ok :read 1]",
  ],
  "a Jepsen log": [
    "jepsen-log",
    '2026-01-01 10:00:00,000{GMT}\tINFO\t[main] jepsen.core: Running test:\n{:nodes ["n1"]}\n2026-01-01 10:00:01,000{GMT}\tINFO\t[jepsen worker 0] jepsen.util: 0\t:invoke\t:write\t1\nINFO jepsen.util: 0\t:ok\t:write\t1\nINFO jepsen.util: 1\t:invoke\t:read\tnil\nINFO jepsen.util: 1\t:ok\t:read\t1\n',
  ],
  "history.txt": [
    "jepsen-text",
    "0\t:invoke\t:write\t1\n0\t:ok\t:write\t1\n:nemesis\t:info\t:start\tnil\n1\t:invoke\t:read\tnil\n1\t:ok\t:read\t1\n",
  ],
  "JSON lines of operations": ["json", jsonLines.join("\n")],
  "a JSON array of operations": ["json", `[${jsonLines.join(",\n")}]`],
  "Porcupine's register": [
    "porcupine-json",
    `[${porcupine(0, { op: false, value: 1 }, 0, null, 10)},${porcupine(1, { op: true, value: 0 }, 20, 1, 30)}]`,
  ],
  "Porcupine's kv": [
    "porcupine-json",
    `${porcupine(0, { Op: 1, Key: "k", Value: "1" }, 0, { Value: "" }, 10)}\n${porcupine(1, { Op: 0, Key: "k", Value: "" }, 20, { Value: "1" }, 30)}\n`,
  ],
  "Porcupine's events": [
    "porcupine-json",
    JSON.stringify([
      { ClientId: 0, Kind: false, Value: { op: 1, value: 1 }, Id: 0 },
      { ClientId: 0, Kind: true, Value: null, Id: 0 },
      { ClientId: 1, Kind: false, Value: { op: 0 }, Id: 1 },
      { ClientId: 1, Kind: true, Value: 1, Id: 1 },
    ]),
  ],
};

describe("a write and a read of it", () => {
  test.each(Object.entries(examples))("%s", (_, [format, text]) => {
    expect(formatOf(text)).toBe(format);
    expect(operationsOf(text)).toMatchObject([
      { outcome: "ok", start: expect.any(Number) },
      { outcome: "ok", answered: expect.stringMatching(/^"?1"?$/) },
    ]);
    expect(judged(text)).toMatchObject({ verdict: "valid", judged: 2 });
  });

  test.each(Object.entries(examples))("%s, whatever pieces it comes in", (_, [format, text]) => {
    const bytes = new TextEncoder().encode(text);
    for (const size of [1, 2, 3, 7, 64]) {
      const parser = parserFor(format);
      for (let at = 0; at < bytes.length; at += size) parser.push(bytes.slice(at, at + size));
      const parsed = parser.finish();
      expect(parsed.history.count).toBe(2);
      expect(judgeForeign(parsed).judgement.verdict).toBe("valid");
    }
  });

  test.each(Object.entries(examples))("%s, after a byte order mark", (_, [format, text]) => {
    const bytes = new TextEncoder().encode(`\ufeff${text}`);
    for (const size of [1, bytes.length]) {
      const parser = parserFor(format);
      for (let at = 0; at < bytes.length; at += size) parser.push(bytes.slice(at, at + size));
      expect(parser.finish().history.count).toBe(2);
    }
    expect(readForeign(bytes).history.format).toBe(format);
  });

  test.each(Object.entries(examples))("%s, the read of 2 is invalid", (_, [, text]) => {
    // Finds the 1 that the read returned. In most formats it is the last 1 of the text. In records with "Id" or
    // "Return" it is the last 1 before the last such field.
    const last = text.lastIndexOf(
      "1",
      text.includes('"Id"') || text.includes("Return")
        ? text.lastIndexOf(text.includes('"Id"') ? '"Id"' : '"Return"')
        : undefined,
    );
    const wrong = `${text.slice(0, last)}2${text.slice(last + 1)}`;
    expect(judged(wrong).verdict).toBe("invalid");
  });
});

describe("Porcupine's JSON", () => {
  const verdictOf = (lines: readonly string[], question?: ForeignQuestion): string =>
    judged(lines.join("\n"), question).verdict;

  test("operations at the same time are concurrent, in whatever order they are listed", () => {
    const write = porcupine(0, { op: 1, value: 1 }, 0, null, 10);
    expect(verdictOf([porcupine(1, { op: 0 }, 10, null, 20), write])).toBe("valid");
    expect(verdictOf([porcupine(1, { op: 0 }, 11, null, 20), write])).toBe("invalid");
  });

  test("what was not answered, or with an error, may have happened", () => {
    for (const open of [
      { ClientId: 0, Input: { op: "put", key: "k", value: "1" }, Call: 0 },
      {
        ClientId: 0,
        Input: { op: "put", key: "k", value: "1" },
        Call: 0,
        Output: { Err: "timeout" },
        Return: 5,
      },
      {
        ClientId: 0,
        Input: { op: "put", key: "k", value: "1" },
        Call: 0,
        Output: { Unknown: true },
        Return: 5,
      },
    ])
      for (const [seen, verdict] of [
        ["", "valid"],
        ["1", "valid"],
        ["2", "invalid"],
      ] as const)
        expect(
          verdictOf([
            JSON.stringify(open),
            porcupine(1, { op: "get", key: "k" }, 10, { Value: seen }, 20),
          ]),
        ).toBe(verdict);
  });

  test("a client may have several operations at a time", () => {
    expect(
      verdictOf([
        porcupine(0, { op: 1, value: 1 }, 0, null, 10),
        porcupine(0, { op: 1, value: 2 }, 5, null, 15),
        porcupine(0, { op: 0 }, 20, 1, 30),
      ]),
    ).toBe("valid");
  });

  test("a cas that was refused did not happen", () => {
    const cas = (ok: boolean): string =>
      porcupine(0, { op: "cas", old: 1, new: 2 }, 20, { ok }, 30);
    const write = porcupine(0, { op: "write", value: 1 }, 0, null, 10);
    const read = porcupine(1, { op: "read" }, 40, { value: 2 }, 50);
    expect(verdictOf([write, cas(true), read])).toBe("valid");
    expect(verdictOf([write, cas(false), read])).toBe("invalid");
  });

  test("an input of another shape is refused with its line", () => {
    expect(
      errorOf(() => readForeign(`\n${porcupine(0, { verb: "eat" }, 0, null, 1)}`)),
    ).toMatchObject({
      code: "unknown-workload",
      line: 2,
    });
  });
});

describe("a format is known by how a file begins", () => {
  test.each<[ForeignFormat | "quorate", readonly string[]]>([
    ["quorate", ['{"e":"run"', "", " \n", "; only", '\n{ "e"']],
    [
      "edn",
      [
        "[{:process 0",
        "({",
        "; a comment\n {:type :ok",
        "#jepsen.history.Op{",
        "(:a :invoke",
        "[]",
        "[ ;x\n]",
        "\ufeff{:process 0",
      ],
    ],
    [
      "jepsen-log",
      [
        "INFO  jepsen.util - 0",
        "x jepsen.util",
        "[main] INFO jepsen.core",
        "lein test :only a\nINFO x",
      ],
    ],
    ["jepsen-text", ["0\t:invoke\t:write\t1", ":nemesis :info :start nil"]],
    ["json", ['[{"process":0,"type":"invoke"', '{"index":0,"type":"invoke","process":0']],
    ["porcupine-json", ['[{"ClientId":0,"Input":{}']],
    ["etcd-json", ['{"ClientId":0,"Input":{"Type":"txn"']],
    ["jepsen-store", ["JEPSEN\u0000\u0001"]],
  ])("%s", (format, texts) => {
    expect(texts.map((text) => formatOf(text))).toEqual(texts.map(() => format));
  });

  test("by any of a log's levels", () => {
    for (const level of ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"])
      expect(formatOf(`2015 ${level} x`)).toBe("jepsen-log");
  });

  test.each([
    ["hello world", '"hello world"'],
    ["PK\u0003\u0004", "a zip archive"],
    ["\u0000\u0001\u0002", "binary data"],
    ["<!DOCTYPE html><html>", "HTML"],
    ["name: a\nvalue: b\n", "YAML"],
    ["a,b,c\n1,2,3\n", "comma-separated"],
    ['{"foo":1,"bar":2}', "the fields foo, bar"],
    ["{:valid? true, :stats {}}", "results.edn"],
  ])("%j is none that is known, and what it looks like is said", (text, looks) => {
    const error = errorOf(() => formatOf(text));
    expect(error.code).toBe("unknown-format");
    expect(error.got).toContain(looks);
    expect(error.message).toMatch(/Jepsen.*Porcupine.*etcd.*docs\/check\.md/);
  });
});

test("bytes that are no UTF-8 are refused with their line, in whatever pieces", () => {
  const text = Buffer.from('{:process 0, :type :invoke, :f :write, :value "é€😀"}\n');
  const bad = Buffer.concat([text, text.subarray(0, 44), Buffer.of(0xff), text.subarray(44)]);
  for (const size of [1, 2, 3, 5, 1000]) {
    const push = (bytes: Buffer): void => {
      const parser = parserFor("edn");
      for (let at = 0; at < bytes.length; at += size) parser.push(bytes.subarray(at, at + size));
      parser.finish();
    };
    expect(() => push(text)).not.toThrow();
    expect(errorOf(() => push(bad))).toMatchObject({ code: "bad-utf8", line: 2 });
    expect(errorOf(() => push(Buffer.concat([text, Buffer.of(0xe2, 0x82)])))).toMatchObject({
      code: "bad-utf8",
    });
  }
});
