/** Histories that a search decides in few steps, because it need not try everything. */
import { describe, expect, test } from "vitest";
import { done, judged, line } from "./support.ts";

const steps = 3_000;
const verdict = (text: string, question: Parameters<typeof judged>[1] = {}): string =>
  judged(text, { ...question, budget: { steps } }).verdict;

const letters = Array.from("abcdefghijkl");
/** Operations that all overlap. */
const together = (f: string, values: readonly string[], answers = values): string =>
  values.map((value, i) => line(10 + i, "invoke", f, value)).join("") +
  answers.map((value, i) => line(10 + i, "ok", f, value)).join("");
/** Operations without an answer. */
const open = (f: string, values: readonly string[]): string =>
  values.map((value, i) => line(100 + i, "invoke", f, value)).join("");
const twelve = (value: string): string[] => letters.map(() => value);
const read = (value: string): string => done("read", "nil", value, 1);

describe("a search of a text", () => {
  const quoted = letters.map((letter) => `"${letter}"`);

  test("follows only orders that lead to the longest read", () => {
    const appends = together("append", quoted);
    const longest = read(`"${letters.toReversed().join("")}"`);
    expect(verdict(appends + longest)).toBe("valid");
    expect(verdict(appends + longest + read('"ab"'))).toBe("invalid");
    // A read of nothing at the beginning changes nothing.
    expect(verdict(read("nil") + appends + longest + read('"ab"'))).toBe("invalid");
    // The longest counts, wherever it stands.
    const first = together("append", ['"x"', '"y"']) + read('"xy"');
    expect(verdict(first + appends + read(`"xy${letters.join("")}"`) + read('"xy"'))).toBe(
      "invalid",
    );
  });

  test("leaves out appends without an answer that no read shows", () => {
    expect(verdict(done("write", '"0"') + open("append", quoted) + read('"0z"'))).toBe("invalid");
    expect(verdict(done("write", '"0"') + open("append", quoted) + read('"0b"'))).toBe("valid");
  });
});

describe("a search of a register", () => {
  const values = letters.map((_, i) => String(20 + i));
  const twice = done("write", "1") + done("write", "1");

  test("leaves out writes without an answer that nobody read", () => {
    expect(verdict(twice + open("write", values) + done("write", "2") + read("1"))).toBe("invalid");
    const cas = values.map((value) => `[1 ${value}]`);
    const all = twice + open("cas", cas) + done("write", "2") + read("1");
    expect(verdict(all, { model: "cas-register" })).toBe("invalid");
    // What a cas expected was seen.
    const seen = twice + open("write", ["7"]) + done("cas", "[7 8]") + read("8");
    expect(verdict(seen)).toBe("valid");
  });

  test("takes alike ones without an answer one after the other", () => {
    const alike = twice + open("write", twelve("3")) + read("3") + done("write", "2") + read("1");
    expect(verdict(alike)).toBe("invalid");
  });

  test("places a cas that changes nothing at once", () => {
    const same = done("write", "1") + together("cas", twelve("[1 1]"));
    expect(verdict(same + done("write", "2") + read("1"))).toBe("invalid");
  });
});

describe("a search places at once what changes nothing", () => {
  test("reads of a counter and additions of 0", () => {
    const counter = { model: "counter", guarantee: "linearizable" } as const;
    expect(verdict(together("add", twelve("0")) + read("1"), counter)).toBe("invalid");
    const reads = together("read", twelve("nil"), twelve("0"));
    expect(verdict(reads + read("1"), counter)).toBe("invalid");
  });

  test("transactions that only read, and alike ones without an answer", () => {
    const model = { model: "multi-register", initial: "0" } as const;
    const nothing = "[[:r :x nil]]";
    const reads = together("txn", twelve(nothing), twelve("[[:r :x 0]]"));
    const wrong = done("txn", nothing, "[[:r :x 5]]", 1);
    expect(verdict(reads + wrong, model)).toBe("invalid");
    expect(verdict(open("txn", twelve("[[:w :x 1]]")) + wrong, model)).toBe("invalid");
    const other = open("txn", ["[[:w :x 1]]", "[[:w :x 5]]"]);
    expect(verdict(other + wrong, model)).toBe("valid");
  });

  test("dequeues that find a queue empty", () => {
    const queue = { model: "queue", guarantee: "linearizable" } as const;
    const empty = together("dequeue", twelve("nil"));
    const twice = done("enqueue", "1") + done("enqueue", "1");
    const wrong = done("dequeue", "nil", "1") + done("dequeue", "nil", "nil");
    expect(verdict(empty + twice + wrong, queue)).toBe("invalid");
  });
});

describe("a search that would need too much memory", () => {
  const limited = (text: string, question: Parameters<typeof judged>[1]): string | undefined =>
    judged(text, { ...question, budget: { bytes: 100_000 } }).reason;

  test("ends, for texts, transactions and queues", () => {
    const texts =
      done("write", '"0"') +
      together(
        "append",
        letters.map((one) => `"${one}"`),
      );
    expect(limited(texts + read('"z"'), { model: "kv" })).toMatch(/more than 100000 bytes/);
    const writes = letters.map((one, i) => `[[:w :${one} ${i}]]`);
    const wrong = done("txn", "[[:r :a nil]]", "[[:r :a 9]]", 1);
    expect(limited(together("txn", writes) + wrong, { model: "multi-register" })).toMatch(
      /more than 100000 bytes/,
    );
    const puts = together("enqueue", [...letters.map((_, i) => String(i)), "0"]);
    const taken = puts + done("dequeue", "nil", "99");
    expect(limited(taken, { model: "queue", guarantee: "linearizable" })).toMatch(
      /more than 100000 bytes/,
    );
  });
});

test("a sequential search says that it has no more memory", () => {
  // Six ones and six twos change from 1 to 2 at most six times, and the reads show seven changes.
  const writes = letters
    .map((_, i) => done("write", String(1 + (i % 2)), undefined, 20 + i))
    .join("");
  const reads = Array.from({ length: 7 }, () => read("1") + read("2")).join("");
  const question = { model: "register", guarantee: "sequential" } as const;
  expect(judged(writes + reads, question).verdict).toBe("invalid");
  expect(judged(writes + reads, { ...question, budget: { bytes: 10_000 } })).toMatchObject({
    verdict: "unknown",
    reason: expect.stringContaining("the search would need more than 10000 bytes") as string,
  });
});
