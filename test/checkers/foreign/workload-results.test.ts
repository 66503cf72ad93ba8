/** Results of workloads' checkers as judgements of a foreign history. */
import { describe, expect, test } from "vitest";
import type { WorkloadResult } from "../../../checkers/index.ts";
import { judgeKeys, resultOf } from "../../../checkers/foreign/workload-results.ts";
import { operationsFrom, type Row } from "./support.ts";

const result = (more: Partial<WorkloadResult>): WorkloadResult => ({
  verdict: "valid",
  anomalies: [],
  counts: {},
  notes: [],
  judged: 1,
  ...more,
});
const unknown = (reason: string, judged: number): WorkloadResult =>
  result({ verdict: "unknown", reason, judged });
const one = (sentence: string): WorkloadResult["anomalies"][number] => ({
  kind: "wrong",
  sentence,
  operations: [0],
});

describe("the result of one checker", () => {
  test("keeps keys and cycles of anomalies that have them, and the words of the reason", () => {
    const cycle = ["first", "then"];
    const whole = result({
      verdict: "unknown",
      reason: "Nobody read v1.2.",
      anomalies: [one("A."), { ...one("B."), key: "k" }, { ...one("C."), cycle }],
      notes: [one("Odd.")],
      counts: { wrong: 3 },
      judged: 7,
    });
    const base = { guarantee: "constant-total", operations: [0] };
    expect(resultOf(whole, "constant-total")).toStrictEqual({
      verdict: "unknown",
      reason: "nobody read v1.2",
      anomalies: [
        { ...base, explanation: "wrong: A." },
        { ...base, explanation: "wrong: B.", key: "k" },
        { ...base, explanation: "wrong: C.", cycle },
      ],
      notes: ["wrong: Odd."],
      measurements: { wrong: 3 },
      judged: 7,
    });
    // G0 is a name, and a capital in the middle stays.
    expect(resultOf(unknown("G0 of T1 is open.", 1), "constant-total").reason).toBe(
      "G0 of T1 is open",
    );
    expect(resultOf(unknown("no Order", 1), "constant-total").reason).toBe("no Order");
    expect(resultOf(result({}), "constant-total")).toStrictEqual({
      verdict: "valid",
      anomalies: [],
      notes: [],
      measurements: {},
      judged: 1,
    });
  });
});

describe("the results of several keys", () => {
  const row = (key: string): Row => ({ f: "read", value: "1", start: 0, end: 1, key });
  const judged = (
    rows: readonly Row[],
    ...results: readonly WorkloadResult[]
  ): ReturnType<typeof judgeKeys> => {
    let next = 0;
    return judgeKeys(operationsFrom(rows), "constant-total", () => results[next++] ?? result({}));
  };
  const twoKeys = [row(":a"), row(":b")];

  test("are added up, with the key before each sentence", () => {
    const bad = (sentence: string): WorkloadResult =>
      result({ verdict: "invalid", anomalies: [one(sentence)], counts: { wrong: 1 }, judged: 2 });
    expect(judged(twoKeys, bad("A."), bad("B."))).toMatchObject({
      verdict: "invalid",
      judged: 4,
      measurements: { wrong: 2 },
    });
    expect(judged(twoKeys, bad("A."), bad("B.")).anomalies).toStrictEqual([
      { guarantee: "constant-total", explanation: "key :a: wrong: A.", operations: [0], key: ":a" },
      { guarantee: "constant-total", explanation: "key :b: wrong: B.", operations: [0], key: ":b" },
    ]);
    const { key: _, ...keyless } = row(":a");
    expect(judged([keyless], bad("A.")).anomalies).toStrictEqual([
      { guarantee: "constant-total", explanation: "wrong: A.", operations: [0] },
    ]);
  });

  test("show three notes of each key", () => {
    const notes = ["1", "2", "3", "4"].map(one);
    expect(judged(twoKeys, result({ notes }), result({ notes: [one("5")] })).notes).toEqual([
      "key :a: wrong: 1",
      "key :a: wrong: 2",
      "key :a: wrong: 3",
      "key :b: wrong: 5",
    ]);
  });

  test("are unknown if a key is undecided, but not if nothing was there to judge in one", () => {
    expect(judged(twoKeys, unknown("Too long.", 3))).toMatchObject({
      verdict: "unknown",
      reason: "too long",
      judged: 4,
    });
    expect(judged(twoKeys, unknown("Never read.", 0))).toMatchObject({
      verdict: "valid",
      judged: 1,
    });
    const nothing = judged(twoKeys, unknown("Never read.", 0), unknown("Other.", 0));
    expect(nothing).toMatchObject({ verdict: "unknown", reason: "never read", judged: 0 });
  });
});
