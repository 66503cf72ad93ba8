import { expect, it } from "vitest";
import {
  bundled,
  type Cluster,
  createSimCluster,
  inspectAll,
  planAt,
  runHistory,
} from "../../../harness/index.ts";
import { bundledPlans } from "../../../harness/targets/bundled/index.ts";

/** A simulated cluster whose nodes answer only the first `from` inspections. */
function silentFrom(from: number): { readonly cluster: Cluster; inspections(): number } {
  const sim = createSimCluster(bundled);
  const inspect = sim.inspect.bind(sim);
  let inspections = 0;
  sim.inspect = (node, done) =>
    ++inspections > from * sim.nodes.length ? () => {} : inspect(node, done);
  return { cluster: sim, inspections: () => inspections };
}

it("an interrupt ends the wait for nodes that do not answer", async () => {
  const { cluster } = silentFrom(0);
  await cluster.start({ settings: bundled.defaults, worldSeed: 1, evidence: false });
  const interrupt = new AbortController();
  cluster.clock.setTimer(100, () => interrupt.abort());
  const { seen, missing } = await inspectAll(cluster, 30_000, interrupt.signal);
  expect(seen.size).toBe(0);
  expect(missing).toEqual(cluster.nodes);
  expect(cluster.clock.nowUs()).toBeLessThan(30_000_000);
});

it.each([0, 1, 2])(
  "a history that is interrupted during its inspection %i ends as interrupted, and accuses no node",
  async (from) => {
    const plan = planAt(
      {
        target: bundledPlans,
        settings: bundled.defaults,
        workload: "register",
        faults: [],
        claimed: [],
        operations: { min: 5, max: 5 },
      },
      1,
      0,
    );
    const { cluster, inspections } = silentFrom(from);
    const interrupt = new AbortController();
    const until = cluster.until.bind(cluster);
    cluster.until = (condition, timeoutMs) => {
      if (inspections() > from * cluster.nodes.length) interrupt.abort();
      return until(condition, timeoutMs);
    };
    const events = await runHistory(plan, cluster, {
      evidence: false,
      signal: interrupt.signal,
    });
    const end = events.at(-1);
    expect(end).toMatchObject({ e: "end", reason: "interrupted" });
    // Without the signal, an inspection waits for 30 s.
    expect(end?.e === "end" && end.atUs).toBeLessThan(30_000_000);
  },
);
