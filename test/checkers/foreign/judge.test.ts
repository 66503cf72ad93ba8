import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type ForeignGuarantee,
  type ForeignJudgement,
  type ForeignModel,
  HistoryError,
} from "../../../checkers/index.ts";
import { judged as judgedAs, line, read } from "./support.ts";

const fixtures = resolve(import.meta.dirname, "../../fixtures/histories");
/** The folder with the whole collection of histories. It may be missing. */
const collection = resolve(import.meta.dirname, "../../../../shared/histories");

const judged = (
  text: string,
  guarantee: ForeignGuarantee = "linearizable",
  model?: ForeignModel,
): ForeignJudgement => judgedAs(text, { guarantee, ...(model === undefined ? {} : { model }) });

describe("known verdicts", () => {
  test.each([
    ["etcd_000.log", "invalid"],
    ["etcd_002.log", "valid"],
    ["rethink-fail-minimal.edn", "invalid"],
    ["immediate-failure.edn", "invalid"],
    ["memstress3-90.edn", "valid"],
  ])("%s is %s", (file, verdict) => {
    expect(judged(readFileSync(join(fixtures, file), "utf8")).verdict).toBe(verdict);
  });

  test.skipIf(!existsSync(collection))("the whole collection", () => {
    const etcd = JSON.parse(readFileSync(join(collection, "etcd/verdicts.json"), "utf8")) as Record<
      string,
      boolean
    >;
    const wanted = Object.entries(etcd).map(([file, legal]): [string, string] => [
      `etcd/${file}`,
      legal ? "valid" : "invalid",
    ]);
    // No operation succeeded in these two histories.
    const empty = ["mongodb-v0-ack-rollback-.edn", "mongodb-v0-ack-rollback-11.edn"];
    for (const folder of ["good", "bad"])
      for (const file of readdirSync(join(collection, "cas-register", folder)))
        wanted.push([
          `cas-register/${folder}/${file}`,
          empty.includes(file) ? "unknown" : folder === "good" ? "valid" : "invalid",
        ]);
    expect(wanted).toHaveLength(52 + 59);
    const got = wanted.map(([file]) => [
      file,
      judged(readFileSync(join(collection, file), "utf8")).verdict,
    ]);
    expect(got).toEqual(wanted);
  });
});

describe("the sentence", () => {
  test("names the operation that cannot be placed, and what the register could hold", () => {
    const [anomaly] = judged(readFileSync(join(fixtures, "etcd_000.log"), "utf8")).anomalies;
    expect(anomaly?.explanation).toMatch(
      new RegExp(
        "^read 2 by process 11 \\(line 85\\) was answered in line 86 and cannot be placed: the \\d+ operations that " +
          "were answered before line 86 can be put in order .* but after that the register can only hold " +
          "0 or 1 or 3 or 4$",
      ),
    );
    expect(anomaly?.operations).toHaveLength(2);
  });

  test("of values that are written once, names the two that each come before the other", () => {
    const [anomaly] = judged(
      line(0, "invoke", "write", "1") +
        line(0, "ok", "write", "1") +
        line(0, "invoke", "write", "2") +
        line(0, "ok", "write", "2") +
        read(1, "1"),
    ).anomalies;
    expect(anomaly?.explanation).toBe(
      "read 1 by process 1 (line 5) returned 1, although 2 had been written before that read began, and " +
        "write 2 by process 0 (line 3) began after 1 had been written",
    );
    expect(anomaly?.operations).toEqual([0, 1, 2]);
  });
});

