import { describe, expect, test } from "vitest";
import { readForeign } from "../../../checkers/index.ts";
import type { ForeignFormat, HistoryErrorCode } from "../../../checkers/index.ts";
import { ValueTable } from "../../../checkers/foreign/value-table.ts";
import { done, errorOf, judged, operationsOf, valueIn } from "./support.ts";

/** The text of an EDN value. Equal values have equal text. */
const readValue = (text: string): string => {
  const values = new ValueTable();
  return values.textOf(valueIn(values, text));
};

const invoke = "{:process 0, :type :invoke, :f :write, :value 1}";
const ok = "{:process 0, :type :ok, :f :write, :value 1}";
const write = {
  op: 0,
  process: "0",
  f: "write",
  key: undefined,
  asked: "1",
  answered: "1",
  outcome: "ok",
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
    const end = name.startsWith("a nemesis") ? 2 : 1;
    expect(operationsOf(text, "edn")).toEqual([{ ...write, end }]);
  });

  test("an info write stays open, an info read says nothing, a failed write did not happen", () => {
    const text = [
      "{:process 0 :type :invoke :f :write :value 1}",
      "{:process 0 :type :info :f :write :value :timed-out}",
      "{:process 1 :type :invoke :f :read :value nil}",
      "{:process 1 :type :info :f :read :value nil}",
      "{:process 2 :type :invoke :f :cas :value [1 2]}",
      "{:process 2 :type :fail :f :cas :value [1 2]}",
      "{:process 3 :type :invoke :f :cas :value [1 nil]}",
    ].join("\n");
    expect(operationsOf(text, "edn")).toMatchObject([
      { f: "write", asked: "1", answered: undefined, outcome: "info", end: Infinity, endLine: 2 },
      { f: "read", answered: undefined, outcome: "info", end: Infinity },
      { f: "cas", asked: "[1 2]", outcome: "fail", end: Infinity },
      { f: "cas", asked: "[1 nil]", outcome: "open", end: Infinity, endLine: undefined },
    ]);
  });

  test("Porcupine's key-value text is a map a line, with a key", () => {
    const text =
      '{:process 4, :type :invoke, :f :append, :key "7", :value "x 0 \\"1\\" y"}\n{:process 4, :type :ok, :f :append, :key "7", :value "x"}\n{:process 4, :type :invoke, :f :get, :key "7", :value nil}\n{:process 4, :type :ok, :f :get, :key "7", :value "x\ny"}\n';
    expect(operationsOf(text, "edn")).toMatchObject([
      { f: "append", key: '"7"', asked: '"x 0 \\"1\\" y"' },
      { f: "get", key: '"7"', answered: '"x\\ny"', endLine: 4 },
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
      "nil",
      "[1 :a]",
      "{:a 1}",
      "#{1}",
    ]);
  });

  test.each<[string, HistoryErrorCode, number, string]>([
    ["a vector that is cut off", "bad-edn", 2, `[${invoke}\n`],
    ["a map that is cut off", "bad-edn", 2, `${invoke}\n{:process`],
    ["a string that is cut off", "bad-edn", 1, '{:process 0 :value "x'],
    ["a map without a value", "bad-edn", 2, `${invoke}\n{:process}`],
    ["a field twice", "bad-edn", 1, "{:process 0 :process 1}"],
    ["a bracket that closes nothing", "bad-edn", 2, `${invoke}\n]`],
    ["something after the vector", "bad-edn", 2, `[${invoke}]\n${ok}`],
    ["a number that is none", "bad-edn", 1, "[12x]"],
    ["an operation that is no map", "bad-edn", 2, `[${invoke}\n 3]`],
    [
      "no process behind one",
      "bad-field",
      2,
      `${invoke}{:type :ok, :f :write}`.replace("}{", "}\n{"),
    ],
    ["an unknown type", "bad-field", 1, "{:process 0, :type :begin, :f :read, :value nil}"],
    [
      "a type that is a string",
      "bad-field",
      1,
      '{:process 0, :type "invoke", :f :read, :value nil}',
    ],
    ["no function", "bad-field", 2, `${invoke}\n{:process 1, :type :invoke, :value nil}`],
    ["an invoke while one is open", "still-open", 2, `${invoke}\n${invoke}`],
    ["a completion of nothing", "no-open-operation", 1, ok],
    [
      "a completion of something else",
      "no-open-operation",
      2,
      `${invoke}\n{:process 0, :type :ok, :f :read, :value 1}`,
    ],
  ])("refuses %s", (_, code, line, text) => {
    expect(errorOf(() => readForeign(text, "edn").history)).toMatchObject({ code, line });
  });
});

