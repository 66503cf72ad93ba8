/** Texts to which operations append, refuted without a search. */
import { describe, expect, test } from "vitest";
import { Findings } from "../../../checkers/foreign/foreign-findings.ts";
import { refuteText } from "../../../checkers/foreign/refute-text.ts";
import { operationsFrom, type Row, valueIn } from "./support.ts";

/** A row from `start` to one later. */
const row = (
  f: Row["f"],
  value: string,
  start: number,
  more: Partial<Omit<Row, "f" | "value">> = {},
): Row => ({ f, value: value === "nil" ? value : `"${value}"`, start, end: start + 1, ...more });
const append = (value: string, start: number, more: Partial<Row> = {}): Row =>
  row("append", value, start, more);
const read = (value: string, start: number, more: Partial<Row> = {}): Row =>
  row("read", value, start, more);

/** The sentences, or false if nothing is found. */
function refuted(rows: readonly Row[], initial = '""'): readonly string[] | false {
  const operations = operationsFrom(rows);
  const findings = new Findings("linearizable");
  const all = Int32Array.from(rows.keys());
  const isRefuted = refuteText(operations, all, valueIn(operations.values, initial), findings);
  const { anomalies } = findings.conclude(rows.length);
  expect(isRefuted).toBe(anomalies.length > 0);
  return isRefuted && anomalies.map(({ explanation }) => explanation);
}

describe("a text that was read", () => {
  test("ends with something that was written or appended", () => {
    const appends = [append("ab", 0), append("c", 2)];
    expect(refuted([...appends, read("abc", 4)])).toBe(false);
    expect(refuted([...appends, read("ab", 1.5), read("abc", 4)])).toBe(false);
    expect(refuted([...appends, read("abcd", 4)])).toEqual([
      'read "abcd" by process 2 (line 5) returned a text whose end no operation wrote or appended',
    ]);
    expect(refuted([row("write", "xy", 0), append("z", 2), read("xy", 1.5)])).toBe(false);
    expect(refuted([row("write", "xy", 0), append("z", 2), read("y", 4)])).toHaveLength(1);
  });

  test("may be the initial one, or empty, or nil", () => {
    const one = append("a", 4);
    expect(refuted([read("old", 0), one], '"old"')).toBe(false);
    expect(refuted([read("old", 0), one])).toHaveLength(1);
    expect(refuted([read("", 0), one], "nil")).toBe(false);
    expect(refuted([read("nil", 0), one])).toBe(false);
  });

  test("is not explained by an append that failed, and may be by one without an answer", () => {
    expect(refuted([append("b", 0, { end: Infinity }), read("b", 4)])).toBe(false);
    expect(refuted([append("b", 0, { failed: true }), read("b", 4)])).toHaveLength(1);
    // What a read returned is nothing that was appended.
    expect(refuted([append("a", 0), read("q", 4), read("q", 6)])).toHaveLength(2);
    // An append of nil appends nothing.
    expect(refuted([append("nil", 0), append("a", 1), read("anil", 4)])).toHaveLength(1);
  });

  test("is unknown if the read has no answer", () => {
    expect(refuted([append("a", 0), read("a", 2), read("b", 4, { end: Infinity })])).toBe(false);
  });
});

describe("a text that only grows", () => {
  const three = [append("a", 0), append("b", 0), append("c", 0)];

  test("begins with every shorter text that was read", () => {
    expect(refuted([...three, read("abc", 6), read("a", 2), read("ab", 4)])).toBe(false);
    expect(refuted([...three, read("ab", 4), read("ca", 6)])).toEqual([
      'read "ab" by process 3 (line 7) and read "ca" by process 4 (line 9) contradict each other: the text only grows, but neither begins with the other',
    ]);
    // A key is named.
    const keyed = [...three, read("ab", 4), read("cba", 6)].map((one) => ({ ...one, key: ":k" }));
    expect(refuted(keyed)).toEqual([
      'read "ab" of key :k by process 3 (line 7) and read "cba" of key :k by process 4 (line 9) contradict each other: the text only grows, but neither begins with the other',
    ]);
  });

  test("is not shorter than what an earlier read returned", () => {
    const reads = (later: number): Row[] => [
      ...three,
      read("abc", 4, { end: 6 }),
      read("a", later),
    ];
    expect(refuted(reads(5))).toBe(false);
    expect(refuted(reads(6))).toBe(false);
    expect(refuted(reads(7))).toEqual([
      'read "abc" by process 3 (line 7) and read "a" by process 4 (line 9) contradict each other: the text only grows, but the second began after the first had ended, and is shorter',
    ]);
    // Nil is the empty text.
    expect(refuted([...three, read("a", 4), read("nil", 8)])).toEqual([
      expect.stringMatching(/read "a" .* and read nil .* and is shorter$/),
    ]);
    // The longest of those that had ended counts, and not the last.
    const several = [read("abc", 2), read("ab", 2.5, { end: 5 }), read("ab", 6)];
    expect(refuted([...three, ...several])).toEqual([
      expect.stringMatching(/^read "abc" by process 3 \(line 7\) and read "ab" by process 5/),
    ]);
    expect(refuted([...three, read("ab", 2), read("ab", 6), read("abc", 8)])).toBe(false);
  });

  test("is another matter if something was written, but not if the write failed", () => {
    const again = [...three, read("abc", 4), read("a", 8)];
    expect(refuted([...again, row("write", "a", 6)])).toBe(false);
    expect(refuted([...again, row("write", "a", 6, { end: Infinity })])).toBe(false);
    expect(refuted([...again, row("write", "a", 6, { failed: true })])).toHaveLength(1);
  });
});
