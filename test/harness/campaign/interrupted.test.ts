import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCampaign } from "../../../harness/campaign/index.ts";
import { bundled, createSimCluster } from "../../../harness/index.ts";
import { bundledPlans } from "../../../harness/targets/bundled/index.ts";

// It ended in "expected a simulated plan to give the same history each time" and exit 70: the second try was cut short.
it("a signal while a history that a thread judged is run again, to be kept, ends the campaign as usual", async () => {
  const interrupt = new AbortController();
  const running = runCampaign({
    cluster: createSimCluster(bundled),
    seed: 1,
    histories: 100_000,
    jobs: 2,
    tolerateUnknown: 0,
    shard: { index: 0, of: 1 },
    plans: {
      target: bundledPlans,
      settings: bundled.defaults,
      workload: "register",
      faults: [],
      claimed: [],
    },
    out: mkdtempSync(join(tmpdir(), "quorate-interrupted-")),
    command: "npx quorate run",
    evidence: true,
    shrinkTimeoutMs: null,
    signal: interrupt.signal,
    progress: () => {},
  });
  // The first history is drawn by now, and its thread starts; it is one of those that are kept.
  setTimeout(() => interrupt.abort(), 0);
  const { campaign } = await running;
  expect(campaign.histories).toMatchObject([{ index: 0, verdict: "valid" }]);
  expect(campaign).toMatchObject({ verdict: "unknown", interrupted: expect.any(String) });
});
