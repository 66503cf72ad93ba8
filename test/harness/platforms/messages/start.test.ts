/** A cluster has started once its nodes serve, or once the time that the user gave them is up. */
import { expect, it } from "vitest";
import { openSimulator } from "../../../../harness/platforms/simulator/index.ts";
import { maelstrom } from "../../../../harness/targets/maelstrom/index.ts";

it("waits for nodes for as long as readyMs says, also for minutes", async () => {
  const settings = maelstrom.parseSettings({
    bin: "test/fixtures/nodes/late-leader.ts",
    nodes: 1,
    readyMs: 300_000,
  });
  const cluster = openSimulator(maelstrom);
  await cluster.start({ settings, workload: "register", worldSeed: 1, evidence: true });
  const startedMs = cluster.clock.nowUs() / 1000;
  await cluster.stop();
  expect(startedMs).toBeGreaterThanOrEqual(200_000);
  expect(startedMs).toBeLessThan(210_000);
});