describe("Jepsen's log", () => {
  const lines = [
    "INFO  jepsen.core - Worker 0 starting",
    "INFO  jepsen.util - 0\t:invoke\t:write\t1",
    "2015-01-01 10:00:00,000 INFO  jepsen.util - 0 :ok :write 1",
    "",
  ];

  test("reads operations and passes over other loggers, the nemesis and what stands between", () => {
    expect(operationsOf(lines.join("\n"), "jepsen-log")).toEqual([
      { ...write, startLine: 2, endLine: 3 },
    ]);
    const between = [
      "INFO  jepsen.util - :nemesis\t:info\t:start\tnil",
      '{:concurrency 2,\n :nodes ["n1"]}',
      "java.net.SocketTimeoutException: Read timed out",
      "\tat java.net.SocketInputStream.read(SocketInputStream.java:1)",
      "lein test jepsen.etcd-test",
      "INFO  jepsen.util - something else",
      "INFO [jepsen worker nemesis] jepsen.util: [ 13 :info :start 5 ]",
    ];
    expect(operationsOf(between.join("\n") + "\n" + lines.join("\n"))).toHaveLength(1);
  });

  test("reads lines with a number in brackets before the process", () => {
    const text =
      "2022-07-28 07:53:02,859{GMT}\tINFO\t[jepsen worker 2] jepsen.util: [ 1350999542 ] 2\t:invoke\t:read\tnil\n2022-07-28 07:53:02,860{GMT}\tINFO\t[jepsen worker 2] jepsen.util: [ 1350999543 ] 2\t:ok\t:read\t7\n";
    expect(operationsOf(text)).toMatchObject([{ process: "2", f: "read", answered: "7" }]);
  });

  test("takes names for processes, and the value before an error", () => {
    const text =
      "INFO jepsen.util: 3 :invoke :read nil\r\nINFO jepsen.util: 3 :fail :read nil :timed-out\nINFO jepsen.util: 3 :invoke :write 4 \nDEBUG other - x\n ERROR y";
    expect(operationsOf(text, "jepsen-log")).toMatchObject([
      { f: "read", outcome: "fail", endLine: 2 },
      { f: "write", asked: "4", start: 2, end: Infinity, startLine: 3 },
    ]);
  });

  test.each<[string, HistoryErrorCode, string]>([
    ["an operation without a value", "bad-line", "INFO  jepsen.util - 0\t:invoke\t:write"],
    ["an operation without a function", "bad-line", "INFO  jepsen.util - 0\t:invoke\t"],
    ["a type that is cut off", "bad-line", "INFO  jepsen.util - 0\t:inv"],
    ["a value that is cut off", "bad-edn", "INFO  jepsen.util - 0\t:invoke\t:cas\t[1 2"],
  ])("refuses %s", (_, code, bad) => {
    expect(
      errorOf(() => readForeign([...lines.slice(0, 3), bad].join("\n"), "jepsen-log")),
    ).toMatchObject({ code, line: 4 });
  });
});

