import { describe, expect, test } from "vitest";
import { formatOf, HistoryError, readForeign, readValue } from "../../../checkers/index.ts";
import type { HistoryErrorCode } from "../../../checkers/index.ts";

const invoke = "{:process 0, :type :invoke, :f :write, :value 1}";
const ok = "{:process 0, :type :ok, :f :write, :value 1}";
const write = {
  op: 0,
  process: "0",
  f: "write",
  key: "",
  value: "1",
  expected: null,
  start: 0,
  end: 1,
  startLine: 1,
  endLine: 2,
};

describe("Jepsen's EDN", () => {
  test.each([
    ["a map a line", `${invoke}\n${ok}\n`],
    ["a vector", `[${invoke}\n${ok}]`],
    ["a list", `(${invoke}\n ${ok})\n`],
    [
      "comments, commas and what is discarded",
      `[${invoke}, ; so far\n#_ {:process 0} ${ok}] ; the end`,
    ],
    [
      "tagged records",
      `#jepsen.history.Op{:index 0, :time 5, :process 0, :type :invoke, :f :write, :value 1}\n#jepsen.history.Op ${ok}`,
    ],
    [
      "a nemesis beside it",
      `${invoke}{:process :nemesis, :type :info, :f :kill, :value nil}\n${ok}`,
    ],
  ])("reads %s", (name, text) => {
    const end = name.startsWith("a nemesis") ? write.end : 1;
    expect(readForeign("edn", text).operations).toEqual([{ ...write, end }]);
  });

  test("an info write stays open, an info or failed read says nothing, a failed write did not happen", () => {
    const text = [
      "{:process 0 :type :invoke :f :write :value 1}",
      "{:process 0 :type :info :f :write :value :timed-out}",
      "{:process 1 :type :invoke :f :read :value nil}",
      "{:process 1 :type :info :f :read :value nil}",
      "{:process 2 :type :invoke :f :cas :value [1 2]}",
      "{:process 2 :type :fail :f :cas :value [1 2]}",
      "{:process 3 :type :invoke :f :cas :value [1 nil]}",
    ].join("\n");
    expect(readForeign("edn", text).operations).toEqual([
      { ...write, end: Infinity, endLine: 2 },
      {
        op: 3,
        process: "3",
        f: "cas",
        key: "",
        value: null,
        expected: "1",
        start: 6,
        end: Infinity,
        startLine: 7,
        endLine: undefined,
      },
    ]);
  });

  test("Porcupine's key-value text is a map a line, with a key", () => {
    const text =
      '{:process 4, :type :invoke, :f :append, :key "7", :value "x 0 \\"1\\" y"}\n{:process 4, :type :ok, :f :append, :key "7", :value "x"}\n{:process 4, :type :invoke, :f :get, :key "7", :value nil}\n{:process 4, :type :ok, :f :get, :key "7", :value "x\ny"}\n';
    expect(readForeign("edn", text).operations).toMatchObject([
      { f: "append", key: "7", value: '"x 0 \\"1\\" y"' },
      { f: "read", key: "7", value: '"x\\ny"', endLine: 4 },
    ]);
  });

  test("a string, a keyword and a number that look alike differ", () => {
    expect(
      [
        ":a",
        '":a"',
        "a",
        '"a"',
        "1",
        '"1"',
        "123456789012345678901",
        "1.5",
        "1/2",
        "nil",
        "[1 :a]",
        "{:a 1}",
        "#{1}",
      ].map(readValue),
    ).toEqual([
      ":a",
      '":a"',
      "a",
      '"a"',
      "1",
      '"1"',
      "123456789012345678901",
      "1.5",
      "1/2",
      null,
      "[1 :a]",
      "{:a 1}",
      "{1}".replace("{1}", "[1]"),
    ]);
  });

  test.each<[string, HistoryErrorCode, number, string]>([
    ["a vector that is cut off", "bad-edn", 2, `[${invoke}\n`],
    ["a map that is cut off", "bad-edn", 2, `${invoke}\n{:process`],
    ["a string that is cut off", "bad-edn", 1, '{:process 0 :value "x'],
    ["a map without a value", "bad-edn", 2, `${invoke}\n{:process}`],
    ["a key twice", "bad-edn", 1, "{:process 0 :process 1}"],
    ["a bracket that closes nothing", "bad-edn", 2, `${invoke}\n]`],
    ["something after the vector", "bad-edn", 2, `[${invoke}]\n${ok}`],
    ["a number that is none", "bad-edn", 1, "[12x]"],
    ["an operation that is no map", "bad-edn", 2, `[${invoke}\n 3]`],
    ["no process", "bad-field", 1, "{:type :invoke, :f :read, :value nil}"],
    ["an unknown type", "bad-field", 1, "{:process 0, :type :begin, :f :read, :value nil}"],
    [
      "a type that is a string",
      "bad-field",
      1,
      '{:process 0, :type "invoke", :f :read, :value nil}',
    ],
    [
      "an unknown function",
      "unknown-workload",
      2,
      `${invoke}\n{:process 1, :type :invoke, :f :toString, :value nil}`,
    ],
    ["no value", "bad-field", 1, "{:process 0, :type :invoke, :f :read}"],
    ["a cas of one value", "bad-field", 1, "{:process 0, :type :invoke, :f :cas, :value [1]}"],
    ["an invoke while one is open", "still-open", 2, `${invoke}\n${invoke}`],
    ["a completion of nothing", "no-open-operation", 1, ok],
    [
      "a completion of something else",
      "no-open-operation",
      2,
      `${invoke}\n{:process 0, :type :ok, :f :read, :value 1}`,
    ],
  ])("refuses %s", (_, code, line, text) => {
    expect(errorOf(() => readForeign("edn", text))).toMatchObject({ code, line });
  });
});

