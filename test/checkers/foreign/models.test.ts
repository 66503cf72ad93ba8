/** Tests which model is recognised in a history, and what models say about its operations. */
import { describe, expect, test } from "vitest";
import {
  foreignModelNames,
  foreignModels,
  type ForeignQuestion,
  judgeForeign,
  readForeign,
} from "../../../checkers/index.ts";
import { done, errorOf, judged, line, read } from "./support.ts";

const said = (text: string, question?: ForeignQuestion): string => {
  const { model, verdict, reason, anomalies } = judged(text, question);
  return [model ?? "none", verdict, reason ?? anomalies[0]?.explanation ?? ""].join("; ");
};

describe("the model is chosen from all operations", () => {
  test.each<[string, string]>([
    ["register", done("write", "1") + read(1, "1")],
    ["cas-register", done("write", "1") + line(0, "invoke", "cas", "[1 2]")],
    [
      "cas-register",
      done("write", "1") + line(0, "invoke", "cas", "[1 2]") + line(0, "fail", "cas", "[1 2]"),
    ],
    ["kv", done("put", '"a"') + done("append", '"b"') + done("get", "nil", '"ab"')],
    ["set", done("add", "1") + read(1, "#{1}")],
    ["set-full", done("add", "1") + read(1, "#{}") + read(1, "#{1}")],
    ["counter", done("add", "1") + read(1, "1")],
    ["membership", done("add", "1") + done("contains", "1", "true")],
    ["queue", done("enqueue", "1") + done("dequeue", "nil", "1")],
    ["total-queue", done("enqueue", "1") + done("drain", "nil", "[1]")],
    ["mutex", done("acquire", "nil")],
    ["mutex", done("lock", "nil") + done("unlock", "nil")],
    ["unique-ids", done("generate", "nil", "1")],
    ["list-append", done("txn", "[[:append :x 1] [:r :x nil]]", "[[:append :x 1] [:r :x [1]]]")],
    ["rw-register", done("txn", "[[:w :x 1]]")],
    [
      "rw-register",
      "{:process 0, :type :invoke, :value [[:w :x 1]]}{:process 0, :type :ok, :value [[:w :x 1]]}",
    ],
    ["rw-register", done("txn", "[[:write :x 1] [:read :x nil]]")],
    ["rw-register", done("txn", "[[:w 9 1] [:r 0 nil]]") + done("write", "[[:w 8 1]]")],
    ["multi-register", done("txn", "[[:write :x 1]]") + done("txn", "[[:write :x 1]]")],
    [
      "rw-register",
      done("txn", "[[:w :x 1]]") + done("txn", "[[:w :x 1] [:r :x nil]]", "[[:w :x 1] [:r :x 9]]"),
    ],
    ["bank", done("transfer", "{:from 0, :to 1, :amount 5}") + read(1, "{0 10, 1 20}")],
    ["log", done("send", "[[:send :k 1]]", "[[:send :k [0 1]]]")],
    ["versioned-register", done("write", "[nil 3]", "[1 3]") + done("read", "[nil nil]", "[1 3]")],
  ])("%s", (model, text) => {
    expect(judged(text).model).toBe(model);
  });

  test.each<[string, string, RegExp]>([
    ["an operation of no model", done("jump", "1"), /no model has the operation jump/],
    ["Maelstrom's echo", done("echo", "1"), /echo.*Maelstrom/],
    ["operations of two models", done("write", "1") + done("enqueue", "1"), /write, enqueue/],
    ["micro-operations that are not known", done("txn", "[[:inc :x 1]]"), /inc/],
    ["transactions that only read", done("txn", "[[:r :x nil]]", "[[:r :x 1]]"), /--model/],
    ["reads of all rows", done("write", "1") + read(1, "[1]"), /causal-reverse/],
    [
      "reads that look like text",
      done("write", "1") + read(1, '"1"'),
      /no write has a value of that form/,
    ],
    ["micro-operations without a transaction", done("write", "[[:w 9 1]]"), /long-fork/],
    ["reads of neither a set nor a number", done("add", "1") + read(1, ":x"), /neither/],
    ["adds that nobody read", done("add", "1"), /nothing was read/],
    ["reads of maps without a transfer", read(1, "{0 10, 1 20}"), /--model bank/],
    ["reads of lists without a write", read(1, "[1 2]"), /nothing was written/],
  ])("%s: unknown, and what it looks like is said", (_, text, words) => {
    expect(judged(text)).toMatchObject({
      verdict: "unknown",
      model: undefined,
      reason: expect.stringMatching(words),
    });
  });

  test("a given model that does not know an operation is refused with the line", () => {
    expect(errorOf(() => judged(done("write", "1"), { model: "counter" }))).toMatchObject({
      code: "not-in-model",
      line: 1,
    });
  });

  test("the result says whether the model was given, and of no operations that there are none", () => {
    const given = (question: ForeignQuestion): boolean =>
      judgeForeign(readForeign(done("write", "1")), question).isModelGiven;
    expect([given({ model: "register" }), given({})]).toEqual([true, false]);
    expect(judged("[]").reason).toMatch(/no operation of a client/);
  });

  test("an increment without a value adds 1", () => {
    const bare = (type: string): string => `{:process 0, :type :${type}, :f :increment}\n`;
    const text = bare("invoke") + bare("ok") + read(1, "1");
    expect(judged(text)).toMatchObject({ model: "counter", verdict: "valid" });
  });

  test("every model judges by its first guarantee, and says what it means", () => {
    for (const name of foreignModelNames) {
      expect(foreignModels[name].guarantees.length).toBeGreaterThan(0);
      expect(foreignModels[name].meaning).not.toBe("");
    }
  });
});

