import { describe, expect, it } from "vitest";
import type { FaultEvent } from "../../../checkers/index.ts";
import { builtInKinds, type Fault, type PlannedFault } from "../../../generators/index.ts";
import type { Cluster } from "../../../harness/platforms/cluster.ts";
import { processPort } from "../../../harness/platforms/fault-port.ts";
import { createNemesis, type Nemesis } from "../../../harness/run/nemesis.ts";
import { createRecorder } from "../../../harness/run/recorder.ts";
import { bundledPlans } from "../../../harness/targets/bundled/index.ts";

type Done = (error: Error | null) => void;

/**
 * A cluster that records its calls. Each call takes one millisecond. A call that begins while another one runs is
 * recorded as an error.
 */
function fakeCluster(): { cluster: Cluster; verbs: string[]; runUntil: (ms: number) => void } {
  const verbs: string[] = [];
  const timers: { atMs: number; fire: () => void }[] = [];
  let nowMs = 0;
  let busy = false;
  const setTimer = (delayMs: number, fire: () => void): { cancel(): void } => {
    const timer = { atMs: nowMs + delayMs, fire };
    timers.push(timer);
    return { cancel: () => void timers.splice(timers.indexOf(timer), 1) };
  };
  const verb = (name: string, done: Done): void => {
    verbs.push(`${nowMs} ${busy ? "WHILE ANOTHER RUNS " : ""}${name}`);
    busy = true;
    setTimer(1, () => {
      busy = false;
      done(name === "kill n4" ? new Error("the engine refused") : null);
    });
  };
  const cluster = {
    nodes: ["n1", "n2", "n3", "n4", "n5"],
    clock: { nowUs: () => nowMs * 1000, setTimer },
    ports: {
      cuts: {
        set: (cuts: ReadonlyMap<string, true>, _: unknown, done: Done) =>
          verb(`cut ${[...cuts.keys()].join(" ")}`, done),
      },
      process: processPort({
        kill: (node, done) => verb(`kill ${node}`, done),
        restart: (node, done) => verb(`restart ${node}`, done),
        pause: (node, done) => verb(`pause ${node}`, done),
        resume: (node, done) => verb(`resume ${node}`, done),
      }),
    },
  };
  return {
    // The nemesis uses no other member of a cluster.
    cluster: cluster as unknown as Cluster,
    verbs,
    runUntil(ms) {
      for (;;) {
        timers.sort((a, b) => a.atMs - b.atMs);
        const next = timers[0];
        if (next === undefined || next.atMs > ms) break;
        timers.shift();
        nowMs = next.atMs;
        next.fire();
      }
      nowMs = ms;
    },
  };
}

function carryOut(
  faults: readonly PlannedFault[],
): ReturnType<typeof fakeCluster> & { nemesis: Nemesis; phases: () => string[] } {
  const fake = fakeCluster();
  const recorder = createRecorder();
  const nemesis = createNemesis(fake.cluster, recorder, faults, {
    kinds: builtInKinds,
    facts: bundledPlans.facts(bundledPlans.parseSettings({})),
    nodes: 5,
  });
  nemesis.start();
  const phases = (): string[] =>
    recorder.events
      .filter((event): event is FaultEvent => event.e === "fault")
      .map((event) => `${event.atUs / 1000} ${event.phase} ${event.fault}`);
  return { ...fake, nemesis, phases };
}

const planned = (atMs: number, durationMs: number, fault: Fault): PlannedFault => ({
  atMs,
  durationMs,
  fault,
});
const oneWay = (from: number, to: number): Fault => ({
  kind: "partition",
  partition: { shape: "one-way", from, to },
});

describe("the nemesis", () => {
  it("injects and heals, and writes the intent down before the act and the effect after it", () => {
    const { runUntil, verbs, phases } = carryOut([planned(10, 20, { kind: "kill", nodes: [0] })]);
    runUntil(100);
    expect(verbs).toEqual(["10 kill n1", "31 restart n1"]);
    expect(phases()).toEqual(["10 inject 0", "11 injected 0", "31 heal 0", "32 healed 0"]);
  });

  it("keeps a node down until the last fault that wants it down is healed", () => {
    const { runUntil, verbs } = carryOut([
      planned(10, 20, { kind: "kill", nodes: [0] }),
      planned(20, 50, { kind: "kill", nodes: [0, 1] }),
    ]);
    runUntil(200);
    expect(verbs).toEqual(["10 kill n1", "20 kill n2", "71 restart n1", "72 restart n2"]);
  });

  it("lets a kill win over a pause, and pauses the restarted node again", () => {
    const { runUntil, verbs } = carryOut([
      planned(10, 100, { kind: "pause", nodes: [0] }),
      planned(20, 20, { kind: "kill", nodes: [0] }),
    ]);
    runUntil(200);
    expect(verbs).toEqual([
      "10 pause n1",
      "20 kill n1",
      "41 restart n1",
      "42 pause n1",
      "111 resume n1",
    ]);
  });

  it("cuts the union of the active partitions", () => {
    const { runUntil, verbs } = carryOut([
      planned(10, 40, oneWay(0, 1)),
      planned(20, 10, oneWay(1, 2)),
      planned(25, 10, oneWay(0, 1)),
    ]);
    runUntil(200);
    expect(verbs).toEqual(["10 cut n1>n2", "20 cut n1>n2 n2>n3", "31 cut n1>n2", "51 cut "]);
  });

  it("puts cuts in force before a node that they concern starts again", () => {
    const { runUntil, verbs } = carryOut([
      planned(10, 20, { kind: "kill", nodes: [0] }),
      planned(30, 50, oneWay(1, 0)),
    ]);
    runUntil(200);
    expect(verbs.indexOf("30 cut n2>n1")).toBeLessThan(
      verbs.findIndex((verb) => verb.endsWith("restart n1")),
    );
  });

  it("never runs two acts at once", () => {
    const { runUntil, verbs } = carryOut([
      planned(10, 5, { kind: "kill", nodes: [0, 1, 2] }),
      planned(11, 5, { kind: "pause", nodes: [3, 4] }),
      planned(12, 5, oneWay(0, 1)),
    ]);
    runUntil(300);
    expect(verbs.filter((verb) => verb.includes("WHILE ANOTHER RUNS"))).toEqual([]);
    expect(
      verbs.filter((verb) => verb.includes("restart") || verb.includes("resume")),
    ).toHaveLength(5);
  });

  it("heals all, then injects nothing more", () => {
    const { runUntil, verbs, phases, nemesis } = carryOut([
      planned(10, 1000, { kind: "pause", nodes: [0] }),
      planned(50, 10, { kind: "kill", nodes: [1] }),
    ]);
    runUntil(20);
    let whole = false;
    nemesis.healAll(() => {
      whole = true;
    });
    expect(whole).toBe(false);
    runUntil(2000);
    expect(whole).toBe(true);
    expect(verbs).toEqual(["10 pause n1", "20 resume n1"]);
    expect(phases()).toContain("50 skipped 1");
    expect(nemesis.active).toBe(0);
  });

  it("says what could not be carried out", () => {
    const { runUntil, nemesis } = carryOut([planned(10, 20, { kind: "kill", nodes: [3] })]);
    runUntil(200);
    expect(nemesis.failure).toBe("the engine refused");
  });
});
