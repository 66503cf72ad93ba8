import { describe, expect, test } from "vitest";
import {
  builtInCheckers,
  type GuaranteeName,
  guaranteeNames,
  HistoryError,
  HistoryJudge,
  judge,
  operationsOf,
} from "../../checkers/index.ts";
import { conclude } from "../../checkers/conclude.ts";
import { faultsOver, repliesOf, replicasBehind } from "../../checkers/messages/because.ts";
import {
  type FaultWindow,
  faultWindows,
  isClockFault,
  touches,
} from "../../checkers/model/fault-windows.ts";
import { knownRun } from "../../checkers/model/known-run.ts";
import { modelOf, type Model } from "../../checkers/model/model.ts";
import { replicaCount, returned } from "../../checkers/messages/operation-messages.ts";
import { of, run, runWith, Scenario } from "./support.ts";
import { linesOf, sample, samplePromises } from "./sample.ts";
import type { Operation } from "../../checkers/columnar/operation.ts";
import type { FaultEvent, HistoryEvent } from "../../checkers/index.ts";

describe("judge", () => {
  test("a healthy history is valid, every promise really judged", () => {
    const { verdict, reasons, guarantees, stress } = judge(sample());
    expect({ verdict, reasons }).toEqual({ verdict: "valid", reasons: [] });
    for (const name of samplePromises)
      expect(guarantees[name], name).toMatchObject({ promised: true, verdict: "valid" });
    for (const name of samplePromises) expect(guarantees[name]?.judged, name).toBeGreaterThan(0);
    // The fault from 25 to 60 ms overlaps four operations: the read that ended at 28 ms, both writes during the fault,
    // and the read at 50 ms.
    expect(stress).toEqual({
      operations: 5,
      ok: 4,
      fail: 1,
      info: 0,
      writes: { asked: 3, ok: 2 },
      faults: { partition: { injected: 1, overlapped: 4 } },
      tried: { write: 3, read: 2 },
      met: { partition: { write: 2, read: 2 } },
    });
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
    expect(judge(sample().slice(0, -1))).toMatchObject({
      verdict: "unknown",
      reasons: ["the history has no end: it was cut off"],
    });
    expect(
      judge([...sample().slice(0, -1), { e: "end", atUs: 1, reason: "interrupted" }]).verdict,
    ).toBe("unknown");
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

  test("a promise of something that never happened does not apply, and leaves nothing open", () => {
    const scenario = new Scenario({ promised: ["durable", "no-thin-air"] });
    scenario.write("v1", 0, 1, { outcome: "info" });
    scenario.read([], 2, 3);
    const { verdict, guarantees } = judge(scenario.events());
    expect(guarantees.durable).toMatchObject({
      verdict: "not-applicable",
      reason: "the history has nothing that this guarantee is about",
    });
    expect(verdict).toBe("valid");
    const alone = new Scenario({ promised: ["durable"] });
    alone.read([], 2, 3);
    expect(judge(alone.events())).toMatchObject({
      verdict: "unknown",
      reasons: ["no promised guarantee applies to this history"],
    });
  });

  test("a checker that throws makes its promise unknown, not the others", () => {
    const scenario = new Scenario({ promised: ["regular", "no-thin-air"] });
    scenario.write("v1", 0, 1);
    scenario.read([of("v1"), of("v1")], 2, 3);
    const { verdict, guarantees } = judge(scenario.events());
    expect(verdict).toBe("unknown");
    expect(guarantees.regular).toMatchObject({
      verdict: "unknown",
      reason: expect.stringContaining("the checker failed"),
    });
    expect(guarantees["no-thin-air"]?.verdict).toBe("valid");
  });

  test("what does not apply never counts, but nothing at all is not valid", () => {
    const scenario = (promised: readonly ("siblings-3" | "no-thin-air")[]): HistoryEvent[] => {
      const register = new Scenario({ promised });
      register.read([], 2, 3);
      return register.events();
    };
    expect(judge(scenario(["siblings-3", "no-thin-air"])).verdict).toBe("valid");
    expect(judge(scenario(["siblings-3"])).verdict).toBe("unknown");
  });

  test("invalid outweighs unknown", () => {
    const scenario = new Scenario({ promised: ["acknowledged", "no-thin-air"] });
    scenario.read([of("v1")], 2, 3);
    expect(judge(scenario.events())).toMatchObject({
      verdict: "invalid",
      guarantees: { acknowledged: { verdict: "unknown" } },
    });
  });
});

describe("operationsOf", () => {
  test("pairs invocations with completions; without one nobody knows", () => {
    const scenario = new Scenario();
    scenario.write("v1", 1, 2);
    scenario.read([of("v1")], 3, 4, { r: 1 });
    scenario.delete("d", 5, 6, { outcome: "open" });
    expect(operationsOf(scenario.events())).toMatchObject([
      {
        op: 0,
        f: "write",
        value: "v1",
        startUs: 1000,
        endUs: 2000,
        outcome: "ok",
        versions: [of("v1")],
      },
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

const meaningOf = (guarantee: GuaranteeName): string | undefined =>
  builtInCheckers.find(({ name }) => name === guarantee)?.meaning;

describe("the reasons", () => {
  const reasonsOf = (events: Iterable<HistoryEvent>): readonly string[] => judge(events).reasons;
  const valid = (overrides: ConstructorParameters<typeof Scenario>[0] = {}): Scenario => {
    const scenario = new Scenario(overrides);
    scenario.write("v1", 0, 1);
    scenario.read([of("v1")], 2, 3);
    return scenario;
  };

  test("broken promises first, each with its first anomaly; then what is undecided, with why", () => {
    const scenario = valid({ promised: ["acknowledged", "no-thin-air"] });
    scenario.read([of("v9")], 4, 5);
    expect(reasonsOf(scenario.events())).toEqual([
      "no-thin-air is broken: read 2 of k0 by other2 returned v9 (0009), which no operation had written",
      "acknowledged is undecided: write 0 of k0 by other0: no node recorded an answer to the client (and 2 more)",
    ]);
  });

  test("what casts doubt on the whole is said once, and not again for each promise", () => {
    expect(reasonsOf(valid({ promised: ["acknowledged", "no-thin-air"] }).events(null))).toEqual([
      "the history has no end: it was cut off",
    ]);
    expect(reasonsOf(valid().events({ e: "end", atUs: 9, reason: "interrupted" }))).toEqual([
      "the run could not be completed: interrupted",
    ]);
    expect(reasonsOf(new Scenario().events())).toEqual(["the history has no operation"]);
    const failing = new Scenario();
    failing.write("v1", 0, 1, { outcome: "info" });
    expect(reasonsOf(failing.events())).toEqual(["no operation succeeded"]);
    expect(reasonsOf(valid({ promised: [] }).events())).toEqual([
      "no guarantee was promised or claimed",
    ]);
    expect(reasonsOf(valid({ promised: [], claimed: ["no-thin-air"] }).events())).toEqual([]);
    expect(
      reasonsOf(valid({ promised: ["no-thin-air"], claimed: ["no-thin-air"] }).events()),
    ).toEqual([]);
    expect(judge(valid().events()).format).toBe("quorate-verdict/2");
    expect(reasonsOf(valid({ promised: ["siblings-3"] }).events())).toEqual([
      "no promised guarantee applies to this history",
    ]);
    expect(reasonsOf([])).toEqual([
      "the history cannot be judged: history: expected a `run` event, got no event (empty); the run that " +
        "should have written this file may not have started",
    ]);
    expect(judge([])).toEqual({
      format: "quorate-verdict/2",
      verdict: "unknown",
      reasons: [
        "the history cannot be judged: history: expected a `run` event, got no event (empty); the run that " +
          "should have written this file may not have started",
      ],
      guarantees: {},
      stress: { operations: 0, ok: 0, fail: 0, info: 0, faults: {} },
    });
  });

  test("the first doubt makes valid guarantees unknown, and leaves invalid and unknown ones", () => {
    const { guarantees } = judge(valid({ promised: ["no-thin-air"] }).events(null));
    expect([guarantees["no-thin-air"], guarantees["no-aborted-read"]]).toEqual([
      {
        verdict: "unknown",
        anomalies: [],
        judged: 1,
        measurements: {},
        reason: "the history has no end: it was cut off",
        promised: true,
        meaning: meaningOf("no-thin-air"),
      },
      {
        verdict: "unknown",
        anomalies: [],
        judged: 1,
        measurements: { definiteErrors: 0 },
        reason: "the history has no end: it was cut off",
        promised: false,
        meaning: meaningOf("no-aborted-read"),
      },
    ]);
    expect(guarantees.acknowledged?.reason).toContain("no node recorded");
  });

  test("a checker that throws says what it met", () => {
    const scenario = new Scenario({ promised: ["regular"] });
    scenario.write("v1", 0, 1);
    scenario.read([of("v1"), of("v1")], 2, 3);
    expect(judge(scenario.events()).guarantees.regular).toEqual({
      verdict: "unknown",
      reason: "the checker failed: read 1 of k0 by other1 returned 2 versions of a register",
      anomalies: [],
      judged: 0,
      promised: true,
      meaning: meaningOf("regular"),
    });
    const twice = new Scenario();
    twice.write("v1", 0, 1);
    twice.write("v1", 0, 1);
    twice.read([of("v1")], 2, 3);
    expect(judge(twice.events()).guarantees["no-thin-air"]).toEqual({
      verdict: "unknown",
      reason:
        "the checker failed: history: expected each value of k0 to be written only once, got v1 twice " +
        "(bad-structure); the history contradicts itself; run again, or replay the plan beside it",
      anomalies: [],
      judged: 0,
      promised: true,
      meaning: meaningOf("no-thin-air"),
    });
    const brokenSource = function* (): Generator<HistoryEvent> {
      throw "not an Error";
    };
    expect(reasonsOf(brokenSource())).toEqual(["the history cannot be judged: not an Error"]);
  });
});

describe("how findings become a judgement", () => {
  const anomaly = (op: number) =>
    ({ guarantee: "regular", explanation: `${op}`, operations: [op] }) as const;

  test("the first 20 anomalies are kept, all are counted", () => {
    const many = (count: number) =>
      conclude({
        anomalies: Array.from({ length: count }, (_, i) => anomaly(i)),
        judged: 1,
        measurements: { a: 1 },
      });
    expect(many(20).anomalies).toHaveLength(20);
    expect(many(20).measurements).toEqual({ a: 1 });
    expect(many(21).anomalies.at(-1)).toEqual(anomaly(19));
    expect(many(21).measurements).toEqual({ a: 1, anomaliesTotal: 21 });
  });

  test("invalid, else unknown, else valid; what judged nothing does not apply", () => {
    expect(conclude({ anomalies: [anomaly(1)], undecided: ["x"], judged: 0 })).toEqual({
      verdict: "invalid",
      anomalies: [anomaly(1)],
      judged: 0,
      measurements: {},
    });
    expect(conclude({ anomalies: [], undecided: ["x"], judged: 3 })).toEqual({
      verdict: "unknown",
      reason: "x",
      anomalies: [],
      judged: 3,
      measurements: {},
    });
    expect(conclude({ anomalies: [], undecided: ["x", "y", "z"], judged: 3 }).reason).toBe(
      "x (and 2 more)",
    );
    expect(conclude({ anomalies: [], judged: 0 })).toEqual({
      verdict: "not-applicable",
      reason: "the history has nothing that this guarantee is about",
      anomalies: [],
      judged: 0,
      measurements: {},
    });
    expect(conclude({ anomalies: [], judged: 1 })).toEqual({
      verdict: "valid",
      anomalies: [],
      judged: 1,
      measurements: {},
    });
  });
});

describe("stress", () => {
  test("the final phase is left out, and a fault counts where it was really injected, on keys that it touched", () => {
    const scenario = new Scenario({ preference: { k0: ["n1", "n2"], k1: ["n3"] } })
      .fault(0, "kill", ["n2"], 10, 20)
      .fault(1, "kill", ["n3"], 10, 20)
      .fault(2, "pause", ["n1"], 50, 60);
    scenario.write("v1", 0, 10);
    scenario.write("v2", 20, 30);
    scenario.write("v3", 0, 9.9, { outcome: "info" });
    scenario.write("v4", 20.1, 30, { outcome: "fail" });
    scenario.write("v5", 12, 13, { key: "k1" });
    scenario.read([of("v1")], 15, 16, { final: true });
    const events = [
      ...scenario.events(null),
      { e: "fault", atUs: 70_000, phase: "inject", fault: 3, kind: "clock-jump", nodes: ["n1"] },
    ] as const;
    expect(judge(events).stress).toEqual({
      operations: 5,
      ok: 3,
      fail: 1,
      info: 1,
      writes: { asked: 5, ok: 3 },
      faults: {
        kill: { injected: 2, overlapped: 3 },
        pause: { injected: 1, overlapped: 0 },
        "clock-jump": { injected: 0, overlapped: 0 },
      },
      tried: { write: 5 },
      met: { kill: { write: 3 } },
    });
  });
});

describe("faults", () => {
  test("last from their first change to their last, on all nodes that they name or cut", () => {
    const event = (phase: FaultEvent["phase"], atUs: number, fault = 0): FaultEvent => ({
      e: "fault",
      atUs,
      phase,
      fault,
      kind: "partition",
      nodes: ["n1"],
      cuts: [["n2", "n3"]],
    });
    const windows = faultWindows([
      event("inject", 1),
      event("injected", 2),
      event("heal", 5),
      event("healed", 6),
      event("skipped", 7, 1),
      event("healed", 8, 2),
      event("injected", 9, 3),
    ]);
    expect(windows).toEqual([
      {
        fault: 0,
        kind: "partition",
        nodes: new Set(["n1", "n2", "n3"]),
        cuts: new Set(["n2>n3"]),
        effects: new Set(),
        fromUs: 1,
        toUs: 6,
      },
      {
        fault: 3,
        kind: "partition",
        nodes: new Set(["n1", "n2", "n3"]),
        cuts: new Set(["n2>n3"]),
        effects: new Set(),
        fromUs: 9,
        toUs: Infinity,
      },
    ]);
    const [first] = windows;
    if (first === undefined) return expect.fail("a window");
    const known = knownRun(run);
    expect([
      touches(known, first, "k0"),
      touches({ ...known, preference: { k0: ["n4", "n3"] } }, first, "k0"),
      touches({ ...known, preference: { k0: ["n4"] } }, first, "k0"),
      // The replicas of k9 are unknown, so the fault may affect any of them.
      touches(known, first, "k9"),
    ]).toEqual([true, true, false, true]);
  });

  test("are told by their effects, not by the name of their kind", () => {
    const windowOf = (kind: string, effects?: readonly string[]): FaultWindow | undefined =>
      faultWindows([
        {
          e: "fault",
          atUs: 1,
          phase: "inject",
          fault: 0,
          kind,
          nodes: ["n1"],
          ...(effects === undefined ? {} : { effects }),
        },
      ])[0];
    const movesClocks = (window: FaultWindow | undefined): boolean | undefined =>
      window && isClockFault(window);
    expect(movesClocks(windowOf("leap-second", ["clock-off"]))).toBe(true);
    expect(movesClocks(windowOf("clockwork", ["node-down"]))).toBe(false);
    expect(movesClocks(windowOf("anything", ["unknown"]))).toBe(true);
    // Histories of earlier versions have only the fault's kind, not its effects.
    expect(movesClocks(windowOf("clock-jump"))).toBe(true);
    expect(movesClocks(windowOf("kill"))).toBe(false);
  });
});

describe("words", () => {
  test("what was returned", () => {
    expect([returned([]), returned([of("v1"), { version: "0002", value: null }])]).toEqual([
      "nothing",
      "v1, a deletion",
    ]);
    expect([replicaCount(0), replicaCount(1), replicaCount(2)]).toEqual([
      "0 replicas",
      "1 replica",
      "2 replicas",
    ]);
  });
});

describe("why, as the evidence has it", () => {
  const model = (): Model => {
    const scenario = new Scenario()
      .fault(0, "kill", ["n1"], 10, 20)
      .fault(1, "partition", ["n2", "n3"], 30, 40);
    scenario.write("v1", 0, 5);
    scenario
      .sync("n1", 4, { key: "k0", versions: ["0001"] })
      .sync("n2", 8, { key: "k0", versions: ["0001"] })
      .sync("n3", 8, { key: "k0", versions: ["0000"] });
    const request = { frame: "replica-read", trace: 1, request: 0, key: "k0" } as const;
    scenario
      .frame("sent", "n1", "n2", 9.1, request)
      .frame("received", "n1", "n2", 9.2, {
        ...request,
        frame: "replica-read-ok",
        versions: ["0001", "0002"],
      })
      .frame("received", "n1", "n2", 9.3, { ...request, frame: "replica-error", code: "busy" });
    scenario.frame("received", "n1", "n2", 9.4, {
      frame: "replica-write-ok",
      trace: 1,
      request: 0,
      key: "k0",
    });
    scenario.read([of("v1")], 9, 10);
    return modelOf([
      ...scenario.events(null),
      { e: "fault", atUs: 50_000, phase: "injected", fault: 2, kind: "pause", nodes: ["n1"] },
    ]);
  };

  test("faults that held at some time between, their ends included", () => {
    const over = (fromMs: number, toMs: number, key = "k0"): number[] =>
      faultsOver(model(), key, fromMs * 1000, toMs * 1000).map((sentence) =>
        Number(sentence.split(" ")[1]),
      );
    expect([
      over(20, 30),
      over(20.1, 29.9),
      over(5, 10),
      over(5, 9.9),
      over(45, 60),
      over(0, 90, "k9"),
    ]).toEqual([[0, 1], [], [0], [], [2], [0, 1, 2]]);
    expect(faultsOver(model(), "k0", 0, 90_000)).toEqual([
      "fault 0 (kill of n1) began at 10.0 ms and was healed at 20.0 ms",
      "fault 1 (partition of n2, n3) began at 30.0 ms and was healed at 40.0 ms",
      "fault 2 (pause of n1) began at 50.0 ms and was never healed",
    ]);
  });

  test("of many faults the last are shown, and the others counted", () => {
    const over = (count: number): readonly string[] => {
      const scenario = new Scenario();
      for (let fault = 0; fault < count; fault++)
        scenario.fault(fault, "kill", ["n1"], fault, fault + 1);
      return faultsOver(modelOf(scenario.events()), "k0", 0, 90_000);
    };
    expect(over(4).map((sentence) => sentence.split(" (")[0])).toEqual([
      "fault 0",
      "fault 1",
      "fault 2",
      "fault 3",
    ]);
    expect(over(5).map((sentence) => sentence.split(" (")[0])).toEqual([
      "fault 1",
      "fault 2",
      "fault 3",
      "fault 4",
      "1 more fault on replicas of k0 began earlier",
    ]);
    expect(over(7).at(-1)).toBe("3 more faults on replicas of k0 began earlier");
  });

  test("a fault that cuts links says who could not reach whom", () => {
    const sentence = (cuts: readonly (readonly [string, string])[]): string | undefined => {
      const events: HistoryEvent[] = ["inject", "healed"].map((phase, i) => ({
        e: "fault",
        atUs: i * 1000,
        phase: phase as "inject" | "healed",
        fault: 3,
        kind: "partition",
        nodes: ["n1", "n2", "n3"],
        cuts,
      }));
      return faultsOver(modelOf([run, ...events]), "k0", 0, 1)[0]?.split(": ")[1];
    };
    const both = (a: string, b: string): (readonly [string, string])[] => [
      [a, b],
      [b, a],
    ];
    const healed = ") began at 0 ms and was healed at 1.0 ms";
    expect(sentence(both("n2", "n1"))).toBe(`nothing passed between n2 and n1${healed}`);
    expect(sentence([...both("n1", "n3"), ...both("n1", "n2")])).toBe(
      `nothing passed between n1 and any of n2, n3${healed}`,
    );
    expect(
      sentence([
        ["n3", "n1"],
        ["n2", "n1"],
      ]),
    ).toBe(`nothing passed from any of n2, n3 to n1${healed}`);
    // The cuts of a ring do not separate two sides.
    expect(
      sentence([
        ...both("n1", "n3"),
        ...both("n1", "n4"),
        ...both("n2", "n4"),
        ...both("n2", "n5"),
        ...both("n3", "n5"),
      ]),
    ).toBe(
      `nothing passed between n1 and any of n3, n4, nor between n2 and any of n4, n5, nor between n3 and n5${healed}`,
    );
    expect(sentence([...both("n4", "n1"), ...both("n3", "n2"), ["n5", "n1"]])).toBe(
      `nothing passed between n4 and n1, nor between n3 and n2, nor from n5 to n1${healed}`,
    );
  });

  test("which replicas were behind, and what each answered", () => {
    const all = model();
    const [write, read] = all.operations;
    if (write === undefined || read === undefined) return expect.fail("two operations");
    const begun = (startUs: number): Operation => ({ op: 1, f: "read", startUs }) as Operation;
    expect(replicasBehind(all, write, "0001", begun(6000))).toEqual([
      "n2 synced write 0 (v1), or a newer version, only 2.0 ms after read 1 began",
      "n3 never synced write 0 (v1)",
    ]);
    expect(replicasBehind(all, write, "0001", begun(8000))).toEqual([
      "n3 never synced write 0 (v1)",
    ]);
    expect([
      replicasBehind(all, write, undefined, read),
      replicasBehind({ ...all, run: knownRun(runWith({ evidence: false })) }, write, "0001", read),
    ]).toEqual([[], []]);
    expect(repliesOf(all, read)).toEqual([
      "n2 answered read 1 with v1 (write 0), the version 0002 (made for no operation)",
    ]);
    expect(repliesOf(all, write)).toEqual([]);
  });

  test("a replica is behind only if no evidence is lost that may say otherwise", () => {
    const behind = (lost: (scenario: Scenario) => unknown): readonly string[] => {
      const scenario = new Scenario();
      scenario.write("v1", 0, 5);
      scenario
        .sync("n2", 1, { key: "k0", versions: ["0000"] })
        .sync("n3", 1, { key: "k0", versions: ["0000"] });
      lost(scenario);
      scenario
        .sync("n2", 8, { key: "k0", versions: ["0001"] })
        .sync("n3", 8, { key: "k0", versions: ["0000"] });
      scenario.gap("n2").sync("n2", 9, { key: "k0", versions: ["0001"] });
      const all = modelOf(scenario.events());
      return replicasBehind(all, all.operations[0] as Operation, "0001", {
        op: 1,
        f: "read",
        startUs: 6000,
      } as Operation);
    };
    const n2 = "n2 synced write 0 (v1), or a newer version, only 2.0 ms after read 1 began";
    expect(behind(() => {})).toEqual([n2, "n3 never synced write 0 (v1)"]);
    expect(behind((scenario) => scenario.gap("n3"))).toEqual([n2]);
    expect(behind((scenario) => scenario.gap("n2"))).toEqual(["n3 never synced write 0 (v1)"]);
  });

  test("who answered the same is named together, by time", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    const read = scenario.read([of("v1")], 2, 9);
    for (const [request, peer, atMs, versions] of [
      [0, "n3", 6, []],
      [1, "n1", 5, ["0001"]],
      [2, "n2", 7, ["0001"]],
    ] as const) {
      scenario.frame("sent", "n1", peer, 3, {
        frame: "replica-read",
        trace: read,
        request,
        key: "k0",
      });
      scenario.frame("received", "n1", peer, atMs, {
        frame: "replica-read-ok",
        trace: read,
        request,
        key: "k0",
        versions,
      });
    }
    const all = modelOf(scenario.events());
    expect(repliesOf(all, all.operations[1] as Operation)).toEqual([
      "n1 and n2 answered read 1 with v1 (write 0)",
      "n3 answered read 1 with nothing",
    ]);
    // n1 and n3 answer a second time, after the client has been answered.
    const answered = scenario.frame("sent", "n1", "c0", 7.5, {
      frame: "client-read-ok",
      trace: read,
      key: "k0",
      versions: ["0001"],
    });
    for (const [request, peer] of [
      [3, "n1"],
      [4, "n3"],
    ] as const) {
      answered.frame("sent", "n1", peer, 7.6, {
        frame: "replica-read",
        trace: read,
        request,
        key: "k0",
      });
      answered.frame("received", "n1", peer, 8, {
        frame: "replica-read-ok",
        trace: read,
        request,
        key: "k0",
        versions: ["0001"],
      });
    }
    const later = modelOf(answered.events());
    expect(repliesOf(later, later.operations[1] as Operation)).toEqual([
      "n1 and n2 answered read 1 with v1 (write 0), and so did n3 after the coordinator had answered the client",
      "n3 answered read 1 with nothing",
    ]);
  });

  test("a reply that came after the client had been answered took no part", () => {
    const replies = (answering: string): readonly string[] => {
      const scenario = new Scenario();
      scenario.write("v1", 0, 5);
      scenario.read([], 9, 12);
      const reply = (
        node: string,
        request: number,
        atMs: number,
        versions: readonly string[],
      ): void => {
        scenario.frame("sent", "n1", node, 9.1, {
          frame: "replica-read",
          trace: 1,
          request,
          key: "k0",
        });
        scenario.frame("received", "n1", node, atMs, {
          frame: "replica-read-ok",
          trace: 1,
          request,
          key: "k0",
          versions,
        });
      };
      reply("n2", 0, 10, []);
      scenario.frame("sent", answering, "c1", 11, {
        frame: "client-read-ok",
        trace: 1,
        key: "k0",
        versions: [],
      });
      reply("n3", 1, 13.5, ["0001"]);
      const all = modelOf(scenario.events());
      return all.operations.flatMap((operation) =>
        operation.f === "read" ? repliesOf(all, operation) : [],
      );
    };
    expect(replies("n1")).toEqual([
      "n2 answered read 1 with nothing",
      "n3 answered read 1 with v1 (write 0), after the coordinator had answered the client",
    ]);
    // If another node answered the client, the order of the two events is unknown.
    expect(replies("n2")).toEqual([
      "n2 answered read 1 with nothing",
      "n3 answered read 1 with v1 (write 0)",
    ]);
  });
});

describe("events that are no history", () => {
  test("say what was expected and what came", () => {
    const phase: HistoryEvent = { e: "phase", atUs: 0, phase: "started" };
    expect(
      [[phase], [run, run], [run, { ...phase, e: "gossip" } as unknown as HistoryEvent]].map(
        (events) => judge(events).reasons,
      ),
    ).toEqual([
      [
        "the history cannot be judged: history: expected exactly one `run` event, as the first event, got a " +
          "`phase` event (not-first); a history begins with its `run` event and has no second `run` event",
      ],
      [
        "the history cannot be judged: history: expected exactly one `run` event, as the first event, got a " +
          "`run` event (not-first); a history begins with its `run` event and has no second `run` event",
      ],
      [
        "the history cannot be judged: history: expected a known event, got " +
          '{"e":"gossip","atUs":0,"phase":"started"} (unknown-event); another version of quorate wrote the ' +
          "file, or the file was edited by hand; run again with this version",
      ],
    ]);
  });

  test("every kind of evidence is one, and an operation that is not there is none", () => {
    const at = { atUs: 0, node: "n1", boot: 1 };
    const model = modelOf([
      run,
      { ...at, e: "boot", seq: 0, phase: "start" },
      { ...at, e: "explain", seq: 1, what: "x" },
    ]);
    expect([
      model.evidence.gapCount(),
      model.evidence.lastBoot("n1"),
      model.operation.get(99),
      model.operations,
      model.phases,
      model.faultEvents,
    ]).toEqual([0, 1, undefined, [], [], []]);
  });

  test("what one node sent for a write is its version where it is alone", () => {
    const sent = (versions: readonly string[]): string | undefined => {
      const scenario = new Scenario();
      scenario.write("v1", 0, 1, { outcome: "info" });
      scenario.frame("sent", "n1", "n2", 0.5, {
        frame: "replica-write",
        trace: 0,
        request: 1,
        cause: "write",
        key: "k0",
        versions,
      });
      const model = modelOf(scenario.events());
      const [write] = model.operations;
      return write === undefined ? undefined : model.writers("k0").versionOf(write);
    };
    expect([sent(["0004"]), sent(["0004", "0005"]), sent([])]).toEqual([
      "0004",
      undefined,
      undefined,
    ]);
  });
});

test("one guarantee alone, where only that is asked for", () => {
  const finished = (...only: Parameters<HistoryJudge["finish"]>) => {
    const judging = new HistoryJudge();
    for (const line of linesOf(sample()).trimEnd().split("\n")) judging.read(line);
    return judging.finish(...only);
  };
  const alone = finished({ only: "regular-stamped" });
  expect(Object.keys(alone.guarantees)).toEqual(["regular-stamped"]);
  expect(alone.verdict).toBe("valid");
  expect(Object.keys(finished().guarantees)).toEqual(guaranteeNames);
});