describe("nothing that succeeded is nothing to judge", () => {
  test.each([
    line(0, "invoke", "write", "1") + line(0, "fail", "write", "1"),
    line(0, "invoke", "write", "1") + line(0, "info", "write", "1"),
    line(0, "invoke", "read", "nil"),
    line(0, "invoke", "generate", "nil") + line(0, "fail", "generate", "nil"),
    line(0, "invoke", "acquire", "nil") + line(0, "info", "acquire", "nil"),
    line(0, "invoke", "txn", "[[:w :x 1]]") + line(0, "fail", "txn", "[[:w :x 1]]"),
    line(0, "invoke", "enqueue", "1") + line(0, "info", "enqueue", "1"),
    "{:process :nemesis, :type :info, :f :start, :value nil}",
    "[]",
  ])("%j", (text) => {
    expect(judged(text)).toMatchObject({ verdict: "unknown", anomalies: [] });
  });
});

describe("readings", () => {
  test("an initial value is guessed from the first reads, and is given in EDN, JSON or as text", () => {
    const result = (text: string, initial?: string): unknown => {
      const { initial: is, judgement } = judgeForeign(
        readForeign(text),
        initial === undefined ? {} : { initial },
      );
      return [is, judgement.verdict];
    };
    expect(result(read(1, "0"))).toEqual(["0", "valid"]);
    expect(result(read(1, '""'))).toEqual(['""', "valid"]);
    expect(result(read(1, "7"))).toEqual(["nil", "invalid"]);
    expect(result(read(1, "7"), "7")).toEqual(["7", "valid"]);
    expect(result(read(1, '{"a" 1}'), '{"a": 1}')).toEqual(['{"a" 1}', "valid"]);
    expect(result(read(1, "{:a 1}"), "{:a 1}")).toEqual(["{:a 1}", "valid"]);
    expect(result(read(1, '"free text"'), "free text")).toEqual(['"free text"', "valid"]);
    expect(result(read(1, '"word"'), "word")).toEqual(['"word"', "valid"]);
    expect(result(read(1, "nil"), "nil")).toEqual(["nil", "valid"]);
  });

  test("a completion's value wins, and where the invocation's gives another verdict it is unknown", () => {
    const other = line(0, "invoke", "write", "1") + line(0, "ok", "write", "2");
    expect(said(other + read(1, "2"))).toMatch(
      /unknown; two readings differ: valid if a write's value is taken from its answer, invalid if a write's value is taken from its request/,
    );
    expect(said(other)).toMatch(/valid/);
    // An answer with a status does not have the written value.
    for (const status of ["true", '"OK"', ":ok"])
      expect(
        said(line(0, "invoke", "write", "1") + line(0, "ok", "write", status) + read(1, "1")),
      ).toMatch(/register; valid/);
  });

  test("a versioned register's written value is not taken for the initial one", () => {
    const history = done("write", "[nil 0]", "[1 0]") + done("read", "[nil nil]", "[1 0]");
    expect(judgeForeign(readForeign(history)).initial).toBe("nil");
  });

  test("a first read of what nobody wrote is invalid, and says how to give an initial value", () => {
    expect(said(read(1, "7"))).toMatch(/invalid; .*name it with --initial/);
    expect(said(done("write", "1") + read(1, "7"))).toMatch(/invalid; .*before line 4$/);
  });

  test("the order of :index and :time counts where both agree, else it is unknown", () => {
    const at = (process: number, type: string, f: string, value: string, more: string): string =>
      `{:process ${process}, :type :${type}, :f :${f}, :value ${value}, ${more}}\n`;
    const history = (...times: readonly string[]): string =>
      at(1, "invoke", "write", "1", times[0] ?? "") +
      at(1, "ok", "write", "1", times[1] ?? "") +
      at(2, "invoke", "read", "nil", times[2] ?? "") +
      at(2, "ok", "read", "1", times[3] ?? "");
    expect(said(history(":time 1", ":time 2", ":time 3", ":time 4"))).toMatch(/register; valid/);
    // The two orders differ but give the same verdict. The judgement has a note about that.
    expect(judged(history(":index 0", ":index 3", ":index 1", ":index 2"))).toMatchObject({
      verdict: "valid",
      notes: [expect.stringMatching(/order of :index.*same verdict/)],
    });
    expect(said(history(":time 3", ":time 4", ":time 1", ":time 2"))).toMatch(
      /unknown; two readings differ: invalid in the order of :time.*valid in the order of the file/,
    );
    expect(
      said(history(":index 2 :time 1", ":index 3 :time 2", ":index 0 :time 3", ":index 1 :time 4")),
    ).toMatch(/unknown; the order of operations is unclear: the event with :index/);
    expect(said(history(":time 3", ":time 4", ":time 1", ":time 2"), { order: "file" })).toMatch(
      /register; valid/,
    );
  });
});

