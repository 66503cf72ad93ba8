/** Histories of a whole day of their own time, with exchanges ten times a second. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parsePlan, type Plan } from "../../../../generators/index.ts";
import { attempt, bundled, createSimCluster, runHistory } from "../../../../harness/index.ts";
import { bundledPlans } from "../../../../harness/targets/bundled/index.ts";

const file = join(import.meta.dirname, "../../../fixtures/plan-one-day.json");
const idle = parsePlan(JSON.parse(readFileSync(file, "utf8")), bundledPlans);
/** With a disk that is slow until the evening. */
const busy: Plan = {
  ...idle,
  faults: [
    {
      atMs: 0,
      durationMs: 80_000_000,
      fault: { kind: "slow-disk", nodes: [0] },
    },
  ],
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
  it("hears that it is to stop", async () => {
    const controller = new AbortController();
    // A timer's turn comes only if the simulator gives the process one.
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
