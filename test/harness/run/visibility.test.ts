import { expect, test } from "vitest";
import {
  bundled,
  createSimCluster,
  defaultSettings,
  judge,
  planAt,
  runHistory,
} from "../../../harness/index.ts";
import { bundledPlans } from "../../../harness/targets/bundled/index.ts";

interface Counted {
  readonly reads: number;
  readonly current: number;
  readonly predicted: number;
}

/**
 * Counts reads that follow a commit, over histories in the simulator without faults: how many were current, how many
 * were predicted to be, and the standard deviation of that prediction.
 */
async function measured(
  settings: Partial<typeof defaultSettings>,
): Promise<{ readonly current: number; readonly predicted: number; readonly deviation: number }> {
  const cluster = createSimCluster(bundled);
  const sum = { current: 0, predicted: 0, variance: 0 };
  for (let index = 0; index < 25; index++) {
    const plan = planAt(
      {
        target: bundledPlans,
        settings: {
          ...defaultSettings,
          r: 1,
          w: 1,
          antiEntropy: false,
          readRepair: "off",
          ...settings,
        },
        faults: [],
        workload: "register",
        claimed: [],
      },
      7,
      index,
    );
    const { guarantees } = judge(await runHistory(plan, cluster, { evidence: true }));
    for (const { reads, current, predicted } of (guarantees.staleness?.measurements?.[
      "visibilityByAge"
    ] ?? []) as unknown as readonly Counted[]) {
      sum.current += current;
      sum.predicted += predicted * reads;
      sum.variance += predicted * (1 - predicted) * reads;
    }
  }
  return { current: sum.current, predicted: sum.predicted, deviation: Math.sqrt(sum.variance) };
}

test("without repair, as many reads are current as WARS predicts from the run's own messages", async () => {
  for (const quorums of [
    { r: 1, w: 1 },
    { r: 1, w: 2 },
  ]) {
    const { current, predicted, deviation } = await measured(quorums);
    expect(deviation).toBeGreaterThan(2);
    expect(Math.abs(current - predicted), JSON.stringify(quorums)).toBeLessThan(3 * deviation);
  }
});

test("repair and exchanges only add to that", async () => {
  const { current, predicted, deviation } = await measured({
    antiEntropy: true,
    readRepair: "async",
  });
  expect(current).toBeGreaterThan(predicted - 3 * deviation);
});
