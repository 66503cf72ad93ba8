/** Tests mutexes and locks, which are decided without a search, and the sentences about them. */
import { describe, expect, test } from "vitest";
import { Findings } from "../../../checkers/foreign/foreign-findings.ts";
import { judgeOwnedLock } from "../../../checkers/foreign/linearizable-lock.ts";
import { done, judged, line, operationsFrom, type Row } from "./support.ts";

const sentence = (text: string, model: "mutex" | "lock"): string => {
  const { verdict, anomalies } = judged(text, { model });
  return anomalies[0]?.explanation ?? verdict;
};
const acquire = (process: number): string => done("acquire", "nil", "nil", process);
const release = (process: number): string => done("release", "nil", "nil", process);
const begins = (f: string, process: number): string => line(process, "invoke", f, "nil");
const ends = (f: string, process: number): string => line(process, "ok", f, "nil");

describe("a mutex", () => {
  test("says since when it was held at the latest, or free", () => {
    expect(sentence(acquire(0) + acquire(1), "mutex")).toBe(
      "acquire by process 1 (line 3) was answered in line 4 and cannot be placed: the lock can only be held, at the latest since acquire by process 0 (line 1) was answered in line 2, because no release that had begun by then is left for this acquire",
    );
    expect(sentence(release(0), "mutex")).toBe(
      "release by process 0 (line 1) was answered in line 2 and cannot be placed: the lock can only be free, because no acquire that had begun by then is left for this release",
    );
  });

  test("lets the release that ends first give way, so that the other one is left", () => {
    const text =
      acquire(0) +
      begins("release", 1) +
      begins("release", 2) +
      acquire(3) +
      ends("release", 2) +
      acquire(4) +
      ends("release", 1);
    expect(sentence(text, "mutex")).toBe("valid");
    expect(sentence(text + acquire(5), "mutex")).toMatch(/^acquire by process 5 \(line \d+\)/);
  });

  test("keeps the operations under way in the order of their ends", () => {
    // The acquire by 3 needs the release by 2, which ends first, so that the one by 1 is left for the acquire by 6.
    const text =
      acquire(0) +
      begins("release", 1) +
      begins("release", 2) +
      acquire(3) +
      ends("release", 2) +
      release(5) +
      acquire(6) +
      ends("release", 1);
    expect(sentence(text, "mutex")).toBe("valid");
    // The same where the one that ends first begins first.
    const other =
      acquire(0) +
      begins("release", 2) +
      begins("release", 1) +
      acquire(3) +
      ends("release", 2) +
      release(5) +
      acquire(6) +
      ends("release", 1);
    expect(sentence(other, "mutex")).toBe("valid");
    expect(sentence(other + release(7), "mutex")).toMatch(/^release by process 7/);
  });

  test("uses an operation without an answer last, and once", () => {
    const lost = begins("release", 8);
    expect(sentence(lost + acquire(0) + acquire(1), "mutex")).toBe("valid");
    expect(sentence(lost + acquire(0) + acquire(1) + acquire(2), "mutex")).toMatch(/process 2/);
    const answered = begins("release", 7);
    expect(
      sentence(
        lost + acquire(0) + answered + acquire(1) + ends("release", 7) + acquire(2),
        "mutex",
      ),
    ).toBe("valid");
  });

  test("is not changed by operations that failed", () => {
    const failed = begins("acquire", 1) + line(1, "fail", "acquire", "nil");
    expect(sentence(acquire(0) + failed + release(0) + failed, "mutex")).toBe("valid");
  });
});

describe("a lock that only its holder may release", () => {
  test("names both who held it and who got it meanwhile", () => {
    expect(sentence(acquire(0) + acquire(1), "lock")).toBe(
      "acquire by process 1 (line 3) was answered in line 4, while the lock could only be held by process 0 since acquire by process 0 (line 1)",
    );
    // The first of two anomalies is the acquire of process 1: process 0 held the lock and did not release it.
    expect(sentence(acquire(0) + acquire(1) + release(1) + acquire(2), "lock")).toMatch(
      /^acquire by process 1/,
    );
    expect(
      judged(acquire(0) + acquire(1) + release(1) + acquire(2), { model: "lock" }).anomalies[1]
        ?.explanation,
    ).toMatch(/^acquire by process 2 .*only be held by process 0 since/);
  });

  test("names a process that releases what it does not hold, or acquires what it holds", () => {
    expect(sentence(acquire(0) + release(1), "lock")).toBe(
      "release by process 1 (line 3) was answered, but its process did not hold the lock",
    );
    expect(sentence(acquire(0) + release(0) + release(0), "lock")).toMatch(/line 5.*did not hold/);
    expect(sentence(acquire(0) + acquire(0), "lock")).toBe(
      "acquire by process 0 (line 3) was answered, but its process already held the lock since acquire by process 0 (line 1)",
    );
  });

  test("may have been released by who got no answer, and not acquired", () => {
    expect(sentence(acquire(0) + begins("release", 0) + acquire(1), "lock")).toBe("valid");
    expect(sentence(begins("acquire", 0) + acquire(1) + release(1), "lock")).toBe("valid");
    expect(sentence(acquire(1) + release(1) + begins("release", 1) + acquire(0), "lock")).toBe(
      "valid",
    );
    expect(sentence(acquire(0) + begins("acquire", 0) + release(1), "lock")).toMatch(/not hold/);
  });

  test("may be held by one from the moment the other releases it", () => {
    expect(
      sentence(
        acquire(0) +
          begins("release", 0) +
          begins("acquire", 1) +
          ends("acquire", 1) +
          ends("release", 0),
        "lock",
      ),
    ).toBe("valid");
  });

  test("is searched where a process runs two operations at once", () => {
    const row = (
      f: "acquire" | "release",
      start: number,
      end: number,
      rest: Partial<Row> = {},
    ): Row => ({ f, value: "nil", start, end, process: 1, ...rest });
    const decides = (rows: readonly Row[]): boolean => {
      const operations = operationsFrom(rows);
      return judgeOwnedLock(
        operations,
        Int32Array.from(operations.start.keys()),
        new Findings("linearizable"),
      );
    };
    expect(decides([row("acquire", 0, 3), row("release", 2, 4)])).toBe(false);
    expect(decides([row("acquire", 0, Infinity), row("release", 2, 4)])).toBe(false);
    expect(decides([row("acquire", 0, 1), row("release", 1, 4)])).toBe(false);
    expect(decides([row("release", 2, 4), row("acquire", 0, 1)])).toBe(true);
    expect(decides([row("acquire", 0, 3), row("release", 2, Infinity, { failed: true })])).toBe(
      true,
    );
  });
});
