/**
 * Tests plans that contain a fault which only another cluster can make. They give one clear error before anything runs.
 */
import { bundled } from "../../../harness/targets/bundled/index.ts";
import { expect, it } from "vitest";
import type { Plan, PlannedFault } from "../../../generators/index.ts";
import { builtInKinds, planAt } from "../../../generators/index.ts";
import type { Cluster } from "../../../harness/platforms/cluster.ts";
import { EnvironmentError } from "../../../harness/errors.ts";
import { possiblePart, refuseImpossible } from "../../../harness/run/possible.ts";
import { runHistory } from "../../../harness/run/index.ts";
import { createSimCluster } from "../../../harness/platforms/simulator/index.ts";
import { defaultSettings } from "../../../store/index.ts";
import { bundledPlans } from "../../../harness/targets/bundled/index.ts";

const kill: PlannedFault = { atMs: 10, durationMs: 50, fault: { kind: "kill", nodes: [1] } };
const aimed: PlannedFault = { ...kill, when: { event: "replica-ack", node: 1, count: 1 } };
const limit: PlannedFault = {
  atMs: 20,
  durationMs: 50,
  fault: { kind: "limit", nodes: [0, 2], processorPercent: 10, memoryMiB: 128 },
};
const plan = (...faults: PlannedFault[]): Plan => ({
  ...planAt(
    {
      target: bundledPlans,
      settings: defaultSettings,
      faults: [],
      workload: "register",
      claimed: [],
    },
    1,
    0,
  ),
  faults,
});
const containers = {
  platform: "docker",
  target: bundled,
  nodes: [],
  ports: {
    ...createSimCluster(bundled).ports,
    limits: { set: () => {} },
    impairments: {
      cannot: ({ delayMs }) => (delayMs === undefined ? null : "no netem"),
      set: () => {},
    },
  },
} as Partial<Cluster> as Cluster;

const refusal = (planned: Plan, cluster: Cluster): EnvironmentError => {
  try {
    refuseImpossible(planned, cluster, builtInKinds);
  } catch (error) {
    if (error instanceof EnvironmentError) return error;
    throw error;
  }
  throw new Error("expected the plan to be refused");
};

it("a limit of processor and memory, on the simulator: nothing runs", async () => {
  const cluster = createSimCluster(bundled);
  const seen: unknown[] = [];
  await expect(
    runHistory(plan(kill, limit), cluster, { evidence: false, sink: (event) => seen.push(event) }),
  ).rejects.toThrow(/^fault-impossible: .*fault 1, limit of n1, n3: .*--on/);
  expect(seen).toEqual([]);
});

it("a moment inside a node, in containers", () => {
  expect(refusal(plan(aimed), containers)).toMatchObject({
    code: "fault-impossible",
    got: expect.stringMatching(/fault 0, kill of n2: .*event inside a node/) as unknown,
  });
});

it("what can be made is not refused, and is what is left of a plan elsewhere", () => {
  refuseImpossible(plan(kill, limit), containers, builtInKinds);
  refuseImpossible(plan(kill, aimed), createSimCluster(bundled), builtInKinds);
  expect(possiblePart(plan(kill, limit), createSimCluster(bundled), builtInKinds)).toEqual(
    plan(kill),
  );
  expect(possiblePart(plan(aimed, limit), containers, builtInKinds)).toEqual(plan(limit));
});
