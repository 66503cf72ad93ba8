/**
 * Tests shrinking when only containers fail: each candidate is tried several times, and the result says how often it
 * fails again.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attempt, brokenPromises, findSmallest } from "../../../../harness/campaign/index.ts";
import { createDockerCluster } from "../../../../harness/platforms/docker/index.ts";
import { bundled, type Cluster, planSize } from "../../../../harness/index.ts";
import { parsePlan } from "../../../../generators/index.ts";
import { docker } from "../../../support/docker.ts";
import { bundledPlans } from "../../../../harness/targets/bundled/index.ts";

describe.skipIf(docker.skip)(`shrinking in containers${docker.reason}`, () => {
  const directory = mkdtempSync(join(tmpdir(), "quorate-shrink-"));
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await createDockerCluster(bundled, { nodes: 3 });
  });
  afterAll(async () => {
    await cluster?.stop();
    rmSync(directory, { recursive: true });
  });

  it("drops what the failure does not need, and tells how often the rest fails", async () => {
    // The bug forgets every value, but only in a container's program. So no simulated schedule can show it.
    const bugBundle = join(directory, "amnesia.mjs");
    writeFileSync(
      bugBundle,
      'export default (parts) => (process.argv[1].endsWith("node.cjs") ? { ...parts, answer: () => null } : { ...parts, answer: (...given) => parts.answer(...given) });',
    );
    const settings = { nodes: 3, n: 3, r: 2, w: 2, antiEntropy: false, readRepair: "off" } as const;
    const plan = parsePlan(
      {
        format: "quorate-plan/1",
        worldSeed: 3,
        settings,
        clients: 1,
        keys: 1,
        claimed: [],
        operations: ["write", "read", "write", "read"].map((f) => ({
          client: 0,
          afterMs: 20,
          node: 0,
          f,
          key: 0,
        })),
        faults: [
          {
            atMs: 10,
            durationMs: 50,
            fault: { kind: "partition", partition: { shape: "isolate", node: 2 } },
          },
        ],
      },
      bundledPlans,
    );
    const signal = new AbortController().signal;
    const run = { evidence: true, signal, bugBundle };
    const failed = await attempt(plan, cluster, run);
    const broken = brokenPromises(failed.verdict);
    expect(broken.length).toBeGreaterThan(0);
    const plans = {
      target: bundledPlans,
      settings: plan.settings,
      faults: [],
      workload: "register",
      claimed: [],
      quick: true,
    } as const;
    const { found, on, reproduced, tries, ended } = await findSmallest(failed, {
      broken,
      plans,
      cluster,
      run,
      timeoutMs: 60_000,
      signal,
      progress: () => {},
    });
    expect(on.platform).toBe("docker");
    expect(ended).toContain("none of 1000 simulated schedules broke the same guarantee");
    expect(tries).toBeGreaterThan(1000);
    const before = planSize(plan, bundledPlans);
    const after = planSize(found?.plan ?? plan, bundledPlans);
    expect(after.operations + after.faults).toBeLessThan(before.operations + before.faults);
    expect(reproduced).toEqual({ runs: 3, failed: 3 });
  });
});
