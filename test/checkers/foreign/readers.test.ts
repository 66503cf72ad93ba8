import { describe, expect, test } from "vitest";
import { formatOf, HistoryError, readForeign, readValue } from "../../../checkers/index.ts";
import type { HistoryErrorCode } from "../../../checkers/index.ts";

const invoke = "{:process 0, :type :invoke, :f :write, :value 1}";
const ok = "{:process 0, :type :ok, :f :write, :value 1}";
const write = { op: 0, process: "0", f: "write", key: "", value: "1", expected: null, start: 0, end: 1, startLine: 1, endLine: 2 };

describe("Jepsen's EDN", () => {
  test.each([
    ["a map a line", `${invoke}\n${ok}\n`],
    ["a vector", `[${invoke}\n${ok}]`],
    ["a list", `(${invoke}\n ${ok})\n`],
    ["comments, commas and what is discarded", `[${invoke}, ; so far\n#_ {:process 0} ${ok}] ; the end`],
    ["tagged records", `#jepsen.history.Op{:index 0, :time 5, :process 0, :type :invoke, :f :write, :value 1}\n#jepsen.history.Op ${ok}`],
    ["a nemesis beside it", `${invoke}{:process :nemesis, :type :info, :f :kill, :value nil}\n${ok}`],
  ])("reads %s", (name, text) => {
    const end = name.startsWith("a nemesis") ? write.end : 1;
    expect(readForeign("edn", text).operations).toEqual([{ ...write, end }]);
  });

  test("an info write stays open, an info or failed read says nothing, a failed write did not happen", () => {
    const text = [
      "{:process 0 :type :invoke :f :write :value 1}", "{:process 0 :type :info :f :write :value :timed-out}",
      "{:process 1 :type :invoke :f :read :value nil}", "{:process 1 :type :info :f :read :value nil}",
      "{:process 2 :type :invoke :f :cas :value [1 2]}", "{:process 2 :type :fail :f :cas :value [1 2]}",
      "{:process 3 :type :invoke :f :cas :value [1 nil]}",
    ].join("\n");
    expect(readForeign("edn", text).operations).toEqual([
      { ...write, end: Infinity, endLine: 2 },
      { op: 3, process: "3", f: "cas", key: "", value: null, expected: "1", start: 6, end: Infinity, startLine: 7, endLine: undefined },
    ]);
  });

  test("Porcupine's key-value text is a map a line, with a key", () => {
    const text = '{:process 4, :type :invoke, :f :append, :key "7", :value "x 0 \\"1\\" y"}\n{:process 4, :type :ok, :f :append, :key "7", :value "x"}\n{:process 4, :type :invoke, :f :get, :key "7", :value nil}\n{:process 4, :type :ok, :f :get, :key "7", :value "x\ny"}\n';
    expect(readForeign("edn", text).operations).toMatchObject([{ f: "append", key: "7", value: '"x 0 \\"1\\" y"' }, { f: "read", key: "7", value: '"x\\ny"', endLine: 4 }]);
  });

  test("a string, a keyword and a number that look alike differ", () => {
    expect([":a", '":a"', "a", '"a"', "1", '"1"', "123456789012345678901", "1.5", "1/2", "nil", "[1 :a]", "{:a 1}", "#{1}"].map(readValue)).toEqual([
      ":a", '":a"', "a", '"a"', "1", '"1"', "123456789012345678901", "1.5", "1/2", null, "[1 :a]", "{:a 1}", "{1}".replace("{1}", "[1]"),
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
    ["a type that is a string", "bad-field", 1, '{:process 0, :type "invoke", :f :read, :value nil}'],
    ["an unknown function", "bad-field", 2, `${invoke}\n{:process 1, :type :invoke, :f :toString, :value nil}`],
    ["no value", "bad-field", 1, "{:process 0, :type :invoke, :f :read}"],
    ["a cas of one value", "bad-field", 1, "{:process 0, :type :invoke, :f :cas, :value [1]}"],
    ["an invoke while one is open", "still-open", 2, `${invoke}\n${invoke}`],
    ["a completion of nothing", "no-open-operation", 1, ok],
    ["a completion of something else", "no-open-operation", 2, `${invoke}\n{:process 0, :type :ok, :f :read, :value 1}`],
  ])("refuses %s", (_, code, line, text) => {
    expect(errorOf(() => readForeign("edn", text))).toMatchObject({ code, line });
  });
});

describe("Jepsen's log", () => {
  const lines = ["INFO  jepsen.core - Worker 0 starting", "INFO  jepsen.util - 0\t:invoke\t:write\t1", "2015-01-01 10:00:00,000 INFO  jepsen.util - 0 :ok :write 1", ""];

  test("reads operations and passes over other loggers", () => {
    expect(readForeign("jepsen-log", lines.join("\n")).operations).toEqual([{ ...write, startLine: 2, endLine: 3 }]);
  });

  test("passes over the nemesis", () => {
    expect(readForeign("jepsen-log", `INFO  jepsen.util - :nemesis\t:info\t:start\tnil\n${lines.join("\n")}`).operations).toHaveLength(1);
  });

  test.each<[string, HistoryErrorCode, string]>([
    ["a line of another kind", "bad-line", "hello"],
    ["an operation without a value", "bad-line", "INFO  jepsen.util - 0\t:invoke\t:write"],
    ["an unknown function", "bad-field", "INFO  jepsen.util - 0\t:invoke\t:jump\t1"],
    ["a process that is no number", "bad-field", "INFO  jepsen.util - zero\t:invoke\t:read\tnil"],
    ["a value that is cut off", "bad-edn", "INFO  jepsen.util - 0\t:invoke\t:cas\t[1 2"],
  ])("refuses %s", (_, code, bad) => {
    expect(errorOf(() => readForeign("jepsen-log", [...lines.slice(0, 3), bad].join("\n")))).toMatchObject({ code, line: 4 });
  });
});

test("a format is known by how a file begins", () => {
  expect(formatOf('{"e":"run"')).toBe("quorate");
  expect(formatOf("")).toBe("quorate");
  for (const text of ["[{:process 0", "({", "; a comment\n {:type :ok", "#jepsen.history.Op{"]) expect(formatOf(text)).toBe("edn");
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
