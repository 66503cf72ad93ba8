import { describe, expect, test } from "vitest";
import { type ForeignResult, judgeForeign, readForeign } from "../../../checkers/index.ts";
import { done, errorOf, judged as judgedAs, line } from "./support.ts";
import type { ForeignJudgement, ForeignModel } from "../../../checkers/index.ts";

const read = (key: string, value: string): string =>
  done("read", `[${key} nil]`, `[${key} ${value}]`, 1);
const whole = (...parts: readonly string[]): ForeignResult =>
  judgeForeign(readForeign(parts.join("")));
const judged = (
  ...parts: readonly string[]
): ForeignJudgement & { readonly model: ForeignModel | undefined } => judgedAs(parts.join(""));

describe("tuples of jepsen.independent", () => {
  test("are judged per key, as registers", () => {
    expect(
      judged(
        done("write", "[0 1]"),
        done("write", "[1 2]"),
        read("0", "1"),
        read("1", "2"),
        read("2", "nil"),
      ),
    ).toMatchObject({ verdict: "valid", model: "register" });
    expect(judged(done("write", "[0 1]"), done("write", "[1 2]"), read("0", "2"))).toMatchObject({
      verdict: "invalid",
      anomalies: [
        { key: "0", explanation: expect.stringMatching(/^read 2 of key 0 by process 1/) },
      ],
    });
    expect(
      judged(done("write", "[0 1]"), read("1", "nil"), done("cas", "[0 [1 7]]"), read("0", "7")),
    ).toMatchObject({ verdict: "valid", model: "cas-register" });
    expect(judged(done("write", "[0 1]"), read("0", "1"), done("cas", "[0 [2 7]]"))).toMatchObject({
      verdict: "invalid",
      anomalies: [{ key: "0" }],
    });
  });

  test("hold values that are vectors, and keys of any kind, apart from one another", () => {
    expect(
      judged(done("write", "[:a [1 2]]"), read(":a", "[1 2]"), read('":a"', "nil")).verdict,
    ).toBe("valid");
    expect(judged(done("write", "[:a [1 2]]"), read(":a", "[1 3]")).verdict).toBe("invalid");
  });

  test("are read with the tags that tell them, and those alone show them without a read", () => {
    for (const tag of [
      "jepsen.independent/tuple",
      "jepsen.history.MapEntry",
      "clojure.lang.MapEntry",
      "MapEntry",
    ]) {
      const tagged = `#${tag} [0 1]`;
      expect(whole(done("write", tagged)), tag).toMatchObject({ keys: "tuples", keyCount: 1 });
      expect(
        judged(
          done("write", tagged),
          line(1, "invoke", "read", `#${tag} [0 nil]`),
          line(1, "ok", "read", tagged),
        ).verdict,
        tag,
      ).toBe("valid");
      expect(
        judged(done("write", `#${tag} [0 1]`), done("cas", `#${tag} [0 [1 7]]`)).verdict,
        tag,
      ).toBe("valid");
    }
    expect(whole(done("write", "#other/tag [0 1]")).keys).toBe("none");
  });

  test("are read from a log too", () => {
    const log =
      "INFO  jepsen.util - 0\t:invoke\t:read\t[0 nil]\nINFO  jepsen.util - 0\t:ok\t:read\t[0 3]\n";
    expect(whole(log)).toMatchObject({ format: "jepsen-log", keys: "tuples", keyCount: 1 });
  });

  test("0 is the initial value where the first read of its key shows it", () => {
    expect(judged(done("write", "[1 0]"), read("0", "0")).verdict).toBe("valid");
    expect(judged(done("write", "[0 0]"), read("0", "0"), read("1", "nil")).verdict).toBe("valid");
  });

  test("an indeterminate or failed completion may carry an error instead", () => {
    const open = line(0, "invoke", "write", "[0 1]") + line(0, "info", "write", "[:timed-out 5]");
    expect(
      judged(
        open,
        line(2, "invoke", "cas", "[0 [3 4]]"),
        line(2, "fail", "cas", ":failed"),
        read("0", "1"),
      ).verdict,
    ).toBe("valid");
  });

  test("an answer of another key is the answer of nothing", () => {
    expect(() =>
      whole(line(1, "invoke", "read", "[0 nil]"), line(1, "ok", "read", "[1 nil]")),
    ).toThrow(/line 2.*no-open-operation/);
  });
});

describe("what may be tuples and need not be stays as it is", () => {
  test("writes of vectors where reads ask for nothing", () => {
    const plain = line(1, "invoke", "read", "nil") + line(1, "ok", "read", "[0 1]");
    expect(judged(done("write", "[0 1]"), done("write", "[1 2]"), plain).verdict).toBe("invalid");
    expect(judged(done("write", "[0 1]"), plain).verdict).toBe("valid");
    expect(whole(done("write", "[0 1]"), plain).keys).toBe("none");
  });

  test("a cas alone is read both ways, and is unknown where they differ", () => {
    expect(judged(done("cas", "[nil [1 7]]")).verdict).toBe("unknown");
    expect(judged(done("cas", "[0 [1 7]]"))).toMatchObject({
      verdict: "invalid",
      model: "cas-register",
    });
    expect(judged(done("cas", "[0 [nil 7]]"))).toMatchObject({
      verdict: "unknown",
      reason: expect.stringMatching(/invalid with values taken literally, valid .*tuples/),
    });
  });
});

describe("a mixture is refused, with the first line that does not fit and what it should be", () => {
  const tuple = read("0", "nil");
  test.each([
    ["a read of nothing", line(2, "invoke", "read", "nil"), "read [key nil]", "read nil"],
    [
      "a read that asks for something",
      line(2, "invoke", "read", "[0 1]"),
      "read [key nil]",
      "read [0 1]",
    ],
    [
      "an answer without its key",
      line(2, "invoke", "read", "[0 nil]") + line(2, "ok", "read", "3"),
      "read [key value]",
      "read 3",
    ],
    ["a write of no vector", done("write", "1"), "write [key value]", "write 1"],
    ["a write of a longer vector", done("write", "[1 2 3]"), "write [key value]", "write [1 2 3]"],
    ["a cas of two values", done("cas", "[1 2]"), "cas [key [old new]]", "cas [1 2]"],
    ["a cas of three values", done("cas", "[0 [1 2 3]]"), "cas [key [old new]]", "cas [0 [1 2 3]]"],
    ["a cas of two letters", done("cas", '[0 "ab"]'), "cas [key [old new]]", 'cas [0 "ab"]'],
    ["another operation of one value", done("add", "1"), "add [key value]", "add 1"],
    [
      "a key beside the value",
      "{:process 2, :type :invoke, :f :write, :key 3, :value [0 1]}",
      "write [key value]",
      "write [0 1] with a :key",
    ],
  ])("%s", (_, more, expected, got) => {
    expect(errorOf(() => whole(tuple, more))).toMatchObject({
      code: "mixed-tuples",
      expected: expect.stringContaining(expected),
      got,
      line: more.includes(":ok, :f :read") ? 4 : 3,
    });
  });
});