describe("Jepsen's log", () => {
  const lines = [
    "INFO  jepsen.core - Worker 0 starting",
    "INFO  jepsen.util - 0\t:invoke\t:write\t1",
    "2015-01-01 10:00:00,000 INFO  jepsen.util - 0 :ok :write 1",
    "",
  ];

  test("reads operations and passes over other loggers", () => {
    expect(readForeign("jepsen-log", lines.join("\n")).operations).toEqual([
      { ...write, startLine: 2, endLine: 3 },
    ]);
  });

  test("passes over the nemesis", () => {
    expect(
      readForeign(
        "jepsen-log",
        `INFO  jepsen.util - :nemesis\t:info\t:start\tnil\n${lines.join("\n")}`,
      ).operations,
    ).toHaveLength(1);
  });

  test.each<[string, HistoryErrorCode, string]>([
    ["a line of another kind", "bad-line", "hello"],
    ["an operation without a value", "bad-line", "INFO  jepsen.util - 0\t:invoke\t:write"],
    ["an unknown function", "unknown-workload", "INFO  jepsen.util - 0\t:invoke\t:jump\t1"],
    ["a process that is no number", "bad-field", "INFO  jepsen.util - zero\t:invoke\t:read\tnil"],
    ["a value that is cut off", "bad-edn", "INFO  jepsen.util - 0\t:invoke\t:cas\t[1 2"],
  ])("refuses %s", (_, code, bad) => {
    expect(
      errorOf(() => readForeign("jepsen-log", [...lines.slice(0, 3), bad].join("\n"))),
    ).toMatchObject({ code, line: 4 });
  });
});

test("a format is known by how a file begins", () => {
  expect(formatOf('{"e":"run"')).toBe("quorate");
  expect(formatOf("")).toBe("quorate");
  for (const text of ["[{:process 0", "({", "; a comment\n {:type :ok", "#jepsen.history.Op{"])
    expect(formatOf(text)).toBe("edn");
  expect(formatOf("INFO  jepsen.util - 0")).toBe("jepsen-log");
  expect(errorOf(() => formatOf("hello world"))).toMatchObject({ code: "unknown-format" });
});

function errorOf(action: () => unknown): HistoryError {
  try {
    action();
  } catch (error) {
    if (error instanceof HistoryError) return error;
    throw error;
  }
  return expect.fail("expected a HistoryError");
}

