import { afterEach, describe, expect, test } from "vitest";
import { guaranteeNames, HistoryError, HistoryJudge, judge } from "../../checkers/index.ts";
import { registry } from "../../checkers/registry.ts";
import { linesOf, sample } from "./sample.ts";
import type { Checker } from "../../checkers/registry.ts";
import type { GuaranteeName, HistoryEvent } from "../../checkers/index.ts";

const checkers = registry as Record<GuaranteeName, Checker>;
const originals = { ...checkers };

afterEach(() => void Object.assign(checkers, originals));

describe("a checker that throws", () => {
  test.each(guaranteeNames)(
    "%s: unknown, with the reason, promised or not; the others are judged as before",
    (name) => {
      const healthy = judge(sample());
      const promising = sample().map((event): HistoryEvent =>
        event.e === "run" ? { ...event, promised: [...event.promised, name] } : event,
      );
      checkers[name] = () => {
        throw new Error("it met what it does not know");
      };
      const observed = judge(sample());
      expect(observed.guarantees[name]).toMatchObject({
        verdict: "unknown",
        reason: "the checker failed: it met what it does not know",
        anomalies: [],
        judged: 0,
      });
      const promised = judge(promising);
      expect(promised.verdict).toBe("unknown");
      expect(promised.reasons).toEqual([
        `${name} is undecided: the checker failed: it met what it does not know`,
      ]);
      for (const other of guaranteeNames)
        if (other !== name)
          expect(observed.guarantees[other], other).toEqual(healthy.guarantees[other]);
    },
  );

  test("what it throws need not be an error", () => {
    checkers["no-thin-air"] = () => {
      throw "a string";
    };
    expect(judge(sample()).guarantees["no-thin-air"]?.reason).toBe("the checker failed: a string");
  });
});

describe("a field that nobody knows", () => {
  const events = sample();
  const kinds = [
    ...new Set(events.map((event) => ("frame" in event ? `${event.e} ${event.frame}` : event.e))),
  ];

  test.each(kinds)("in %s: the reader names it and the line", (kind) => {
    const at = events.findIndex(
      (event) => ("frame" in event ? `${event.e} ${event.frame}` : event.e) === kind,
    );
    const lines = linesOf(events.map((event, i) => (i === at ? { ...event, surprise: 1 } : event)))
      .trimEnd()
      .split("\n");
    const reading = new HistoryJudge();
    const readAll = (): void => lines.forEach((line) => reading.read(line));
    expect(readAll).toThrow(HistoryError);
    expect(
      new RegExp(`surprise.*line ${at + 1}|line ${at + 1}.*surprise`, "s").test(messageOf(lines)),
    ).toBe(true);
  });

  test("an event that nobody knows makes the whole unknown, with the reason", () => {
    const strange = [
      ...events.slice(0, 3),
      { e: "surprise", atUs: 0 } as unknown as HistoryEvent,
      ...events.slice(3),
    ];
    const { verdict, reasons } = judge(strange);
    expect(verdict).toBe("unknown");
    expect(reasons[0]).toContain("surprise");
  });
});

function messageOf(lines: readonly string[]): string {
  const reading = new HistoryJudge();
  try {
    for (const line of lines) reading.read(line);
    return "";
  } catch (error) {
    return String(error);
  }
}