test("each complaint says what was expected and what came", () => {
  const complaintOf = (text: string, format: ForeignFormat = "edn"): string => {
    const { expected, got, line, code } = errorOf(() => readForeign(text, format));
    return `${line} ${code}: ${expected}, got ${got}`;
  };
  const op = (fields: string): string => `{:process 0, ${fields}}`;
  const edn: readonly (readonly [text: string, complaint: string])[] = [
    [`[${invoke}\n`, "2 bad-edn: a ] that ends the history, got the end of the file"],
    [`(${invoke}\n`, "2 bad-edn: a ) that ends the history, got the end of the file"],
    [`${invoke}\n{:process`, "2 bad-edn: a } for the { of line 2, got the end of the file"],
    [`${invoke}\n{:value [1`, "2 bad-edn: a ] for the [ of line 2, got the end of the file"],
    [`${invoke}\n{:other {1`, "2 bad-edn: a } for the bracket of line 2, got the end of the file"],
    ['{:process 0 :value "x', '1 bad-edn: a closing ", got the end of the file'],
    ['{:process 0 :other "x\\', '1 bad-edn: a closing ", got the end of the file'],
    [
      "{:process}",
      "1 bad-edn: a value for each key of a map, got a map with 1 forms, an odd number",
    ],
    [
      "{:value {1}}",
      "1 bad-edn: a value for each key of a map, got a map with 1 forms, an odd number",
    ],
    ["{:process 0 :process 1}", "1 bad-edn: keys that differ, got :process twice"],
    ["{:value {nil 0 nil 1}}", "1 bad-edn: keys that differ, got nil twice"],
    [`${invoke}\n]`, "2 bad-edn: a value, got ]"],
    [")", "1 bad-edn: a value, got )"],
    ["{:value [1 }}", "1 bad-edn: a value, got }"],
    ["{:other [1 }}", "1 bad-edn: a value, got }"],
    [`[${invoke}]\n${ok}`, "2 bad-edn: nothing after the history, got {"],
    ["{:value [12x]}", "1 bad-edn: a number, got 12x"],
    ["{:value [1.x]}", "1 bad-edn: a number, got 1.x"],
    ["{:value [:]}", "1 bad-edn: a value, got :"],
    ["{:value [@a]}", "1 bad-edn: a value, got @a"],
    ["{:value [#]}", "1 bad-edn: a tag after #, got #"],
    ["{:value [# a]}", "1 bad-edn: a tag after #, got #"],
    ["{:value [#1 a]}", "1 bad-edn: a tag after #, got #1"],
    ["{:value [##Nan]}", "1 bad-edn: ##NaN, ##Inf or ##-Inf, got ##Nan"],
    ["{:value [#_]}", "1 bad-edn: a value, got ]"],
    ["{:value #:a[1]}", "1 bad-edn: a map after #:a, got [1]"],
    ["{:value #<a\n>}", "1 bad-edn: a > on the same line, got #<a\n>}"],
    ['{:value ["\\q"]}', '1 bad-edn: a string with escapes that are known, got "\\q"'],
    [
      `[${invoke}\n 3]`,
      "2 bad-edn: a map or a list [process type f value] for each operation, got 3",
    ],
    [op(":type :begin"), "1 bad-field: :type to be one of :invoke, :ok, :fail, :info, got :begin"],
    [
      op(':type "invoke", :f :read'),
      '1 bad-field: :type to be one of :invoke, :ok, :fail, :info, got "invoke"',
    ],
    [op(":f :read"), "1 bad-field: :type to be one of :invoke, :ok, :fail, :info, got none"],
    [op(":type :invoke"), "1 bad-field: a :f, got none"],
    [
      `${invoke}\n{:type :invoke, :f :read}`,
      "2 bad-field: a :process that is a number or a name, as in the lines before, got none",
    ],
    [
      "{:process [1], :type :invoke, :f :read}",
      "1 bad-field: a :process that is a number or a name, got [1]",
    ],
    [
      `${invoke}\n\n${invoke}`,
      "3 still-open: a completion of the operation of line 1 before process 0 begins another, got another invoke",
    ],
    [ok, "1 no-open-operation: an open write of process 0, got none"],
    [
      `${invoke}\n{:process 0, :type :ok, :f :read, :value 1}`,
      "2 no-open-operation: an open read of process 0, got a write of line 1",
    ],
    [
      `${invoke}\n{:process 0, :type :ok, :f :write, :key 2, :value 1}`,
      "2 no-open-operation: an open write of process 0, got a write of line 1",
    ],
  ];
  expect(edn.map(([text]) => complaintOf(text))).toEqual(edn.map(([, complaint]) => complaint));
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
      "1500.0",
      "2M",
      "3",
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
      "#tag [1]",
      "#{:a :b}",
      "a",
      "1",
      "3",
      "1",
      '#inst "2015"',
    ]);
  });

  test("lines are counted over strings, comments and what is discarded", () => {
    const text = `; one\n#_ "two\nthree"\n${invoke} {:process 0, :type :ok,\n :f :write,\r\n :value "x\ny"}\n{:process 0,\n :type :invoke, :f :read, :value nil}`;
    expect(operationsOf(text, "edn").map(({ startLine, endLine }) => [startLine, endLine])).toEqual(
      [
        [4, 4],
        [8, undefined],
      ],
    );
    expect(errorOf(() => readForeign(`${text}\n]`, "edn")).line).toBe(10);
  });

  test("an empty vector, list and file have no operation; events are counted with the nemesis'", () => {
    for (const text of ["[]", "()", "", " ; nothing"])
      expect(readForeign(text, "edn").history).toMatchObject({ events: 0, count: 0 });
    expect(
      readForeign(`${invoke}{:process :nemesis, :type :info, :f :kill}${ok}`, "edn").history,
    ).toMatchObject({ events: 3, count: 1 });
  });

  test("keys are values: 1 is not the string 1; a completion need not repeat the key", () => {
    const get = (type: string, key: string): string =>
      `{:process 1, :type :${type}, :f :get, ${key === "" ? "" : `:key ${key},`} :value 3}`;
    expect(operationsOf(get("invoke", "[1 :a]") + get("ok", "[1 :a]"), "edn")).toMatchObject([
      { key: "[1 :a]", f: "get", answered: "3" },
    ]);
    expect(operationsOf(get("invoke", "1") + get("ok", ""), "edn")).toMatchObject([
      { key: "1", answered: "3" },
    ]);
    expect(errorOf(() => readForeign(get("invoke", "1") + get("ok", '"1"'), "edn")).code).toBe(
      "no-open-operation",
    );
  });

  test("what a failure or an indeterminate completion carries is no answer", () => {
    const text =
      '{:process 1 :type :invoke :f :put :key "a" :value 5}{:process 1 :type :info :f :put :key "a" :value 6}';
    expect(operationsOf(text, "edn")).toMatchObject([
      { f: "put", key: '"a"', asked: "5", answered: undefined, end: Infinity, endLine: 1 },
    ]);
  });

  test("what Clojure prints beyond EDN is read", () => {
    const read: readonly (readonly [text: string, shown: string])[] = [
      ['#object[java.net.Socket 0x6b2ea799 "x"]', '#object [java.net.Socket 1798219673 "x"]'],
      ["#:ns{:a 1, :b/c 2, :_/d 3, e 4}", "{:b/c 2, :ns/a 1, :d 3, ns/e 4}"],
      ["[##NaN ##Inf ##-Inf]", "[##NaN ##Inf ##-Inf]"],
      ["[\\( \\) \\; \\newline \\u0041]", "[\\( \\) \\; \\newline \\u0041]"],
      ['#"a\\"b(\\d+"', '#regex "a\\\\\\"b(\\\\d+"'],
      ["0x1F", "31"],
      ["^{:a 1} [2]", "[2]"],
      ["#'clojure.core/map", "#' clojure.core/map"],
      ["#=(+ 1 2)", "#= [+ 1 2]"],
      ['#error {:cause "x"}', '#error {:cause "x"}'],
      ["#my.Record{:a 1}", "#my.Record {:a 1}"],
      ['"\u0001\u001f"', '"\\u0001\\u001f"'],
      ['"\\o101\\u00e9"', '"Aé"'],
      ["clojure.core$fn__123", "clojure.core$fn__123"],
      ["(1 #_ 2 3)", "[1 3]"],
    ];
    expect(read.map(([text]) => readValue(text))).toEqual(read.map(([, shown]) => shown));
    const unreadable = `${invoke}{:process 0 :type :info :f :write :value 1 :error #<Foo bar: x> :node "n"}`;
    expect(operationsOf(unreadable, "edn")).toMatchObject([{ outcome: "info" }]);
  });

  test("what is passed over may be anything", () => {
    for (const error of [
      '#object[java.net.Socket 0x6b2ea799 "x"]',
      "[\\( #_ ] #{1 2} {:a [()]}]".replace("#_ ]", "#_ 3"),
      '#"a\\"]"',
      "^:dynamic x",
      "#_ 1 2",
      "##NaN",
      "#<a [b>",
      '"a\u0001\\"]"',
    ])
      expect(
        operationsOf(`${invoke}{:process 0 :type :ok :error ${error} :f :write :value 1}`, "edn"),
        error,
      ).toMatchObject([{ outcome: "ok", answered: "1" }]);
  });

  test("records that are no operations are passed over", () => {
    expect(
      operationsOf(
        `{"type":"meta","driver":"x"}\n{"process":0,"type":"invoke","f":"write","value":1}`,
      ),
    ).toHaveLength(1);
    expect(operationsOf(`${invoke}{:type :phase, :name "heal"}${ok}`, "edn")).toHaveLength(1);
  });

  test("no depth is too deep", () => {
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    expect(
      operationsOf(`${invoke}{:process 0 :type :ok :f :write :value ${deep}}`, "edn"),
    ).toHaveLength(1);
    expect(
      operationsOf(`${invoke}{:process 0 :type :info :f :write :error ${deep}}`, "edn"),
    ).toHaveLength(1);
    expect(
      errorOf(() => readForeign(`${invoke}{:error ${"#a {1 ".repeat(200_000)}`, "edn")).code,
    ).toBe("bad-edn");
  });
});

