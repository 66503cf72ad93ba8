import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { runCampaign } from "../../../harness/campaign/index.ts";
import { bundled, createSimCluster } from "../../../harness/index.ts";
import { bundledPlans } from "../../../harness/targets/bundled/index.ts";

// A campaign once ended with exit 70 in this case, and said "expected a simulated plan to give the same history each
// time": the signal had interrupted the second run of the history.
it("a signal while a history that a thread judged is run again, to be kept, ends the campaign as usual", async () => {
  const interrupt = new AbortController();
  const cluster = createSimCluster(bundled);
  const start = cluster.start.bind(cluster);
  // The threads have clusters of their own. This cluster only runs again the histories that are kept, beginning with
  // history 0.
  vi.spyOn(cluster, "start").mockImplementation((options) => {
    interrupt.abort();
    return start(options);
  });
  const { campaign } = await runCampaign({
    cluster,
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
  expect(campaign.histories[0]).toMatchObject({ index: 0, verdict: "valid" });
  expect(campaign).toMatchObject({ verdict: "unknown", interrupted: expect.any(String) });
});
