import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCampaign } from "../../../harness/campaign/index.ts";
import { bundled, createSimCluster } from "../../../harness/index.ts";
import { bundledPlans } from "../../../harness/targets/bundled/index.ts";

it("a campaign without any time still runs one history", async () => {
  const { campaign } = await runCampaign({
    cluster: createSimCluster(bundled),
    seed: 1,
    histories: 100_000,
    timeLimitMs: 0,
    jobs: 1,
    tolerateUnknown: 0,
    shard: { index: 0, of: 1 },
    plans: {
      target: bundledPlans,
      settings: bundled.defaults,
      workload: "register",
      faults: [],
      claimed: [],
    },
    out: mkdtempSync(join(tmpdir(), "quorate-time-limit-")),
    command: "npx quorate run",
    evidence: true,
    shrinkTimeoutMs: null,
    signal: new AbortController().signal,
    progress: () => {},
  });
  expect(campaign.histories.map(({ index, verdict }) => ({ index, verdict }))).toEqual([
    { index: 0, verdict: "valid" },
  ]);
});