describe("a queue", () => {
  const enqueue = (value: string): string => done("enqueue", value);
  const dequeue = (value: string): string => done("dequeue", "nil", value, 1);

  test("gives only what was put in, and no more often", () => {
    expect(said(enqueue("1") + dequeue("1"))).toMatch(/^queue; valid/);
    expect(said(enqueue("1") + dequeue("2"))).toMatch(/^queue; invalid; .*took out 2/);
    expect(said(enqueue("1") + dequeue("1") + dequeue("1"))).toMatch(/invalid/);
    expect(said(dequeue("1") + enqueue("1"))).toMatch(/invalid.*before line 2/);
    expect(
      said(line(0, "invoke", "enqueue", "1") + line(0, "fail", "enqueue", "1") + dequeue("1")),
    ).toMatch(/invalid.*failed in line 2/);
    const failed = line(0, "invoke", "enqueue", "1") + line(0, "fail", "enqueue", "1");
    expect(said(failed + enqueue("1") + dequeue("1") + dequeue("1"))).toMatch(
      /had not been put in often enough/,
    );
    expect(said(enqueue("1") + dequeue("nil") + dequeue("1"))).toMatch(/valid/);
  });

  test("may still hold what did not come out, or have lost it: two readings", () => {
    expect(said(enqueue("1") + enqueue("2") + dequeue("1"))).toMatch(
      /unknown; two readings differ.*--model queue.*--model total-queue.*enqueue 2/,
    );
    expect(said(enqueue("1"), { model: "queue" })).toMatch(/valid/);
    expect(said(enqueue("1"), { model: "total-queue" })).toMatch(/invalid; lost: enqueue 1/);
  });

  test("that was drained has lost what did not come out; what comes out twice is a note", () => {
    const drained = (values: string): string => done("drain", "nil", values, 2);
    expect(said(enqueue("1") + enqueue("2") + dequeue("1") + drained("[2]"))).toMatch(
      /total-queue; valid/,
    );
    expect(said(enqueue("1") + enqueue("2") + dequeue("1") + drained("[]"))).toMatch(
      /invalid; lost: enqueue 2/,
    );
    expect(said(enqueue("1") + drained("[1 9]"))).toMatch(
      /invalid; .*9, which nobody tried to put in/,
    );
    expect(judged(enqueue("1") + dequeue("1") + drained("[1]"))).toMatchObject({
      verdict: "valid",
      measurements: { duplicated: 1 },
      notes: [expect.stringContaining("elements came out once more often")],
    });
  });

  test("is first in, first out where it must be linearizable", () => {
    const text = enqueue("1") + enqueue("2");
    expect(judged(text + dequeue("2") + dequeue("1"), { guarantee: "linearizable" }).verdict).toBe(
      "invalid",
    );
    expect(judged(text + dequeue("1") + dequeue("2"), { guarantee: "linearizable" }).verdict).toBe(
      "valid",
    );
  });
});

