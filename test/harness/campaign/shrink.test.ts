/** Tests that shrinking which a limit ends keeps the smallest case so far, and says which limit. */
import { expect, it } from "vitest";
import { planArbitrary, planAt, type PlanOptions } from "../../../generators/index.ts";
import { attempt, brokenPromises } from "../../../harness/campaign/index.ts";
import { shrink } from "../../../harness/campaign/shrink.ts";
import { openSimulator } from "../../../harness/platforms/simulator/index.ts";
import { maelstrom } from "../../../harness/targets/maelstrom/index.ts";

const plans: PlanOptions = {
  target: maelstrom,
  settings: maelstrom.parseSettings({ bin: "test/fixtures/nodes/loud-echo.ts" }),
  workload: "echo",
  faults: [],
  claimed: [],
  operations: { min: 30, max: 30 },
};

it.each([
  ["time", { timeoutMs: 0 }, 0, "stopped after the time limit of 0 s"],
  ["tries", { mostTries: 3 }, 3, "stopped at the limit of 3 tries"],
])("a limit of %s ends it", async (_, limit, tries, ended) => {
  const cluster = openSimulator(maelstrom);
  const failed = await attempt(planAt(plans, 3, 0), cluster, { evidence: true });
  const shrunk = await shrink(failed, {
    plans: planArbitrary(plans),
    broken: brokenPromises(failed.verdict),
    run: (plan) => attempt(plan, cluster, { evidence: true }),
    signal: new AbortController().signal,
    ...limit,
  });
  await cluster.stop();
  expect(shrunk).toMatchObject({ tries, ended });
  expect(shrunk.smallest.verdict.verdict).toBe("invalid");
  expect(shrunk.smallest === failed).toBe(tries === 0);
});
