/**
 * Tests first-in-first-out queues with distinct elements, which are decided without a search, and the sentences about
 * them.
 */
import { describe, expect, test } from "vitest";
import { Findings } from "../../../checkers/foreign/foreign-findings.ts";
import { judgeDistinctQueue } from "../../../checkers/foreign/linearizable-queue.ts";
import { done, judged, line, operationsFrom, type Row } from "./support.ts";

const linearizable = (text: string): ReturnType<typeof judged> =>
  judged(text, { model: "queue", guarantee: "linearizable" });
const sentence = (text: string): string | undefined =>
  linearizable(text).anomalies.map(({ explanation }) => explanation)[0];

const enqueue = (value: string): string => done("enqueue", value);
const dequeue = (value: string): string => done("dequeue", "nil", value, 1);

describe("a queue that is first in, first out", () => {
  test("says which element overtook which", () => {
    expect(sentence(enqueue("1") + enqueue("2") + dequeue("2") + dequeue("1"))).toBe(
      "2 overtook 1: enqueue 1 by process 0 (line 1) was answered in line 2, before enqueue 2 by process 0 (line 3) began, but dequeue 2 by process 1 (line 5) was answered in line 6, before dequeue 1 by process 1 (line 7) began",
    );
  });

  test("says which element stayed inside while a later one came out", () => {
    expect(sentence(enqueue("1") + enqueue("2") + dequeue("2"))).toMatch(
      /^2 overtook 1: .* was answered in line 6, and 1 was not taken out before that$/,
    );
  });

  test("takes an element for inside once it came out, although its enqueue never ended", () => {
    const open = line(5, "invoke", "enqueue", "1");
    const text = `${open + line(1, "invoke", "dequeue", "nil")}${line(1, "ok", "dequeue", "1")}${enqueue("2")}`;
    expect(linearizable(text + dequeue("2")).verdict).toBe("valid");
    expect(sentence(text + dequeue("nil"))).toMatch(
      /dequeue nil by process 1 \(line 6\) found the queue empty, but the queue was never empty while this dequeue ran: 2 was inside \(enqueue 2 by process 0 \(line 4\) was answered in line 5, and that element never came out\)/,
    );
    const late = line(2, "invoke", "dequeue", "nil");
    const both =
      open +
      late +
      line(2, "ok", "dequeue", "1") +
      enqueue("2") +
      line(3, "invoke", "enqueue", "3");
    expect(linearizable(both + dequeue("3") + dequeue("2")).verdict).toBe("invalid");
  });

  test("names each element that was inside, one after the other", () => {
    const text =
      enqueue("1") +
      line(9, "invoke", "dequeue", "nil") +
      enqueue("2") +
      dequeue("1") +
      line(9, "ok", "dequeue", "nil") +
      dequeue("2");
    expect(sentence(text)).toMatch(
      /: 1 was inside \(.*, and dequeue 1 by process 1 \(line 6\) took that element out later\), then 2 was inside \(.*took that element out later\)$/,
    );
    // Between dequeue 1 and enqueue 2 the queue may be empty for a moment.
    const gap =
      enqueue("1") +
      line(9, "invoke", "dequeue", "nil") +
      line(2, "invoke", "enqueue", "2") +
      dequeue("1") +
      line(2, "ok", "enqueue", "2") +
      line(9, "ok", "dequeue", "nil") +
      dequeue("2");
    expect(linearizable(gap).verdict).toBe("valid");
  });

  test("gives each dequeue without an answer one element that has to be gone", () => {
    const two = enqueue("1") + enqueue("2") + enqueue("3");
    const lost = (process: number): string => line(process, "invoke", "dequeue", "nil");
    expect(linearizable(lost(7) + lost(8) + two + dequeue("3")).verdict).toBe("valid");
    expect(sentence(lost(7) + two + dequeue("3"))).toMatch(
      /3 overtook \d: .*was not taken out before that, not even by a dequeue without an answer$/,
    );
    // The second dequeue without an answer began too late to take an element out.
    expect(linearizable(lost(7) + two + dequeue("3") + lost(8)).verdict).toBe("invalid");
  });

  test("names a failed enqueue whose element came out, and an element that came out twice or too soon", () => {
    const failed = line(0, "invoke", "enqueue", "1") + line(0, "fail", "enqueue", "1");
    expect(sentence(failed + dequeue("1"))).toBe(
      "dequeue 1 by process 1 (line 3) took out an element that only enqueue 1 by process 0 (line 1), which failed in line 2, had tried to put in",
    );
    expect(sentence(enqueue("2") + dequeue("1"))).toMatch(
      /took out an element that no operation had put in$/,
    );
    expect(sentence(enqueue("1") + dequeue("1") + dequeue("1"))).toMatch(
      /^dequeue 1 .*\(line 3\) and dequeue 1 .*\(line 5\) took out the same element/,
    );
    expect(sentence(dequeue("1") + enqueue("1"))).toBe(
      "dequeue 1 by process 1 (line 1) took out the element of enqueue 1 by process 0 (line 3), but was answered in line 2, before that enqueue began",
    );
  });
});

