/** The line that says how far a campaign is. */
import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createProgressLine, lineOf } from "../../../harness/cli/progress.ts";

const now = { stage: "running", histories: 30, asked: 120, operations: 0, faults: 0 } as const;

describe("lineOf", () => {
  it("tells the share of the histories and the time left", () => {
    expect(lineOf(now, 10)).toBe("history 30 of 120, 25 %, 10 s, 30 s left");
  });

  it("tells the share of the time where only the time limits the campaign", () => {
    const limited = { ...now, asked: Infinity, timeLimitMs: 40_000 };
    expect(lineOf(limited, 10)).toBe("history 30, 25 %, 10 s, 30 s left");
  });

  it("tells the limit that is reached first", () => {
    expect(lineOf({ ...now, timeLimitMs: 20_000 }, 10)).toBe(
      "history 30 of 120, 50 %, 10 s, 10 s left",
    );
  });

  it("tells how many operations of the running history have their outcome", () => {
    const inside = { operations: 95, completed: 12, faults: 0, elapsedMs: 1 };
    expect(lineOf({ ...now, inside }, 10)).toContain("; this one: 12 of 95 operations");
  });
});

describe("the progress line where stderr is no terminal", () => {
  afterEach(() => vi.useRealTimers());

  it("goes on while a single try of shrinking takes long, until it is cleared", () => {
    vi.useFakeTimers();
    const stream = new PassThrough({ encoding: "utf8" });
    const line = createProgressLine(stream as unknown as NodeJS.WriteStream);
    line.update({ ...now, stage: "shrinking", tries: 0, smallest: "9 operations, 1 fault" });
    vi.advanceTimersByTime(25_000);
    line.clear();
    vi.advanceTimersByTime(25_000);
    expect(String(stream.read()).trim().split("\n")).toEqual([
      "shrinking: 0 tries, 10 s; smallest: 9 operations, 1 fault",
      "shrinking: 0 tries, 20 s; smallest: 9 operations, 1 fault",
    ]);
  });
});
