import { describe, expect, test } from "vitest";
import { HistoryError, HistoryJudge, judge, operationsOf } from "../../checkers/index.ts";
import { of, Scenario } from "./support.ts";
import { linesOf, sample, samplePromises } from "./sample.ts";
import type { HistoryEvent } from "../../checkers/index.ts";

describe("judge", () => {
  test("a healthy history is valid, every promise really judged", () => {
    const { verdict, reasons, guarantees, stress } = judge(sample());
    expect({ verdict, reasons }).toEqual({ verdict: "valid", reasons: [] });
    for (const name of samplePromises) expect(guarantees[name], name).toMatchObject({ promised: true, verdict: "valid" });
    for (const name of samplePromises) expect(guarantees[name]?.judged, name).toBeGreaterThan(0);
    // The fault from 25 to 60 ms overlaps the read that ended at 28, both writes within and the read at 50.
    expect(stress).toEqual({ operations: 5, ok: 4, fail: 1, info: 0, faults: { partition: { injected: 1, overlapped: 4 } } });
  });

  test("what is only observed never counts, what is claimed does", () => {
    const scenario = (claimed: "regular"[]): HistoryEvent[] => {
      const stale = new Scenario({ claimed });
      stale.write("v1", 0, 1);
      stale.read([], 2, 3);
      return stale.events();
    };
    const observed = judge(scenario([]));
    expect(observed.verdict).toBe("valid");
    expect(observed.guarantees.regular).toMatchObject({ promised: false, verdict: "invalid" });
    expect(judge(scenario(["regular"])).verdict).toBe("invalid");
  });

  test("without an end, with a reason to end early, or without a success nothing is valid", () => {
    expect(judge(sample().slice(0, -1))).toMatchObject({ verdict: "unknown", reasons: ["the history has no end: it was cut off"] });
    expect(judge([...sample().slice(0, -1), { e: "end", atUs: 1, reason: "interrupted" }]).verdict).toBe("unknown");
    const failing = new Scenario();
    failing.write("v1", 0, 1, { outcome: "info" });
    expect(judge(failing.events()).verdict).toBe("unknown");
    expect(judge([]).verdict).toBe("unknown");
  });

  test("a proof stays a proof in a history without its end", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    scenario.read([of("v2")], 2, 3);
    expect(judge(scenario.events(null)).verdict).toBe("invalid");
  });

  test("a promise that had nothing to judge is unknown", () => {
    const scenario = new Scenario({ promised: ["durable", "no-phantom"] });
    scenario.write("v1", 0, 1, { outcome: "info" });
    scenario.read([], 2, 3);
    expect(judge(scenario.events()).guarantees.durable).toMatchObject({ verdict: "unknown", reason: "had nothing to judge" });
  });

  test("a checker that throws makes its promise unknown, not the others", () => {
    const scenario = new Scenario({ promised: ["regular", "no-phantom"] });
    scenario.write("v1", 0, 1);
    scenario.read([of("v1"), of("v1")], 2, 3);
    const { verdict, guarantees } = judge(scenario.events());
    expect(verdict).toBe("unknown");
    expect(guarantees.regular).toMatchObject({ verdict: "unknown", reason: expect.stringContaining("the checker failed") });
    expect(guarantees["no-phantom"]?.verdict).toBe("valid");
  });

  test("what does not apply never counts, but nothing at all is not valid", () => {
    const scenario = (promised: readonly ("siblings-3" | "no-phantom")[]): HistoryEvent[] => {
      const register = new Scenario({ promised });
      register.read([], 2, 3);
      return register.events();
    };
    expect(judge(scenario(["siblings-3", "no-phantom"])).verdict).toBe("valid");
    expect(judge(scenario(["siblings-3"])).verdict).toBe("unknown");
  });

  test("invalid outweighs unknown", () => {
    const scenario = new Scenario({ promised: ["acknowledged", "no-phantom"] });
    scenario.read([of("v1")], 2, 3);
    expect(judge(scenario.events())).toMatchObject({ verdict: "invalid", guarantees: { acknowledged: { verdict: "unknown" } } });
  });
});

describe("operationsOf", () => {
  test("pairs invocations with completions; without one nobody knows", () => {
    const scenario = new Scenario();
    scenario.write("v1", 1, 2);
    scenario.read([of("v1")], 3, 4, { r: 1 });
    scenario.delete("d", 5, 6, { outcome: "open" });
    expect(operationsOf(scenario.events())).toMatchObject([
      { op: 0, f: "write", value: "v1", startUs: 1000, endUs: 2000, outcome: "ok", versions: [of("v1")] },
      { op: 1, f: "read", r: 1, outcome: "ok", versions: [of("v1")] },
      { op: 2, f: "delete", value: null, endUs: Infinity, outcome: "info", versions: [] },
    ]);
  });
});

describe("HistoryJudge", () => {
  const linesRead = (lines: readonly string[]): HistoryJudge => {
    const judging = new HistoryJudge();
    for (const line of lines) judging.read(line);
    return judging;
  };

  test("line by line, says what judge says of all events", () => {
    const lines = linesOf(sample()).trimEnd().split("\n");
    expect(linesRead(lines).finish()).toEqual(judge(sample()));
    expect(linesRead(lines.slice(0, -1)).finish()).toEqual(judge(sample().slice(0, -1)));
  });

  test("names the line that does not fit those before it", () => {
    const lines = linesOf(sample()).trimEnd().split("\n");
    const ok = lines.findIndex((line) => line.startsWith('{"e":"ok"'));
    const twice = [...lines.slice(0, ok + 1), lines[ok] ?? ""];
    expect(() => linesRead(twice)).toThrow(HistoryError);
    expect(() => linesRead(twice)).toThrow(new RegExp(`line ${ok + 2}.*no-open-operation`));
    expect(() => linesRead([]).finish()).toThrow(/empty/);
  });
});