/** Whether the queue was decided, and what was found. */
function decided(rows: readonly Row[]): readonly string[] | "not decided" {
  const operations = operationsFrom(rows);
  const findings = new Findings("linearizable");
  const all = Int32Array.from(operations.start.keys());
  if (!judgeDistinctQueue(operations, all, findings)) return "not decided";
  return findings.conclude(rows.length).anomalies.map(({ explanation }) => explanation);
}
const put = (value: string, start: number, rest: Partial<Row> = {}): Row => ({
  f: "enqueue",
  value,
  start,
  end: start + 1,
  ...rest,
});
const take = (value: string, start: number, rest: Partial<Row> = {}): Row => ({
  f: "dequeue",
  value,
  start,
  end: start + 1,
  ...rest,
});
const lost = { end: Infinity };

describe("a queue is left to the search", () => {
  const decides = (rows: readonly Row[]): boolean => decided(rows) !== "not decided";

  test("if an element goes in twice, but not if the first time failed", () => {
    expect(decides([put("1", 0), put("1", 2)])).toBe(false);
    expect(decides([put("1", 0, { failed: true, end: Infinity }), put("1", 2)])).toBe(true);
  });

  test("if nil goes in, which a dequeue returns for nothing", () => {
    expect(decides([put("nil", 0)])).toBe(false);
  });

  test("if a dequeue found nothing, and only one without an answer can explain it", () => {
    expect(decides([put("1", 0), take("1", 2, { end: Infinity }), take("nil", 4)])).toBe(false);
    expect(decides([take("nil", 0), put("1", 2), take("1", 4, { end: Infinity })])).toBe(true);
  });

  test("if a dequeue without an answer may have emptied it before another found nothing", () => {
    const found = take("nil", 4);
    expect(decides([put("1", 0), take("9", 2, lost), found, put("2", 6)])).toBe(false);
    // Only the search knows which of two elements it took.
    expect(decides([put("1", 0), put("2", 2), take("9", 3, lost), found])).toBe(false);
    expect(decides([put("1", 0), take("1", 2), take("9", 3, lost), found])).toBe(true);
  });
});

