/** Tests histories of a whole day of virtual time, with ten exchanges a second. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parsePlan, type Plan, type PlannedFault } from "../../../../generators/index.ts";
import { attempt, bundled, createSimCluster, runHistory } from "../../../../harness/index.ts";
import { bundledPlans } from "../../../../harness/targets/bundled/index.ts";

const file = join(import.meta.dirname, "../../../fixtures/plan-one-day.json");
const idle = parsePlan(JSON.parse(readFileSync(file, "utf8")), bundledPlans);
/** The idle plan with a fault that lasts until the evening. */
const under = (fault: PlannedFault["fault"]): Plan => ({
  ...idle,
  faults: [{ atMs: 0, durationMs: 80_000_000, fault }],
});
/** A plan in which one replica misses writes and nothing repairs it. */
const apart: Plan = {
  ...idle,
  faults: [{ atMs: 0, durationMs: 1_500, fault: { kind: "kill", nodes: [3] } }],
  settings: { ...idle.settings, antiEntropy: false, hints: false },
};
/** A plan in which the nodes check all day whether they may remove the tombstone of the only delete. */
const busy: Plan = {
  ...idle,
  operations: [
    { client: 0, afterMs: 0, node: 0, key: 0, f: "delete" },
    { client: 0, afterMs: 82_800_000, node: 0, key: 0, f: "read" },
  ],
  settings: { ...idle.settings, deletes: "grace", graceMs: 86_400_000 },
};

describe("a day in which nothing can change for hours", () => {
  it("is skipped where it is idle, and judged, with the same history each time", async () => {
    const run = () => attempt(idle, createSimCluster(bundled), { evidence: true });
    const { verdict, events, hash } = await run();
    expect(verdict.verdict).toBe("valid");
    const end = events.at(-1);
    expect(end?.e === "end" && end.atUs).toBeGreaterThan(24 * 3_600_000_000);
    expect(events.length).toBeLessThan(100_000);
    expect((await run()).hash).toBe(hash);
  });
});

describe("a day with a fault", () => {
  it.each<PlannedFault["fault"]>([
    { kind: "kill", nodes: [0] },
    { kind: "pause", nodes: [2] },
    {
      kind: "partition",
      partition: {
        shape: "links",
        cuts: [
          [0, 1],
          [1, 0],
          [2, 3],
        ],
      },
    },
    { kind: "loss", nodes: [1], direction: "both", percent: 20 },
    { kind: "slow-disk", nodes: [0] },
    { kind: "disk-full", nodes: [1] },
    { kind: "membership", change: "add", newcomer: 5, asked: 3 },
  ])("is skipped once nothing changes any more: %j", async (fault) => {
    const { verdict, events } = await attempt(under(fault), createSimCluster(bundled), {
      evidence: true,
    });
    expect(verdict.verdict).toBe("valid");
    const end = events.at(-1);
    expect(end?.e === "end" && end.atUs).toBeGreaterThan(24 * 3_600_000_000);
    expect(events.length).toBeLessThan(100_000);
  });
});

describe("a day on which replicas differ that nothing repairs", () => {
  it("is skipped", async () => {
    const { verdict, events } = await attempt(apart, createSimCluster(bundled), { evidence: true });
    expect(verdict.verdict).toBe("valid");
    const end = events.at(-1);
    expect(end?.e === "end" && end.atUs).toBeGreaterThan(24 * 3_600_000_000);
    expect(events.length).toBeLessThan(100_000);
  });
});

describe("a day in which something goes on", () => {
  it("hears that it is to stop", async () => {
    const controller = new AbortController();
    // A real timer fires only if the simulator lets the process handle its events.
    setTimeout(() => controller.abort(), 1);
    const events = await runHistory(busy, createSimCluster(bundled), {
      evidence: true,
      signal: controller.signal,
    });
    expect(events.at(-1)).toMatchObject({ e: "end", reason: "interrupted" });
  });

  it("is given up after so many events, at the same one each time", async () => {
    const run = (): Promise<unknown> =>
      runHistory(busy, createSimCluster(bundled), { evidence: false }).then(
        () => "it ended",
        (error: unknown) => error,
      );
    const thrown = await run();
    expect(thrown).toMatchObject({ name: "UnjudgedError", code: "history-too-long" });
    expect(await run()).toEqual(thrown);
  });
});