describe("of several reads that returned the newer value", () => {
  const [first, second] = [
    line(0, "invoke", "write", "1") + line(0, "ok", "write", "1") + line(0, "invoke", "write", "2"),
    line(0, "ok", "write", "2"),
  ];

  test("the sentence names the one that ended before the stale read began", () => {
    const text = first + read(2, "2") + read(1, "1") + second + read(2, "2");
    expect(judged(text).anomalies).toMatchObject([
      {
        explanation:
          "read 1 by process 1 (line 6) returned 1, although read 2 by process 2 (line 4) had returned 2 " +
          "before that read began, and write 2 by process 0 (line 3) began after 1 had been written",
        operations: [0, 1, 2, 3],
      },
    ]);
  });

  test("the sentence names none where the writes suffice", () => {
    const [anomaly] = judged(first + second + read(1, "1") + read(1, "2")).anomalies;
    expect(anomaly?.explanation).not.toContain("read 2");
    expect(anomaly?.operations).toEqual([0, 1, 2]);
  });

  test("the stale read is accused at every level, not the right one that came after it", () => {
    for (const level of ["linearizable", "regular", "regular-stamped"] as const)
      expect(
        judged(first + second + read(1, "1") + read(1, "2"), level).anomalies[0]?.explanation,
      ).toMatch(
        /^read 1 by process 1 \(line 5\) returned 1, although 2 had been written before that read began, and /,
      );
  });

  test("the sentence names the read that shows what an unanswered write wrote", () => {
    const text = line(0, "invoke", "write", "1") + read(1, "1") + read(2, "nil");
    expect(judged(text).anomalies).toMatchObject([
      {
        explanation:
          "read nil by process 2 (line 4) returned the initial value, although read 1 by process 1 (line 2) " +
          "had returned 1 before that read began, and 1 is newer than the initial value",
        operations: [0, 1, 2],
      },
    ]);
  });
});

describe("levels and models", () => {
  const inversion =
    line(0, "invoke", "write", "1") + read(1, "1") + read(2, "nil") + line(0, "ok", "write", "1");

  test("a new/old inversion is regular and not linearizable", () => {
    expect([
      judged(inversion).verdict,
      judged(inversion, "regular").verdict,
      judged(inversion, "regular-stamped").verdict,
    ]).toEqual(["invalid", "valid", "valid"]);
  });

  test("a read of what nobody wrote is illegal at every level", () => {
    for (const level of ["linearizable", "regular", "regular-stamped"] as const)
      expect(judged(read(1, "7"), level).verdict).toBe("invalid");
  });

  test("a value written twice, and the initial value written again, are no matter of the ladder", () => {
    const twice = `${line(0, "invoke", "write", "1")}${line(0, "ok", "write", "1")}`.repeat(2);
    expect(judged(twice, "regular").verdict).toBe("unknown");
    expect(judged(twice + read(1, "1")).verdict).toBe("valid");
  });

  test("the initial value is 0 where the first answer shows it and nothing had begun to write it", () => {
    expect(judged(read(1, "0")).verdict).toBe("valid");
    expect(judged(line(0, "invoke", "write", "0") + read(1, "0") + read(2, "nil")).verdict).toBe(
      "invalid",
    );
    expect(
      judged(line(0, "invoke", "write", "3") + line(0, "fail", "write", "3") + read(1, "3"))
        .verdict,
    ).toBe("invalid");
  });

  test("a model that does not know an operation refuses it, with its line", () => {
    expect(() =>
      judged(read(1, "nil") + line(0, "invoke", "cas", "[1 2]"), "linearizable", "register"),
    ).toThrow(HistoryError);
    expect(() =>
      judged(read(1, "nil") + line(0, "invoke", "cas", "[1 2]"), "linearizable", "register"),
    ).toThrow(/line 3.*not-in-model/);
  });

  test("keys are judged apart", () => {
    const put = (key: string, value: string): string =>
      `{:process 0, :type :invoke, :f :put, :key "${key}", :value "${value}"}\n{:process 0, :type :ok, :f :put, :key "${key}", :value "${value}"}\n`;
    const get = (key: string, value: string): string =>
      `{:process 1, :type :invoke, :f :get, :key "${key}", :value nil}\n{:process 1, :type :ok, :f :get, :key "${key}", :value "${value}"}\n`;
    expect(judged(put("a", "1") + put("b", "2") + get("a", "1")).verdict).toBe("valid");
    expect(judged(put("a", "1") + put("b", "2") + get("a", "2"))).toMatchObject({
      verdict: "invalid",
      anomalies: [{ key: "a" }],
    });
    expect(judged(get("a", "")).verdict).toBe("valid");
  });

  test("appends to lists are no appends to text", () => {
    const lists = line(0, "invoke", "append", "1") + line(0, "ok", "append", "1") + read(1, "[1]");
    expect(judged(lists)).toMatchObject({
      verdict: "unknown",
      reason: expect.stringContaining("--model list-append"),
    });
    expect(() => judged(lists, "linearizable", "kv")).toThrow(
      /line 1: expected a text as the value in the model kv, got append 1 \(not-in-model\)/,
    );
  });

  test("an empty file is no legal history", () => {
    expect(judged("[]")).toMatchObject({ verdict: "unknown" });
  });
});

