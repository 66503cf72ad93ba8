import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCampaign } from "../../../harness/campaign/index.ts";
import {
  bundled,
  type Cluster,
  createSimCluster,
  defaultSettings,
  EnvironmentError,
} from "../../../harness/index.ts";
import { bundledPlans } from "../../../harness/targets/bundled/index.ts";

test("an environment that fails in the middle leaves a report that says so, and the failure is still the campaign's", async () => {
  const out = mkdtempSync(join(tmpdir(), "quorate-environment-"));
  const sim = createSimCluster(bundled);
  let starts = 0;
  const failing: Cluster = new Proxy(sim, {
    get: (target, name) => {
      if (name === "start" && ++starts > 3)
        throw new EnvironmentError({
          code: "no-docker-engine",
          expected: "an engine",
          got: "none <b>any more</b>",
          hint: "Start it",
        });
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  const running = runCampaign({
    cluster: failing,
    seed: 4,
    histories: 50,
    jobs: 1,
    tolerateUnknown: 0.01,
    shard: { index: 0, of: 1 },
    plans: {
      target: bundledPlans,
      settings: defaultSettings,
      workload: "register",
      swarmSettings: [],
      faults: [],
      claimed: [],
    },
    out,
    command: "npx quorate run",
    evidence: true,
    shrinkTimeoutMs: null,
    signal: new AbortController().signal,
    progress: () => {},
  });
  await expect(running).rejects.toThrow("no-docker-engine");
  const run = join(out, readdirSync(out)[0] ?? "");
  const campaign = JSON.parse(readFileSync(join(run, "campaign.json"), "utf8")) as {
    verdict: string;
    interrupted: string;
    histories: unknown[];
  };
  expect(campaign.verdict).toBe("unknown");
  expect(campaign.interrupted).toContain("no-docker-engine");
  expect(campaign.histories.length).toBeGreaterThan(0);
  const html = readFileSync(join(run, "report.html"), "utf8");
  expect(html).toContain("<h1>Unknown");
  expect(html).toContain("none &lt;b&gt;any more");
  await sim.stop();
  rmSync(out, { recursive: true });
});