describe("operations of a queue at equal times, or not in the order of their starts", () => {
  test("overlap if one begins when another ends", () => {
    const both = (startOf2: number): readonly Row[] => [
      put("1", 0),
      put("2", startOf2),
      take("2", 6),
      take("1", 8),
    ];
    expect(decided(both(1))).toEqual([]);
    expect(decided(both(2))).toHaveLength(1);
    // The dequeue of 1 begins when that of 2 ends.
    expect(decided([put("1", 0), put("2", 2), take("2", 6), take("1", 7)])).toEqual([]);
  });

  test("name the earlier element that came out last", () => {
    const rows = [put("1", 0), put("2", 0), put("3", 2), take("3", 4), take("2", 9), take("1", 7)];
    expect(decided(rows)).toEqual([expect.stringMatching(/^3 overtook 2: /)]);
    const other = [put("1", 0), put("2", 0), put("3", 2), take("3", 4), take("1", 9), take("2", 7)];
    expect(decided(other)).toEqual([expect.stringMatching(/^3 overtook 1: /)]);
  });

  test("give the dequeue without an answer that began first the element that must be out first", () => {
    const puts = [put("1", 0), put("2", 2), put("3", 4), put("4", 6)];
    // 1 must be out by 9, and 3 by 13; two dequeues began at 8 and 12, and stand in the file in the other order.
    const open = [take("9", 12, lost), take("9", 8, lost)];
    expect(decided([...puts, ...open, take("2", 8), take("4", 12)])).toEqual([]);
    expect(decided([...puts, take("9", 12, lost), take("2", 8), take("4", 12)])).toHaveLength(2);
    expect(decided([...puts, take("9", 10, lost), take("9", 12, lost), take("2", 8)])).toEqual([
      expect.stringMatching(/^2 overtook 1: .*not even by a dequeue without an answer$/),
    ]);
    // At the very end of the later dequeue it may still begin.
    expect(decided([put("1", 0), put("2", 2), take("2", 8), take("9", 9, lost)])).toEqual([]);
  });

  test("name the later element that came out first", () => {
    const rows = [put("1", 0), put("2", 2), put("3", 4), take("3", 6), take("2", 8)];
    expect(decided(rows)).toEqual([
      expect.stringMatching(/^3 overtook 2: /),
      expect.stringMatching(/^3 overtook 1: .*, and 1 was not taken out before that$/),
    ]);
  });

  test("find the queue empty at the very end of one element and the beginning of another", () => {
    const stay = [put("1", 0), take("1", 5)];
    expect(decided([...stay, take("nil", 2, { end: 4 })])).toHaveLength(1);
    expect(decided([...stay, take("nil", 2, { end: 5 })])).toEqual([]);
    expect(decided([...stay, take("nil", 1, { end: 4 })])).toEqual([]);
    // The dequeues that found nothing stand in another order than they began.
    const two = [take("nil", 2, { end: 3 }), take("nil", 0.5, { end: 8 })];
    expect(decided([...stay, ...two])).toHaveLength(1);
  });

  test("prove by a chain of elements that the queue was never empty, up to the end", () => {
    const rows = [
      put("1", 0),
      take("nil", 4, { end: 6 }),
      put("2", 2, { end: 5 }),
      take("1", 6),
      take("2", 10),
    ];
    expect(decided(rows)).toEqual([
      expect.stringMatching(/: 1 was inside \(.*\), then 2 was inside \(.*\)$/),
    ]);
    // Of several elements that stay inside, the sentence names the one that stays longest, and none before the last gap.
    const many = [
      put("0", -9),
      take("0", -7),
      put("1", 0),
      put("2", 0.5),
      put("3", 0.7),
      take("nil", 4, { end: 8 }),
      take("1", 5),
      take("2", 12, { end: 20 }),
      take("3", 9, { end: 20 }),
    ];
    expect(decided(many)).toEqual([
      expect.stringMatching(/was never empty while this dequeue ran: 2 was inside \([^:]*\)$/),
    ]);
  });

  test("say that an element was in when it came out, if its enqueue ended later", () => {
    const rows = [put("1", 0, { end: 9 }), put("2", 3), take("1", 1), take("2", 5), take("nil", 7)];
    expect(decided(rows)).toEqual([]);
    const swapped = [put("1", 0, lost), take("1", 1, { end: 9 }), take("nil", 4)];
    expect(decided(swapped)).toEqual([]);
  });

  test("do not go on where what came out is wrong already", () => {
    const rows = [put("1", 0), put("2", 2), take("2", 4), take("1", 6), take("9", 8)];
    expect(decided(rows)).toEqual([
      expect.stringMatching(/took out an element that no operation had put in$/),
    ]);
    expect(decided([...rows.slice(0, 4), take("nil", 3, { end: 3.5 })])).toEqual([
      expect.stringMatching(/^2 overtook 1/),
    ]);
  });

  test("count an enqueue without an answer only if its element came out", () => {
    expect(decided([put("1", 0, lost), take("nil", 4)])).toEqual([]);
    expect(decided([put("1", 0, lost), put("2", 2), take("2", 4), take("1", 6)])).toEqual([]);
  });
});
