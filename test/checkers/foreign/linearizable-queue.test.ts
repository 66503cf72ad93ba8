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
      /^2 overtook 1: .* was answered in line 6, and 1 was not taken out before$/,
    );
  });

  test("takes an element for inside once it came out, although its enqueue never ended", () => {
    const open = line(5, "invoke", "enqueue", "1");
    const text = `${open + line(1, "invoke", "dequeue", "nil")}${line(1, "ok", "dequeue", "1")}${enqueue("2")}`;
    expect(linearizable(text + dequeue("2")).verdict).toBe("valid");
    expect(sentence(text + dequeue("nil"))).toMatch(
      /dequeue nil by process 1 \(line 6\) found the queue empty, but it never was while this dequeue ran: 2 was inside \(enqueue 2 by process 0 \(line 4\) was answered in line 5, and it never came out\)/,
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
      /: 1 was inside \(.*, and dequeue 1 by process 1 \(line 6\) took it out later\), then 2 was inside \(.*took it out later\)$/,
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
      /3 overtook \d: .*was not taken out before, not even by a dequeue without an answer$/,
    );
    // The second dequeue without an answer began too late to take an element out.
    expect(linearizable(lost(7) + two + dequeue("3") + lost(8)).verdict).toBe("invalid");
  });

  test("names a failed enqueue whose element came out, and an element that came out twice or too soon", () => {
    const failed = line(0, "invoke", "enqueue", "1") + line(0, "fail", "enqueue", "1");
    expect(sentence(failed + dequeue("1"))).toBe(
      "dequeue 1 by process 1 (line 3) took out what only enqueue 1 by process 0 (line 1), which failed in line 2, had tried to put in",
    );
    expect(sentence(enqueue("2") + dequeue("1"))).toMatch(/took out what nobody had put in$/);
    expect(sentence(enqueue("1") + dequeue("1") + dequeue("1"))).toMatch(
      /^dequeue 1 .*\(line 3\) and dequeue 1 .*\(line 5\) took out the same element/,
    );
    expect(sentence(dequeue("1") + enqueue("1"))).toBe(
      "dequeue 1 by process 1 (line 1) was answered in line 2, before enqueue 1 by process 0 (line 3) began",
    );
  });
});

describe("a queue is left to the search", () => {
  const decides = (rows: readonly Row[]): boolean => {
    const operations = operationsFrom(rows);
    return judgeDistinctQueue(
      operations,
      Int32Array.from(operations.start.keys()),
      new Findings("linearizable"),
    );
  };
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
});