describe("the general search says", () => {
  const sequence = (
    ...operations: readonly (readonly [f: string, value: string, returned?: string])[]
  ): string =>
    operations
      .map(
        ([f, value, returned], i) =>
          line(i, "invoke", f, returned === undefined ? value : "nil") +
          line(i, "ok", f, returned ?? value),
      )
      .join("");
  const kv = (f: string, key: string, value: string, type = "ok"): string =>
    `{:process 0, :type :invoke, :f :${f}, :key "${key}", :value ${f === "get" ? "nil" : value}}\n${type === "" ? "" : `{:process 0, :type :${type}, :f :${f}, :key "${key}", :value ${value}}\n`}`;

  test("what cannot be placed, after what, and what the register could hold", () => {
    const twice = sequence(["write", "2"], ["write", "1"], ["write", "1"]);
    expect(judged(twice + read(9, "2")).anomalies).toEqual([
      {
        guarantee: "linearizable",
        explanation:
          "read 2 by process 9 (line 7) was answered in line 8 and cannot be placed: the 3 operations that " +
          "were answered before line 8 can be put in order (in one such order the last change is write 1 by " +
          "process 2 (line 5)), but after that the register can only hold 1",
        operations: [2, 3],
        part: [0, 2, 3],
      },
    ]);
    expect(
      judged(sequence(["cas", "[3 4]"]) + line(9, "invoke", "write", "3")).anomalies,
    ).toMatchObject([
      {
        explanation:
          "cas 3 → 4 by process 0 (line 1) found a value that no operation had written before line 2",
      },
    ]);
    expect(
      judged(line(9, "invoke", "write", "4") + sequence(["cas", "[3 4]"])).anomalies,
    ).toMatchObject([
      {
        explanation:
          "cas 3 → 4 by process 0 (line 2) found a value that no operation had written before line 3",
      },
    ]);
    expect(
      judged(sequence(["write", "1"], ["cas", "[1 2]"], ["read", "2", "2"], ["cas", "[1 5]"]))
        .anomalies,
    ).toEqual([
      {
        guarantee: "linearizable",
        explanation:
          "cas 1 → 5 by process 3 (line 7) was answered in line 8 and cannot be placed: the 3 operations that " +
          "were answered before line 8 can be put in order (in one such order the last change is cas 1 → 2 by " +
          "process 1 (line 3)), but after that the register can only hold 2",
        operations: [1, 3],
        part: [0, 1, 3],
      },
    ]);
    const concurrent =
      Array.from({ length: 7 }, (_, i) => line(i, "invoke", "write", String(i + 1))).join("") +
      Array.from({ length: 7 }, (_, i) => line(i, "ok", "write", String(i + 1))).join("");
    expect(
      judged(
        sequence(["write", "8"]) +
          concurrent +
          line(20, "invoke", "cas", "[8 9]") +
          line(20, "ok", "cas", "[8 9]"),
      ).anomalies.map(({ explanation }) => explanation),
    ).toEqual([
      "cas 8 → 9 by process 20 (line 17) was answered in line 18 and cannot be placed: the 8 operations " +
        "that were answered before line 18 can be put in order (in one such order the last change is write 7 " +
        "by process 6 (line 9)), but after that the register can only hold 1 or 2 or 3 or 4 or 5 or one of 2 " +
        "other values",
    ]);
    expect(
      judged(kv("put", "a", '"x"') + kv("append", "a", '"y"') + kv("get", "a", '"yx"')).anomalies,
    ).toEqual([
      {
        guarantee: "linearizable",
        explanation:
          'read "yx" of key a by process 0 (line 5) was answered in line 6 and cannot be placed: the 2 ' +
          "operations that were answered before line 6 can be put in order (in one such order the last change " +
          'is append "y" of key a by process 0 (line 3)), but after that the register can only hold "xy"',
        operations: [1, 2],
        part: [2],
        key: "a",
      },
    ]);
  });

  test("why it gave up, for each key", () => {
    const text =
      kv("put", "a", '"x"') +
      kv("append", "a", '"y"') +
      kv("get", "a", '"xy"') +
      kv("append", "b", '"y"');
    const ask = (source: string, steps: number): ForeignJudgement =>
      judgedAs(source, { budget: { steps, bytes: 1e9 } });
    expect(ask(text, 0)).toMatchObject({
      verdict: "unknown",
      reason: "the searches took more than 0 steps (and 1 more)",
      anomalies: [],
      judged: 4,
    });
    expect(ask(text, 100)).toMatchObject({ verdict: "valid", anomalies: [], judged: 4 });
    expect(ask(sequence(["write", "1"], ["write", "1"]), 1)).toMatchObject({
      verdict: "unknown",
      reason: "the search took more than 1 steps",
      anomalies: [],
      judged: 2,
    });
  });

  test("appends go to the end of what is there", () => {
    const verdict = (...parts: readonly string[]): string => judged(parts.join("")).verdict;
    expect(
      verdict(kv("append", "a", '"x"'), kv("append", "a", '"y"'), kv("get", "a", '"xy"')),
    ).toBe("valid");
    expect(
      verdict(kv("append", "a", '"x"'), kv("append", "a", '"y"'), kv("get", "a", '"yx"')),
    ).toBe("invalid");
    expect(verdict(kv("append", "a", '"x"'), kv("append", "a", '"x"'), kv("get", "a", '"x"'))).toBe(
      "invalid",
    );
    expect(verdict(kv("append", "a", '"x"'), kv("get", "a", '""'))).toBe("invalid");
    expect(verdict(kv("put", "a", "nil"), kv("append", "a", '"x"'), kv("get", "a", '"x"'))).toBe(
      "valid",
    );
    expect(verdict(kv("append", "a", "nil"), kv("get", "a", '""'))).toBe("valid");
  });

  test("an indeterminate operation may have happened where its value is read or expected", () => {
    const open = (f: string, value: string): string => line(50, "invoke", f, value);
    expect(
      judged(
        sequence(["write", "1"], ["write", "1"]) + open("write", "7") + sequence(["cas", "[7 8]"]),
      ).verdict,
    ).toBe("valid");
    expect(
      judged(sequence(["write", "1"], ["write", "1"]) + open("write", "7") + read(60, "7")).verdict,
    ).toBe("valid");
    expect(
      judged(sequence(["write", "1"], ["write", "1"]) + open("cas", "[1 7]") + read(60, "7"))
        .verdict,
    ).toBe("valid");
    expect(
      judged(sequence(["write", "1"], ["write", "1"]) + open("cas", "[2 7]") + read(60, "7"))
        .verdict,
    ).toBe("invalid");
  });
});

