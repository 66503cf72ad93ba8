/**
 * Tests that clients begin no more operations once their time is over, and that the history continues with its final
 * phase.
 */
import { expect, it } from "vitest";
import { planAt } from "../../../generators/index.ts";
import { attempt } from "../../../harness/campaign/index.ts";
import { openSimulator } from "../../../harness/platforms/simulator/index.ts";
import { maelstrom } from "../../../harness/targets/maelstrom/index.ts";

it("leaves out the operations that a client would begin too late", async () => {
  const operationsMs = 150;
  const bin = "test/fixtures/nodes/one-state.ts";
  const settings = maelstrom.parseSettings({ bin, args: ["broadcast"], operationsMs });
  const options = { target: maelstrom, settings, workload: "broadcast", faults: [], claimed: [] };
  const wishes = {
    clients: { min: 2, max: 2 },
    operations: { min: 60, max: 60 },
    phaseMs: { min: 400, max: 400 },
  };
  const plan = planAt({ ...options, ...wishes }, 3, 0);
  const cluster = openSimulator(maelstrom);
  const { events, verdict } = await attempt(plan, cluster, { evidence: true });
  await cluster.stop();
  const begunUs = events.flatMap((event) =>
    event.e === "phase" && event.phase === "operations" ? [event.atUs] : [],
  );
  const invoked = events.flatMap((event) => (event.e === "invoke" ? event : []));
  const planned = invoked.filter(({ final }) => final !== true);
  expect(planned.length).toBeGreaterThan(3);
  expect(planned.length).toBeLessThan(60);
  for (const { atUs } of planned)
    expect(atUs - (begunUs[0] ?? 0)).toBeLessThanOrEqual(operationsMs * 1000);
  expect(invoked.some(({ final }) => final === true)).toBe(true);
  expect(verdict.verdict).toBe("valid");
});
