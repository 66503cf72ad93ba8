/** Tests the workload `set` in quorate's own histories. Each rule is compared with its definition. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judge, parseHistory } from "../../../checkers/index.ts";
import { runWith } from "../support.ts";
import { cheapSampleSize, sampleSize } from "../sample-size.ts";
import type { HistoryEvent } from "../../../checkers/index.ts";

interface SetOp {
  readonly f: "add" | "remove" | "read";
  readonly startUs: number;
  readonly endUs: number;
  readonly outcome: "ok" | "fail" | "info";
  readonly element: string;
  readonly shows: readonly string[];
  readonly final: boolean;
}

const names = ["e0", "e1", "e2"];

const ops = fc.array(
  fc
    .record({
      f: fc.constantFrom(
        "add" as const,
        "add" as const,
        "read" as const,
        "read" as const,
        "remove" as const,
      ),
      startUs: fc.nat(20),
      takes: fc.integer({ min: 1, max: 6 }),
      outcome: fc.constantFrom("ok" as const, "ok" as const, "fail" as const, "info" as const),
      element: fc.constantFrom(...names),
      shows: fc.subarray(names),
      final: fc.boolean(),
    })
    .map(({ takes, ...op }): SetOp => ({ ...op, endUs: op.startUs + takes })),
  { maxLength: 8 },
);

const run = runWith({
  workload: "set",
  versions: "none",
  inspection: false,
  evidence: false,
  promised: ["set-no-thin-air"],
});

function eventsOf(history: readonly SetOp[]): HistoryEvent[] {
  const events = history.flatMap(({ f, startUs, endUs, outcome, element, shows, final }, op) => {
    const invoke: HistoryEvent = {
      e: "invoke",
      atUs: startUs,
      op,
      client: `c${op}`,
      process: op,
      node: "n1",
      f,
      key: "s0",
      ...(f === "read" ? {} : { args: { element } }),
      ...(f === "read" && final ? { final: true as const } : {}),
    };
    const end: HistoryEvent =
      outcome === "ok"
        ? { e: "ok", atUs: endUs, op, ...(f === "read" ? { result: shows } : {}) }
        : { e: outcome, atUs: endUs, op, code: "timeout" };
    return [invoke, end];
  });
  const timeOf = (event: HistoryEvent): number => ("atUs" in event ? event.atUs : 0);
  return [run, ...events.sort((a, b) => timeOf(a) - timeOf(b)), { e: "end", atUs: 1_000 }];
}

describe("a set's guarantees, by their definitions", () => {
  const definitions = {
    "set-no-thin-air": (all: readonly SetOp[], read: SetOp, element: string): boolean =>
      !read.shows.includes(element) ||
      all.some(
        ({ f, outcome, element: of, startUs }) =>
          f === "add" && outcome !== "fail" && of === element && startUs <= read.endUs,
      ) ||
      // If the add failed, showing the element is an anomaly of another guarantee.
      all.some(
        ({ f, element: of, startUs }) => f === "add" && of === element && startUs <= read.endUs,
      ),
    "set-complete": (all: readonly SetOp[], read: SetOp, element: string): boolean =>
      !read.final ||
      read.shows.includes(element) ||
      !all.some(
        ({ f, outcome, element: of }) => f === "add" && outcome === "ok" && of === element,
      ) ||
      all.some(
        ({ f, outcome, element: of }) => f === "remove" && outcome !== "fail" && of === element,
      ),
    "set-fresh": (all: readonly SetOp[], read: SetOp, element: string): boolean =>
      read.shows.includes(element) ||
      !all.some(
        (add) =>
          add.f === "add" &&
          add.outcome === "ok" &&
          add.element === element &&
          add.endUs < read.startUs &&
          !all.some(
            ({ f, outcome, element: of, startUs, endUs }) =>
              f === "remove" &&
              outcome !== "fail" &&
              of === element &&
              startUs <= read.endUs &&
              (outcome === "info" || endUs >= add.startUs),
          ),
      ),
  };

  test.each(Object.entries(definitions))("%s", (name, holds) => {
    const seen = { valid: 0, invalid: 0 };
    fc.assert(
      fc.property(ops, (history) => {
        const verdict = judge(eventsOf(history)).guarantees[name]?.verdict;
        const reads = history.filter(({ f, outcome }) => f === "read" && outcome === "ok");
        const broken = reads.some((read) =>
          names.some((element) => !holds(history, read, element)),
        );
        if (broken) expect(verdict).toBe("invalid");
        else expect(verdict).not.toBe("invalid");
        if (verdict === "valid" || verdict === "invalid") seen[verdict]++;
      }),
      { numRuns: cheapSampleSize(2_000), seed: 14 },
    );
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(sampleSize(20));
  });
});

describe("a set's history", () => {
  const one: SetOp = {
    f: "add",
    startUs: 0,
    endUs: 1,
    outcome: "ok",
    element: "e0",
    shows: [],
    final: false,
  };
  const stale: SetOp = { ...one, f: "read", startUs: 2, endUs: 3 };

  test("is read from its lines, and judged by nothing of registers", () => {
    const text = eventsOf([one, stale])
      .map((event) => `${JSON.stringify(event)}\n`)
      .join("");
    const { guarantees } = judge(parseHistory(text));
    expect(guarantees["set-fresh"]?.anomalies).toMatchObject([
      {
        explanation:
          "s0: the read (op 1) lacks e0, although the add of e0 (op 0) had been acknowledged before this read began",
        operations: [0, 1],
        key: "s0",
        atUs: 3,
      },
    ]);
    expect(guarantees["durable"]?.reason).toBe(
      "judges only the workload register or siblings, and the workload of this history is set",
    );
  });

  test("whose read returned no list is unknown, with the read", () => {
    const events = eventsOf([one, stale]).map((event): HistoryEvent =>
      event.e === "ok" && event.op === 1 ? { ...event, result: "e0" } : event,
    );
    expect(judge(events).guarantees["set-fresh"]).toMatchObject({
      verdict: "unknown",
      reason: "the checker failed: read 1 returned no list of elements",
    });
  });
});