describe("models, levels and the initial value", () => {
  const all = line(0, "invoke", "write", "1") + line(0, "ok", "write", "1");

  test("a level is unknown where values are written again, with why", () => {
    expect(judged(all + all, "regular")).toMatchObject({
      verdict: "unknown",
      reason: "regular can be judged only for reads and writes of values that are written once",
      anomalies: [],
    });
  });

  test("the message of an operation that the model does not know", () => {
    expect(() =>
      judged(all + line(1, "invoke", "cas", "[1 2]"), "linearizable", "register"),
    ).toThrow("expected an operation of the model register (read, write), got cas");
    expect(() =>
      judged(all + line(1, "invoke", "append", "1"), "linearizable", "cas-register"),
    ).toThrow("expected an operation of the model cas-register (read, write, cas), got append");
  });

  test("0 is the initial value by the read that was answered first, not by one that began first", () => {
    const early = line(1, "invoke", "read", "nil") + read(2, "0") + line(1, "ok", "read", "5");
    expect(judged(line(0, "invoke", "write", "5") + early).verdict).toBe("valid");
    expect(judged(read(2, "nil") + read(1, "0")).verdict).toBe("invalid");
    expect(judged(line(0, "invoke", "cas", "[1 0]") + read(1, "0")).verdict).toBe("invalid");
    expect(
      judged(read(1, "0") + line(0, "invoke", "write", "0") + line(0, "ok", "write", "0")).verdict,
    ).toBe("valid");
  });

  test("a read that ended before its write began, and the operations that contradict each other", () => {
    expect(judged(read(1, "1") + all).anomalies).toEqual([
      {
        guarantee: "linearizable",
        explanation:
          "read 1 by process 1 (line 1) returned a value that no operation had written before line 2",
        operations: [0, 1],
      },
    ]);
    expect(judged(all + read(1, "nil")).anomalies).toEqual([
      {
        guarantee: "linearizable",
        explanation:
          "read nil by process 1 (line 3) returned the initial value, although 1 had been written before that " +
          "read began, and 1 is newer than the initial value",
        operations: [0, 1],
      },
    ]);
  });
});
