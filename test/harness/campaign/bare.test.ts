/** Tests that shrinking in real time ends soon once only the times of the plan could still become smaller. */
import { expect, it } from "vitest";
import { planAt, type PlanOptions } from "../../../generators/index.ts";
import { attempt, brokenPromises } from "../../../harness/campaign/index.ts";
import { shrinkInRealTime } from "../../../harness/campaign/shrink-in-real-time.ts";
import { openSimulator } from "../../../harness/platforms/simulator/index.ts";
import { maelstrom } from "../../../harness/targets/maelstrom/index.ts";

it("ends soon after one operation and no fault are left, with no node that is not needed", async () => {
  const plans: PlanOptions = {
    target: maelstrom,
    settings: maelstrom.parseSettings({ bin: "test/fixtures/nodes/loud-echo.ts" }),
    workload: "echo",
    faults: ["partition"],
    claimed: [],
    operations: { min: 30, max: 30 },
  };
  const cluster = openSimulator(maelstrom);
  const failed = await attempt(planAt(plans, 3, 0), cluster, { evidence: true });
  let bareAt: number | undefined;
  const { found, tries, ended } = await shrinkInRealTime(failed, {
    broken: brokenPromises(failed.verdict),
    plans,
    cluster,
    run: { evidence: true },
    timeoutMs: 60_000,
    signal: new AbortController().signal,
    progress: ({ operations, faults }, triesNow) => {
      if (operations.length === 1 && faults.length === 0) bareAt ??= triesNow;
    },
  });
  await cluster.stop();
  expect(found.plan.operations).toHaveLength(1);
  expect(found.plan.settings["nodes"]).toBe(1);
  expect(tries - (bareAt ?? 0)).toBeLessThan(30);
  expect(ended).toBe("no smaller case that was tried fails in the same way");
});
