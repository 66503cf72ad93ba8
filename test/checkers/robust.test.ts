import { afterEach, describe, expect, test, vi } from "vitest";
import {
  builtInCheckers,
  type Checker,
  conclude,
  guaranteeNames,
  HistoryError,
  HistoryJudge,
  judge,
} from "../../checkers/index.ts";
import { linesOf, sample } from "./sample.ts";
import type { GuaranteeName, HistoryEvent } from "../../checkers/index.ts";

afterEach(() => vi.restoreAllMocks());

function makeThrow(name: GuaranteeName, thrown: unknown): void {
  const checker = builtInCheckers.find((one) => one.name === name);
  if (checker === undefined) throw new Error(`no checker of ${name}`);
  vi.spyOn(checker, "check").mockImplementation(() => {
    throw thrown;
  });
}

/** The checkers that apply to the workload and the versions of the sample. */
const appliesHere = builtInCheckers
  .filter(({ needs }) => !needs.includes("processes"))
  .filter(
    ({ workloads, needs }) =>
      workloads === "all" || (workloads.includes("register") && !needs.includes("siblings")),
  )
  .map(({ name }) => name)
  .filter((name) => !name.startsWith("siblings-"));

describe("a checker of somebody's own", () => {
  const noSlowRead: Checker = {
    name: "no-slow-read",
    meaning: "every read is answered within a second",
    needs: [],
    workloads: "all",
    check: ({ operations }) => {
      const reads = operations.filter(({ f, outcome }) => f === "read" && outcome === "ok");
      const slow = reads.filter(({ startUs, endUs }) => endUs - startUs > 1_000);
      return conclude({
        judged: reads.length,
        anomalies: slow.map(({ op }) => ({
          guarantee: "no-slow-read",
          explanation: `read ${op} took more than a millisecond`,
          operations: [op],
        })),
      });
    },
  };
  const promising = sample().map((event): HistoryEvent =>
    event.e === "run" ? { ...event, promised: [...event.promised, "no-slow-read"] } : event,
  );

  test("counts where its guarantee is promised, and is only observed elsewhere", () => {
    const promised = judge(promising, { checkers: [noSlowRead] });
    expect(promised.verdict).toBe("invalid");
    expect(promised.reasons[0]).toMatch(/^no-slow-read is broken: read \d+ took more/);
    const observed = judge(sample(), { checkers: [noSlowRead] });
    expect(observed.verdict).toBe("valid");
    expect(observed.guarantees["no-slow-read"]).toMatchObject({
      verdict: "invalid",
      promised: false,
      meaning: "every read is answered within a second",
    });
  });

  test.each([
    ["a promise", async () => conclude({ judged: 1, anomalies: [] }), "a promise"],
    ["nothing", () => undefined, "undefined"],
    ["another verdict", () => ({ verdict: "sure", anomalies: [], judged: 1 }), "sure"],
  ])("that returns %s is undecided, so that no alarm is lost in it", (_, check, shown) => {
    const odd = { ...noSlowRead, check: check as unknown as Checker["check"] };
    const { verdict, guarantees } = judge(promising, { checkers: [odd] });
    expect(verdict).toBe("unknown");
    expect(guarantees["no-slow-read"]).toMatchObject({ verdict: "unknown" });
    expect(guarantees["no-slow-read"]?.reason).toContain(shown);
  });

  test("that is not given leaves its promise undecided", () => {
    expect(judge(promising)).toMatchObject({
      verdict: "unknown",
      reasons: ["no-slow-read is undecided: no checker of that name was given"],
    });
  });

  test("is left out by workload and by what it needs, each with its reason", () => {
    const reasonOf = (change: Partial<Checker>): string | undefined =>
      judge(sample(), { checkers: [{ ...noSlowRead, ...change }] }).guarantees["no-slow-read"]
        ?.reason;
    expect(reasonOf({ workloads: ["bank"] })).toBe(
      "judges only the workload bank, and the workload of this history is register",
    );
    expect(reasonOf({ needs: ["evidence", "siblings"] })).toBe(
      "needs siblings: reads return no siblings",
    );
  });

  test("must have a name of its own", () => {
    expect(() => judge(sample(), { checkers: [{ ...noSlowRead, name: "durable" }] })).toThrow(
      "two checkers are called durable: rename yours",
    );
  });
});

describe("a checker that throws", () => {
  test.each(appliesHere)(
    "%s: unknown, with the reason, promised or not; the others are judged as before",
    (name) => {
      const healthy = judge(sample());
      const promising = sample().map((event): HistoryEvent =>
        event.e === "run" ? { ...event, promised: [...event.promised, name] } : event,
      );
      makeThrow(name, new Error("it met what it does not know"));
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
    makeThrow("no-thin-air", "a string");
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