describe("other objects", () => {
  test("a mutex is held by one; a lock is released by its holder", () => {
    const acquire = (process: number): string => done("acquire", "nil", "nil", process);
    const release = (process: number): string => done("release", "nil", "nil", process);
    expect(said(acquire(0) + release(0) + acquire(1))).toMatch(/mutex; valid/);
    expect(said(acquire(0) + acquire(1))).toMatch(
      /mutex; invalid; acquire by process 1 \(line 3\).*only be held/,
    );
    expect(said(acquire(0) + release(1))).toMatch(/valid/);
    expect(said(acquire(0) + release(1), { model: "lock" })).toMatch(/lock; invalid.*did not hold/);
    const crashed = line(2, "invoke", "release", "nil") + line(2, "info", "release", "nil");
    expect(said(acquire(0) + crashed + acquire(1))).toMatch(/valid/);
  });

  test("a set that is asked for one element must answer as it was when asked", () => {
    const add = done("add", "1");
    const asks = (answer: string): string => done("contains", "1", answer, 1);
    expect(said(asks("false") + add + asks("true"))).toMatch(/^membership; valid/);
    expect(said(add + asks("[1 true]"))).toMatch(/valid/);
    expect(said(add + asks("false"))).toMatch(/invalid; no-order/);
    expect(said(asks("true") + add)).toMatch(/invalid; thin-air/);
    const remove = done("remove", "1");
    expect(said(add + remove + asks("false"))).toMatch(/^membership; valid/);
    expect(said(add + remove + asks("true"))).toMatch(/invalid; no-order.*operations on 1/);
    expect(said(add + remove + add + asks("true") + read(2, "#{1}"))).toMatch(/valid/);
    const tuples = done("add", "[:x 1]") + done("contains", "[:y 1]", "[:y false]");
    const asked = done("read", "[:x nil]", "[:x #{1}]") + done("contains", "[:x 1]", "[:x true]");
    expect(said(tuples + asked)).toMatch(/^membership; valid/);
    expect(said(tuples + asked + done("contains", "[:x 1]", "[:x false]"))).toMatch(
      /invalid; key :x: no-order/,
    );
  });

  test("an answer to a question for one element is true or false", () => {
    expect(errorOf(() => judged(done("add", "1") + done("contains", "1", "7"))).expected).toBe(
      "a contains that is answered with true or false",
    );
  });

  test("an id is given once", () => {
    const generate = (id: string, process = 0): string => done("generate", "nil", id, process);
    expect(said(generate("1") + generate('"1"'))).toMatch(/unique-ids; valid/);
    expect(said(generate("1") + generate("2") + generate("1", 3))).toMatch(
      /invalid; generate 1 by process 0 \(line 1\) and generate 1 by process 3 \(line 5\) gave the same id/,
    );
  });

  test("a counter stays within its bounds, and is exact where it must be linearizable", () => {
    const add = (delta: string): string => done("add", delta);
    expect(said(add("2") + read(1, "2"))).toMatch(/counter; valid/);
    expect(said(add("2") + read(1, "3"))).toMatch(/counter; invalid/);
    const open = line(5, "invoke", "add", "4");
    expect(judged(add("2") + open + read(1, "5")).verdict).toBe("valid");
    expect(judged(add("2") + open + read(1, "5"), { guarantee: "linearizable" }).verdict).toBe(
      "invalid",
    );
    expect(judged(add("2") + open + read(1, "6"), { guarantee: "linearizable" }).verdict).toBe(
      "valid",
    );
    expect(judged(add("2") + read(1, "12"), { initial: "10" }).verdict).toBe("valid");
  });

  test("a counter whose final reads alone are right is unknown: Maelstrom's are valid", () => {
    const final = (value: string): string =>
      `{:process 1, :type :invoke, :f :read, :final? true}\n{:process 1, :type :ok, :f :read, :value ${value}, :final? true}\n`;
    const stale = done("add", "2") + read(1, "0");
    expect(said(stale + final("2"))).toMatch(/counter; unknown; two readings differ.*:final\?/);
    expect(said(stale + final("1"))).toMatch(/counter; invalid; .*line 5/);
    expect(said(done("add", "2") + final("2"))).toMatch(/counter; valid/);
  });

  test("registers may be sequential over all keys and not linearizable", () => {
    const of = (key: string, f: string, value: string, process: number): string =>
      `{:process ${process}, :type :invoke, :f :${f}, :key ${key}, :value ${f === "read" ? "nil" : value}}\n{:process ${process}, :type :ok, :f :${f}, :key ${key}, :value ${value}}\n`;
    const stale = of(":x", "write", "1", 0) + of(":x", "read", "nil", 1);
    expect(judged(stale).verdict).toBe("invalid");
    expect(judged(stale, { guarantee: "sequential" }).verdict).toBe("valid");
    // Each key alone has a sequential order, but there is none for both keys together.
    const dekker =
      of(":x", "write", "1", 0) +
      of(":y", "read", "nil", 0) +
      of(":y", "write", "1", 1) +
      of(":x", "read", "nil", 1);
    expect(judged(dekker, { guarantee: "sequential" })).toMatchObject({
      verdict: "invalid",
      anomalies: [
        {
          explanation: expect.stringMatching(
            /no order.*none of these operations fits: read nil of key :[xy] by process/,
          ),
          operations: [expect.any(Number)],
        },
      ],
    });
    expect(judged(of(":x", "read", "7", 0), { guarantee: "sequential" })).toMatchObject({
      verdict: "invalid",
      anomalies: [
        {
          guarantee: "sequential",
          explanation: expect.stringContaining("returned a value that no"),
        },
      ],
    });
  });
});

