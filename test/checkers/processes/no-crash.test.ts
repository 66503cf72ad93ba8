import { describe, expect, it } from "vitest";
import { judge } from "../../../checkers/judge.ts";
import type { HistoryEvent, NodeEndedEvent, Verdict } from "../../../checkers/index.ts";
import { of, type RunOverrides, Scenario } from "../support.ts";

const promised = {
  promised: ["no-crash", "no-thin-air"],
  capabilities: { versions: "stamps", inspection: true, evidence: true, processes: true },
} as const;

const end = (by: NodeEndedEvent["by"], detail: string, atMs = 50): NodeEndedEvent => ({
  e: "node-ended",
  atUs: atMs * 1000,
  node: "n2",
  by,
  detail,
});

/** Judges a history with a write through n2 from 40 to 60 ms, the processes' `ends`, and a fault if one is given. */
function judged(
  ends: readonly NodeEndedEvent[],
  fault: {
    kind: string;
    effects: string[];
    node: string;
    fromMs: number;
    toMs: number;
  } | null = null,
  run: RunOverrides = promised,
): Verdict {
  const scenario = new Scenario(run);
  scenario.write("v1", 40, 60, { node: "n2" });
  scenario.read([of("v1")], 70, 80);
  const faults: HistoryEvent[] =
    fault === null
      ? []
      : (["inject", "healed"] as const).map((phase) => ({
          e: "fault",
          atUs: (phase === "inject" ? fault.fromMs : fault.toMs) * 1000,
          phase,
          fault: 0,
          kind: fault.kind,
          nodes: [fault.node],
          ...(phase === "inject" ? { effects: fault.effects } : {}),
        }));
  const [first, ...others] = scenario.events();
  const all = [...others.slice(0, -1), ...faults, ...ends].sort(
    (a, b) => (a as { atUs: number }).atUs - (b as { atUs: number }).atUs,
  );
  return judge([first, ...all, ...others.slice(-1)] as HistoryEvent[]);
}

describe("no-crash", () => {
  it("is broken by a node that ended by itself; the sentence has its last words", () => {
    const { verdict, guarantees, reasons } = judged([end("itself", "it crashed: boom")]);
    expect(verdict).toBe("invalid");
    expect(reasons).toEqual([
      "no-crash is broken: n2 ended by itself at 50.0 ms; no planned fault explains this end: it crashed: boom",
    ]);
    expect(guarantees["no-crash"]?.anomalies[0]?.operations).toEqual([0]);
  });

  it("holds where no node ended", () => {
    expect(judged([]).guarantees["no-crash"]).toMatchObject({ verdict: "valid", judged: 3 });
  });

  it.each(["engine", "somebody"] as const)("is unknown where the %s ended a node", (by) => {
    const { verdict, reasons } = judged([end(by, "exit status 137")]);
    expect(verdict).toBe("unknown");
    expect(reasons).toEqual(["no-crash is undecided: n2 ended at 50.0 ms: exit status 137"]);
  });

  it("is broken also where another end is nobody's fault", () => {
    expect(judged([end("somebody", "SIGTERM", 30), end("itself", "exit status 1")]).verdict).toBe(
      "invalid",
    );
  });

  it("excuses an end while a planned fault keeps that node's disk from taking writes", () => {
    const full = { kind: "disk-full", effects: ["writes-refused"], fromMs: 30, toMs: 55 };
    const ends = [end("itself", "no space left")];
    expect(judged(ends, { ...full, node: "n2" }).verdict).toBe("valid");
    expect(judged(ends, { ...full, node: "n1" }).verdict).toBe("invalid");
    expect(judged(ends, { ...full, node: "n2", toMs: 45 }).verdict).toBe("invalid");
  });

  it("names the faults that held, which excuse nothing else", () => {
    const fault = { kind: "pause", effects: ["node-down"], node: "n1", fromMs: 30, toMs: 55 };
    expect(judged([end("itself", "boom")], fault).guarantees["no-crash"]).toMatchObject({
      verdict: "invalid",
      anomalies: [{ because: ["a fault (pause) was active on n1 at that time"] }],
    });
  });

  it("does not apply where the harness did not start the nodes", () => {
    const verdict = judged([], null, { promised: ["no-thin-air"] });
    expect(verdict.guarantees["no-crash"]).toMatchObject({ verdict: "not-applicable" });
  });

  it("alone makes no verdict valid, unless somebody claims it", () => {
    expect(judged([], null, { ...promised, promised: ["no-crash"] })).toMatchObject({
      verdict: "unknown",
      reasons: ["no guarantee was promised or claimed"],
    });
    expect(judged([], null, { ...promised, promised: [], claimed: ["no-crash"] }).verdict).toBe(
      "valid",
    );
  });
});
