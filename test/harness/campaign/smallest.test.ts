/**
 * Tests shrinking when no simulated schedule fails, on a cluster that only claims to be in containers and has the bug
 * at some of its starts.
 */
import { expect, test } from "vitest";
import { bundleBug } from "../../../harness/bug-bundle.ts";
import { attempt, brokenPromises } from "../../../harness/campaign/index.ts";
import { findSmallest } from "../../../harness/campaign/smallest.ts";
import { bundled, type Cluster, createSimCluster, planSize } from "../../../harness/index.ts";
import { planAt, type PlanOptions } from "../../../generators/index.ts";
import { defaultSettings } from "../../../store/index.ts";
import { bundledPlans } from "../../../harness/targets/bundled/index.ts";

const plans: PlanOptions = {
  target: bundledPlans,
  settings: { ...defaultSettings, antiEntropy: false, readRepair: "off" },
  faults: ["partition", "kill"],
  workload: "register",
  claimed: [],
  operations: { min: 15, max: 30 },
  worlds: 0,
};

/**
 * A simulated cluster that claims to be in containers. `sickAt(k)` decides whether it has the bug at its k-th start.
 */
async function standIn(sickAt: (start: number) => boolean): Promise<Cluster> {
  const cluster = createSimCluster(bundled);
  const bugBundle = await bundleBug("merge-of-first");
  let starts = 0;
  return new Proxy(cluster, {
    get: (target, name: keyof Cluster) => {
      if (name === "platform") return "docker";
      if (name === "virtualTime" || name === "replaysExactly") return false;
      if (name === "start")
        return (options: Parameters<Cluster["start"]>[0]) =>
          target.start(sickAt(++starts) ? { ...options, bugBundle } : options);
      const member = target[name] as unknown;
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}

test("a failure that only containers show is shrunk there, a few tries for each candidate, and its rate told", async () => {
  const sick = await standIn(() => true);
  const signal = new AbortController().signal;
  const run = { evidence: true, signal };
  let index = 0;
  let failed = await attempt(planAt(plans, 4, index), sick, run);
  while (brokenPromises(failed.verdict).length === 0)
    failed = await attempt(planAt(plans, 4, ++index), sick, run);
  const broken = brokenPromises(failed.verdict);

  const smallest = await findSmallest(failed, {
    broken,
    plans,
    cluster: await standIn((start) => start % 2 === 0),
    run,
    timeoutMs: 20_000,
    signal,
    progress: () => {},
  });
  expect(smallest.on.platform).toBe("docker");
  expect(smallest.ended).toContain("simulated schedules broke the same guarantee");
  expect(
    brokenPromises(smallest.found?.verdict ?? failed.verdict).some((name) => broken.includes(name)),
  ).toBe(true);
  expect(planSize(smallest.found?.plan ?? failed.plan, bundledPlans).operations).toBeLessThan(
    planSize(failed.plan, bundledPlans).operations,
  );
  expect(smallest.reproduced?.runs).toBe(3);
  expect([1, 2]).toContain(smallest.reproduced?.failed);
});