test("of a workload that no model knows, says so, and which operations are known", () => {
  const txn = "{:process 0, :type :invoke, :f :txn, :value [[:append 1 2] [:r 1 nil]]}";
  expect(errorOf(() => readForeign("edn", txn)).message).toBe(
    "history line 1: expected :f to be one of :read, :write, :cas, :get, :put, :append, :add, got :txn (unknown-workload); this workload is not supported; there are registers (read, write, cas), sets (add, read) and text by key (get, put, append)",
  );
});

test("each complaint says what was expected and what came", () => {
  const complaintOf = (text: string, format: "edn" | "jepsen-log" = "edn"): string => {
    const { expected, got, line, code } = errorOf(() => readForeign(format, text));
    return `${line} ${code}: ${expected}, got ${got}`;
  };
  const op = (fields: string): string => `{:process 0, ${fields}}`;
  const damaged = [
    `[${invoke}\n`,
    `(${invoke}\n`,
    `${invoke}\n{:process`,
    '{:process 0 :value "x',
    '{:process 0 :value "x\\',
    "{:process}",
    "{:process 0 :process 1}",
    "{nil 0 nil 1}",
    `${invoke}\n]`,
    ")",
    "}",
    `[${invoke}]\n${ok}`,
    "[12x]",
    "[1.x]",
    "[+]",
    "[:]",
    "[@a]",
    "[#]",
    "[# a]",
    "[#1 a]",
    "[#_]",
    '["\\q"]',
    `[${invoke}\n 3]`,
    op(":type :begin, :f :read, :value nil"),
    op(':type "invoke", :f :read, :value nil'),
    op(":f :read, :value nil"),
    "{:type :invoke, :f :read, :value nil}",
    '{:process "0", :type :invoke, :f :read, :value nil}',
    op(":type :invoke, :f :toString, :value nil"),
    op(":type :invoke, :f :read"),
    op(":type :invoke, :f :cas, :value [1]"),
    op(":type :invoke, :f :cas, :value 1"),
    `${invoke}\n\n${invoke}`,
    ok,
    `${invoke}\n{:process 0, :type :ok, :f :read, :value 1}`,
    `${invoke}\n{:process 0, :type :ok, :f :write, :key 2, :value 1}`,
  ];
  expect(damaged.map((text) => complaintOf(text))).toEqual([
    "2 bad-edn: a ] that ends the history, got the end of the file",
    "2 bad-edn: a ) that ends the history, got the end of the file",
    "2 bad-edn: a } for the { of line 2, got the end of the file",
    '1 bad-edn: a closing ", got the end of the file',
    '1 bad-edn: a closing ", got the end of the file',
    "1 bad-edn: a value for each key of a map, got a map of 1 forms",
    "1 bad-edn: keys that differ, got :process twice",
    "1 bad-edn: keys that differ, got nil twice",
    "2 bad-edn: a value, got ]",
    "1 bad-edn: a value, got )",
    "1 bad-edn: a value, got }",
    "2 bad-edn: nothing after the history, got {",
    "1 bad-edn: a number, got 12x",
    "1 bad-edn: a number, got 1.x",
    "1 bad-edn: a map for each operation, got +",
    "1 bad-edn: a value, got :",
    "1 bad-edn: a value, got @a",
    "1 bad-edn: a tag after #, got #",
    "1 bad-edn: a tag after #, got #",
    "1 bad-edn: a tag after #, got #1",
    "1 bad-edn: a value, got ]",
    '1 bad-edn: a string with escapes that are known, got "\\q"',
    "2 bad-edn: a map for each operation, got 3",
    "1 bad-field: :type to be one of :invoke, :ok, :fail, :info, got :begin",
    '1 bad-field: :type to be one of :invoke, :ok, :fail, :info, got "invoke"',
    "1 bad-field: :type to be one of :invoke, :ok, :fail, :info, got none",
    "1 bad-field: a :process that is a number or :nemesis, got nil",
    '1 bad-field: a :process that is a number or :nemesis, got "0"',
    "1 unknown-workload: :f to be one of :read, :write, :cas, :get, :put, :append, :add, got :toString",
    "1 bad-field: a :value, got none",
    "1 bad-field: a cas whose :value is [old new], got [1]",
    "1 bad-field: a cas whose :value is [old new], got 1",
    "3 still-open: a completion of line 1 before process 0 goes on, got another invoke",
    "1 no-open-operation: an open write of process 0, got none",
    "2 no-open-operation: an open read of process 0, got a write of line 1",
    "2 no-open-operation: an open write of process 0, got a write of line 1",
  ]);
  expect(
    [
      "hello",
      "  jepsen.util",
      "INFO  jepsen.util - 0\t:invoke\t:write",
      "INFO  jepsen.util - 0\t:invoke\t:jump\t1",
      "INFO  jepsen.util - zero\t:invoke\t:read\tnil",
      "\nINFO  jepsen.util - 0\t:invoke\t:cas\t[1 2",
    ].map((text) => complaintOf(text, "jepsen-log")),
  ).toEqual([
    "1 bad-line: INFO jepsen.util - process :type :f value, got hello",
    "1 bad-line: INFO jepsen.util - process :type :f value, got   jepsen.util",
    "1 bad-line: INFO jepsen.util - process :type :f value, got INFO  jepsen.util - 0\t:invoke\t:write",
    "1 unknown-workload: :f to be one of :read, :write, :cas, :get, :put, :append, :add, got :jump",
    "1 bad-field: a :process that is a number or :nemesis, got zero",
    "2 bad-edn: a ] for the [ of line 2, got the end of the file",
  ]);
  expect(errorOf(() => formatOf("hello world")).message).toContain(
    'expected a history.jsonl of quorate, EDN, or a Jepsen log, got "hello world"',
  );
  expect(errorOf(() => readValue("1 2")).message).toContain("expected one value, got 1 2");
});