describe("workloads of jepsen.tests", () => {
  test("a bank keeps its total", () => {
    const transfer = done("transfer", "{:from 0, :to 1, :amount 5}");
    expect(said(transfer + read(1, "{0 10, 1 20}") + read(1, "{0 5, 1 25}"))).toMatch(
      /bank; valid/,
    );
    expect(said(transfer + read(1, "{0 10, 1 20}") + read(1, "{0 5, 1 24}"))).toMatch(
      /bank; invalid/,
    );
    expect(said(transfer + read(1, "{0 10, 1 20}"), { initial: "40" })).toMatch(/bank; invalid/);
    expect(errorOf(() => said(transfer + read(1, "[1]")))).toMatchObject({
      code: "bad-field",
      line: 4,
    });
  });

  test("a long fork, and a causal reverse, where they are asked for", () => {
    const write = (key: string, process: number): string =>
      done("write", `[[:w ${key} 1]]`, undefined, process);
    const readBoth = (x: string, y: string, process: number): string =>
      done("read", "[[:r :x nil] [:r :y nil]]", `[[:r :x ${x}] [:r :y ${y}]]`, process);
    const forked =
      write(":x", 0) + write(":y", 1) + readBoth("1", "nil", 2) + readBoth("nil", "1", 3);
    expect(said(forked, { model: "long-fork" })).toMatch(/invalid; long-fork/);
    expect(said(write(":x", 0) + readBoth("1", "nil", 2), { model: "long-fork" })).toMatch(/valid/);
    const rows = done("write", "1") + done("write", "2");
    expect(said(rows + read(1, "[2]"), { model: "causal-reverse" })).toMatch(
      /invalid; causal-reverse/,
    );
    expect(said(rows + read(1, "[1 2]"), { model: "causal-reverse" })).toMatch(/valid/);
  });

  test("a log loses nothing", () => {
    const send = (value: string, offset: string): string =>
      done("send", `[[:send :k ${value}]]`, `[[:send :k [${offset} ${value}]]]`);
    const poll = (messages: string, process = 1): string =>
      done("poll", "[[:poll]]", `[[:poll {:k [${messages}]}]]`, process);
    const assign = done("assign", "[:k]", "[:k]", 1);
    expect(said(send("1", "0") + send("2", "1") + assign + poll("[0 1] [1 2]"))).toMatch(
      /log; valid/,
    );
    expect(said(send("1", "0") + send("2", "1") + assign + poll("[0 1] [1 3]"))).toMatch(
      /log; invalid/,
    );
    expect(said(send("1", "0") + send("2", "0"))).toMatch(/log; invalid; inconsistent-offsets/);
  });

  test("transactions, by the level that is asked for; in JSON too", () => {
    const txn = (asked: string, answered: string, process: number): string =>
      line(process, "invoke", "txn", asked) + line(process, "ok", "txn", answered);
    const stale =
      txn("[[:append :x 1]]", "[[:append :x 1]]", 0) + txn("[[:r :x nil]]", "[[:r :x nil]]", 1);
    expect(judged(stale).verdict).toBe("invalid");
    expect(judged(stale, { guarantee: "serializable" }).verdict).toBe("valid");
    const lost =
      line(0, "invoke", "txn", "[[:r :x nil] [:append :x 1]]") +
      line(1, "invoke", "txn", "[[:r :x nil] [:append :x 2]]") +
      line(0, "ok", "txn", "[[:r :x nil] [:append :x 1]]") +
      line(1, "ok", "txn", "[[:r :x nil] [:append :x 2]]") +
      txn("[[:r :x nil]]", "[[:r :x [1 2]]]", 2);
    expect(judged(lost, { guarantee: "snapshot-isolation" }).verdict).toBe("invalid");
    expect(judged(lost, { guarantee: "read-committed" }).verdict).toBe("valid");
    const json = (type: string, value: unknown): string =>
      JSON.stringify({ process: 0, type, f: "txn", value });
    expect(
      said(`${json("invoke", [["append", "x", 1]])}\n${json("ok", [["append", "x", 1]])}\n`),
    ).toMatch(/list-append; valid/);
  });
});
