/**
 * Tests that libfaketime is preloaded only in histories that need it. It changes more than the clock: Python's
 * time.sleep fails with it.
 */
import { afterAll, expect, it } from "vitest";
import type { Plan } from "../../../../generators/index.ts";
import { attempt, brokenPromises } from "../../../../harness/campaign/index.ts";
import { findClockLibrary } from "../../../../harness/platforms/process/clock.ts";
import { createProcessCluster } from "../../../../harness/platforms/process/platform.ts";
import { maelstrom } from "../../../../harness/targets/maelstrom/index.ts";
import { echoes, echoPlan, makePrograms } from "./programs.ts";

const programs = makePrograms();
afterAll(() => programs.remove());

/** A program whose nodes end by themselves if a library is preloaded. */
const endsUnderLibrary = programs.node(`${echoes} if (process.env.LD_PRELOAD) process.exit(9);`);

async function brokenBy(faults: Plan["faults"]): Promise<readonly string[]> {
  const cluster = createProcessCluster(maelstrom);
  try {
    const plan = echoPlan(endsUnderLibrary, { faults });
    return brokenPromises((await attempt(plan, cluster, { evidence: true })).verdict);
  } finally {
    await cluster.stop();
  }
}

it("is not preloaded where no fault moves a clock", async () => {
  expect(await brokenBy([])).toEqual([]);
  const pause = { atMs: 0, durationMs: 20, fault: { kind: "pause", nodes: [1] } };
  expect(await brokenBy([pause])).toEqual([]);
});

it.skipIf(findClockLibrary() === null)("is preloaded where a fault moves a clock", async () => {
  const clock = { kind: "clock", nodes: [0], clock: { shape: "jump", byMs: 1000 } };
  const faults = [{ atMs: 0, durationMs: 20, fault: clock }];
  await expect(brokenBy(faults)).rejects.toThrow(/^node-ended: .*status 9/);
});