describe("EDN, in detail", () => {
  test("values as texts: equal values are equal texts, others differ", () => {
    const texts = [
      "true",
      "false",
      "-7",
      "+7",
      "9007199254740993",
      "1.5e3",
      "2M",
      "3N",
      "1/2",
      ":a/b",
      "\\a",
      "<=",
      "()",
      "[[]]",
      "{}",
      "{:b 1, :a {}}",
      '"\\u0041\\n"',
      '"a\nb"',
      '"a\tb\rc"',
      "#tag [1]",
      "#{:a :b}",
      "a;b\n",
      "; c\n 1",
      "#_ #_ 1 2 3",
      "1,,",
      '#inst "2015"',
    ];
    expect(texts.map(readValue)).toEqual([
      "true",
      "false",
      "-7",
      "7",
      "9007199254740993",
      "1.5e3",
      "2M",
      "3N",
      "1/2",
      ":a/b",
      "\\a",
      "<=",
      "[]",
      "[[]]",
      "{}",
      "{:b 1, :a {}}",
      '"A\\n"',
      '"a\\nb"',
      '"a\\tb\\rc"',
      "[1]",
      "[:a :b]",
      "a",
      "1",
      "3",
      "1",
      '"2015"',
    ]);
  });

  test("lines are counted over strings, comments and what is discarded", () => {
    const text = `; one\n#_ "two\nthree"\n${invoke} {:process 0, :type :ok,\n :f :write,\r\n :value "x\ny"}\n{:process 0,\n :type :invoke, :f :read, :value nil}`;
    expect(
      readForeign("edn", text).operations.map(({ startLine, endLine }) => [startLine, endLine]),
    ).toEqual([[4, 4]]);
    expect(errorOf(() => readForeign("edn", `${text}\n]`)).line).toBe(10);
  });

  test("an empty vector, list and file have no operation; events are counted with the nemesis'", () => {
    for (const text of ["[]", "()", "", " ; nothing"])
      expect(readForeign("edn", text)).toEqual({ format: "edn", events: 0, operations: [] });
    expect(
      readForeign("edn", `${invoke}{:process :nemesis, :type :info, :f :kill}${ok}`),
    ).toMatchObject({ format: "edn", events: 3 });
    expect(
      readForeign("jepsen-log", "INFO  jepsen.util - 0\t:invoke\t:write\t1\nWARN x\n"),
    ).toMatchObject({ format: "jepsen-log", events: 1 });
  });

  test("keys: a string as it is, anything else as it is written; a completion of another key is none", () => {
    const get = (type: string, key: string): string =>
      `{:process 1, :type :${type}, :f :get, :key ${key}, :value 3}`;
    expect(
      readForeign("edn", get("invoke", "[1 :a]") + get("ok", "[1 :a]")).operations,
    ).toMatchObject([{ key: "[1 :a]", f: "read", value: "3" }]);
    expect(errorOf(() => readForeign("edn", get("invoke", "1") + get("ok", "2"))).code).toBe(
      "no-open-operation",
    );
  });

  test("what a failure or an indeterminate completion carries is no value; a cas keeps what was asked", () => {
    const text =
      '{:process 1 :type :invoke :f :cas :value [1 2]}{:process 1 :type :ok :f :cas :value :whatever}{:process 1 :type :invoke :f :put :key "a" :value 5}{:process 1 :type :info :f :put :key "a" :value 6}';
    expect(readForeign("edn", text).operations).toMatchObject([
      { f: "cas", value: "2", expected: "1", start: 0, end: 1 },
      { f: "write", key: "a", value: "5", start: 2, end: Infinity, endLine: 1 },
    ]);
  });

  test("a Jepsen log in the older form, with an error after the value", () => {
    const text =
      "INFO jepsen.util: 3 :invoke :read nil\r\nINFO jepsen.util: 3 :fail :read nil :timed-out\nINFO jepsen.util: 3 :invoke :write 4 \nDEBUG other - x\n ERROR y";
    expect(readForeign("jepsen-log", text)).toMatchObject({
      events: 3,
      operations: [{ op: 1, f: "write", value: "4", start: 2, end: Infinity, startLine: 3 }],
    });
  });

  test("a format is known behind comments, and by any of a log's levels", () => {
    for (const level of ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"])
      expect(formatOf(`2015 ${level} x`)).toBe("jepsen-log");
    expect([
      formatOf(" \n"),
      formatOf("; only"),
      formatOf('\n{ "e"'),
      formatOf("(:a"),
      formatOf("x jepsen.util"),
    ]).toEqual(["quorate", "quorate", "quorate", "edn", "jepsen-log"]);
    expect(errorOf(() => formatOf(`${"x".repeat(200)} INFO`)).got).toBe(`"${"x".repeat(40)}"`);
  });
});

describe("numbers, tags and ends", () => {
  test("numbers as EDN writes them, and what only begins like one", () => {
    const numbers = [
      "12",
      "-12",
      "+0",
      "1.25",
      "12.",
      "-0.5",
      "1e10",
      "1E+15",
      "2.5e-12",
      "12.75M",
      "12N",
      "3/14",
      "-22/7",
      "a12",
      "-a",
      "x1/2",
    ];
    expect(numbers.map(readValue)).toEqual([
      "12",
      "-12",
      "0",
      "1.25",
      "12.",
      "-0.5",
      "1e10",
      "1E+15",
      "2.5e-12",
      "12.75M",
      "12N",
      "3/14",
      "-22/7",
      "a12",
      "-a",
      "x1/2",
    ]);
    for (const text of [
      "1.2.3",
      "1/",
      "1/2x",
      "1e",
      "1e+",
      "--1".slice(1) + "x",
      "1_000",
      "0x1F",
      "1.5e1.5",
      "12MM",
      "1/2/3",
      "+1x",
      "5/a",
    ])
      expect(
        errorOf(() => readValue(text)),
        text,
      ).toMatchObject({ code: "bad-edn", expected: "a number", got: text });
  });

  test("a tag begins with a letter, and a value must follow", () => {
    expect(readValue("#a1 2")).toBe("2");
    expect(errorOf(() => readValue("#1a 2"))).toMatchObject({
      expected: "a tag after #",
      got: "#1a",
    });
    for (const text of ["", "#_", "#_ 1", "#tag", "; nothing"])
      expect(
        errorOf(() => readValue(text)),
        text,
      ).toMatchObject({ expected: "a value", got: "the end of the file" });
  });

  test("a string that is not known is shown as far as a line goes", () => {
    expect(errorOf(() => readValue(`"${"x".repeat(100)}\\q"`)).got).toBe(`"${"x".repeat(79)}`);
  });
});
