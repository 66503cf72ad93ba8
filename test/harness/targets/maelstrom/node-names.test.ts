/** Tests that the program, the history and the steps of the plan use the same name for a node. */
import { expect, it } from "vitest";
import type { Settings } from "../../../../generators/index.ts";
import { planAt, readable } from "../../../../generators/index.ts";
import { attempt } from "../../../../harness/campaign/index.ts";
import { openSimulator } from "../../../../harness/platforms/simulator/index.ts";
import { maelstrom } from "../../../../harness/targets/maelstrom/index.ts";

const bin = "test/fixtures/nodes/one-state.ts";

/** The names of all nodes in a history with several kinds of fault, and those in the steps of its plan. */
async function namesIn(settings: Settings): Promise<{ history: string[]; steps: string[] }> {
  const plan = planAt(
    {
      target: maelstrom,
      settings: { ...settings, args: ["broadcast"] },
      workload: "broadcast",
      faults: ["partition", "kill", "delay", "message"],
      claimed: [],
      operations: { min: 60, max: 60 },
    },
    3,
    0,
  );
  const cluster = openSimulator(maelstrom);
  const { events, verdict } = await attempt(plan, cluster, { evidence: true });
  await cluster.stop();
  expect(verdict.verdict).toBe("valid");
  return {
    history: nodesIn(JSON.stringify(events)),
    steps: nodesIn(readable(plan, { target: maelstrom }).join("\n")),
  };
}

const nodesIn = (text: string): string[] => [...new Set(text.match(/\bn\d\b/g))].sort();

it("counts the nodes of new plans from n0, as Maelstrom does", async () => {
  const { history, steps } = await namesIn({ ...maelstrom.defaults, bin });
  expect(history).toEqual(["n0", "n1", "n2"]);
  expect(steps).toEqual(["n0", "n1", "n2"]);
});

it("counts from n1 in plans made before nodes could be named otherwise", async () => {
  const { history, steps } = await namesIn(maelstrom.parseSettings({ bin }));
  expect(history).toEqual(["n1", "n2", "n3"]);
  expect(steps).toEqual(["n1", "n2", "n3"]);
});