describe("values", () => {
  const values = new ValueTable();
  const same = (a: string, b: string, json = false): boolean =>
    valueIn(values, a, json) === valueIn(values, b, json);

  test("are equal as EDN means them", () => {
    expect(
      (
        [
          ["7", "7N"],
          ["+7", "7"],
          ["-0", "0"],
          ["0x10", "16"],
          ["1.50", "1.5"],
          ["15e-1", "1.5"],
          ["1.50M", "1.5M"],
          ["150e-2M", "1.5M"],
          ["2/4", "1/2"],
          ["[1 2]", "(1 2)"],
          ["#{1 2 3}", "#{3 1 2}"],
          ["{:a 1 :b 2}", "{:b 2, :a 1}"],
          ["{:a #{[1] [2]}}", "{:a #{(2) (1)}}"],
          ["#:a{:b 1}", "{:a/b 1}"],
          ['"\\u0041"', '"A"'],
        ] as const
      ).filter(([a, b]) => !same(a, b)),
    ).toEqual([]);
  });

  test("differ otherwise", () => {
    expect(
      (
        [
          ["7", "7.0"],
          ["7", '"7"'],
          ["1.5", "1.5M"],
          [":a", '":a"'],
          [":a", "a"],
          ["\\a", '"a"'],
          ["[1 2]", "[2 1]"],
          ["[1 2]", "#{1 2}"],
          ["#a 1", "#b 1"],
          ["{:a 1}", "[:a 1]"],
          ["nil", "false"],
          ['""', "nil"],
          ["9007199254740993", "9007199254740992"],
          ["[nil]", "[]"],
        ] as const
      ).filter(([a, b]) => same(a, b)),
    ).toEqual([]);
  });

  test("of JSON know one kind of number", () => {
    expect([same("7", "7.0", true), same("1e2", "100", true), same('"7"', "7", true)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(same('{"a": 1, "b": [2]}', '{"b": [2], "a": 1}', true)).toBe(true);
  });

  test("of large maps and sets are equal in any order", () => {
    const entries = Array.from({ length: 200 }, (_, i) => `:k${i} ${i}`);
    expect(same(`{${entries.join(" ")}}`, `{${[...entries].reverse().join(" ")}}`)).toBe(true);
    expect(same(`#{${entries.join(" ")}}`, `#{${[...entries].reverse().join(" ")}}`)).toBe(true);
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
      "12.0",
      "-0.5",
      "10000000000.0",
      "1000000000000000.0",
      "2.5e-12",
      "12.75M",
      "12",
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
      "0x1G",
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
    expect(readValue("#a1 2")).toBe("#a1 2");
    expect(errorOf(() => readValue("#1a 2"))).toMatchObject({
      expected: "a tag after #",
      got: "#1a",
    });
    for (const text of ["", "#tag", "; nothing"])
      expect(
        errorOf(() => readValue(text)),
        text,
      ).toMatchObject({ expected: "a value", got: "the end of the file" });
  });

  test("a string that is not known is shown as far as a line goes", () => {
    expect(errorOf(() => readValue(`"${"x".repeat(100)}\\q"`)).got).toBe(`"${"x".repeat(79)}`);
  });
});

describe("operations that say less than usual", () => {
  const event = (type: string, f: string, value: string): string =>
    `{:type :${type}, :f :${f}, :value ${value}}\n`;
  const transaction = (type: string, value: string, process?: number): string =>
    `{:type :${type}, :value ${value}${process === undefined ? "" : `, :process ${process}`}}\n`;

  test("a completion without a process belongs to the one operation that it can answer", () => {
    const text =
      event("invoke", "read", "nil") +
      event("invoke", "write", "1") +
      event("invoke", "write", "2") +
      event("ok", "write", "1") +
      event("ok", "read", "2") +
      event("fail", "write", "2");
    expect(
      operationsOf(text).map(({ f, asked, answered, outcome, endLine }) =>
        [f, asked, answered, outcome, endLine].join(" "),
      ),
    ).toEqual(["read  2 ok 5", "write 1 1 ok 4", "write 2  fail 6"]);
    expect(judged(text)).toMatchObject({ verdict: "invalid" });
  });

  test("a completion that two open operations wait for is refused, with both lines", () => {
    const text =
      event("invoke", "read", "nil") + event("invoke", "read", "nil") + event("ok", "read", "1");
    expect(errorOf(() => readForeign(text))).toMatchObject({
      code: "bad-field",
      line: 3,
      got: expect.stringContaining("lines 1 and 2"),
    });
  });

  test.each([
    ["a process behind lines without", event("invoke", "write", "1") + done("write", "2"), 2],
    ["a line without behind processes", done("write", "1") + event("invoke", "write", "2"), 3],
  ])("%s is refused", (_, text, at) => {
    expect(errorOf(() => readForeign(text))).toMatchObject({ code: "bad-field", line: at });
  });

  test("transactions without invocations are judged, but not for real time", () => {
    const cycle =
      transaction("ok", "[[:append :x 1] [:r :y [1]]]", 0) +
      transaction("ok", "[[:append :x 2] [:append :y 1]]", 1) +
      transaction("ok", "[[:r :x [1 2]]]", 2);
    expect(judged(cycle)).toMatchObject({ verdict: "invalid", judged: 3 });
    // The read is after the append in the file, but does not return the appended element.
    const late = transaction("ok", "[[:append :x 1]]", 0) + transaction("ok", "[[:r :x []]]", 1);
    expect(judged(late)).toMatchObject({
      verdict: "valid",
      notes: [expect.stringMatching(/order in real time was not judged/)],
    });
  });

  test("an invocation behind transactions without is refused", () => {
    const text =
      transaction("ok", "[[:append :x 1]]", 0) + transaction("invoke", "[[:append :x 2]]", 0);
    expect(errorOf(() => readForeign(text))).toMatchObject({ code: "no-open-operation", line: 2 });
  });

  test("Knossos' vectors may end with an error", () => {
    const text = "[0 :invoke :read nil]\n[0 :fail :read nil :conn-lost]\n";
    expect(operationsOf(text)).toMatchObject([{ f: "read", outcome: "fail" }]);
    expect(errorOf(() => readForeign("[0 :invoke :read nil :a :b]"))).toMatchObject({
      code: "bad-edn",
    });
  });

  test("reads may all be answered without the key that they asked for", () => {
    const text =
      done("add", "[7 1]") + done("add", "[7 2]") + done("read", "[7 nil]", "[1 2 3]", 1);
    expect(judged(text)).toMatchObject({
      verdict: "invalid",
      notes: [expect.stringMatching(/without|names its key/)],
    });
  });
});
