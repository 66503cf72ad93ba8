/** Tests the guesses of smaller plans for an anomaly in a simulated history. */
import { describe, expect, test } from "vitest";
import { type Anomaly, operationsOf, type Verdict } from "../../../checkers/index.ts";
import {
  nodeIndex,
  nominalStartsMs,
  type PartitionFault,
  planAt,
  type PlanOptions,
} from "../../../generators/index.ts";
import { attempt, type Attempt, brokenPromises } from "../../../harness/campaign/index.ts";
import { likelyCuts } from "../../../harness/campaign/likely-cuts.ts";
import { bundled, createSimCluster } from "../../../harness/index.ts";
import { bundledPlans } from "../../../harness/targets/bundled/index.ts";
import { defaultSettings } from "../../../store/index.ts";

const plans: PlanOptions = {
  target: bundledPlans,
  settings: { ...defaultSettings, r: 1, w: 1 },
  faults: ["partition"],
  workload: "register",
  claimed: ["regular"],
};

/** The first history of seed 3 that breaks a promise. */
async function failing(): Promise<Attempt> {
  const cluster = createSimCluster(bundled);
  for (let index = 0; ; index++) {
    const attempted = await attempt(planAt(plans, 3, index), cluster, { evidence: true });
    if (brokenPromises(attempted.verdict).length > 0) return attempted;
  }
}

const judgedBroken = (verdict: Verdict, anomaly: Anomaly): Verdict => ({
  ...verdict,
  guarantees: {
    durable: {
      verdict: "invalid",
      promised: true,
      judged: 1,
      meaning: "what was acknowledged stays",
      anomalies: [anomaly],
    },
  },
});

describe("likely cuts", async () => {
  const failed = await failing();
  const broken = brokenPromises(failed.verdict);
  const cuts = likelyCuts(failed, broken, plans);
  const named = failed.verdict.guarantees["regular"]?.anomalies[0]?.operations ?? [];

  test("the first has only operations that the anomaly names, each with at most one fault", () => {
    expect(broken).toEqual(["regular"]);
    expect(cuts[0]?.operations.length).toBeLessThanOrEqual(named.length);
    expect(cuts[0]?.faults.length).toBeLessThanOrEqual(1);
  });

  test("are smaller than the plan, the boldest first, and none comes twice", () => {
    const sizes = cuts.map(({ operations }) => operations.length);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    expect(new Set(cuts.map((cut) => JSON.stringify(cut))).size).toBe(cuts.length);
    for (const cut of cuts)
      expect(cut.operations.length + cut.faults.length).toBeLessThanOrEqual(
        failed.plan.operations.length + failed.plan.faults.length,
      );
  });

  test("name no client and no key that is gone", () => {
    for (const { clients, keys, operations } of cuts) {
      expect(new Set(operations.map(({ client }) => client)).size).toBe(clients);
      expect(new Set(operations.map(({ key }) => key)).size).toBe(keys);
    }
  });

  test("keep an operation after a fault that begins after all that the anomaly names", () => {
    const beganUs = failed.events.flatMap((event) => (event.e === "fault" ? [event.atUs] : []))[0];
    const operations = operationsOf(failed.events);
    const early = operations.find(({ endUs }) => endUs < (beganUs ?? 0));
    const finalRead = operations.find(({ final }) => final);
    const anomaly: Anomaly = {
      guarantee: "durable",
      explanation: "the final read lacks what was written before the fault",
      operations: [early, finalRead].flatMap((one) => one?.op ?? []),
    };
    expect(anomaly.operations).toHaveLength(2);
    const verdict = judgedBroken(failed.verdict, anomaly);
    const [first] = likelyCuts({ ...failed, verdict }, ["durable"], { ...plans, faults: [] });
    expect(first?.faults).toHaveLength(1);
    // The two operations are the one that the anomaly names, and one after the fault.
    expect(first?.operations).toHaveLength(2);
  });

  test("leave the restart of all nodes out before anything else", () => {
    const restarting = { ...failed, plan: { ...failed.plan, restart: true } };
    const restarts = likelyCuts(restarting, broken, plans).map(({ restart }) => restart);
    expect(restarts[0]).toBe(false);
    expect(restarts.at(-1)).toBe(true);
    expect(restarts.lastIndexOf(false)).toBeLessThan(restarts.indexOf(true));
  });

  test("keep the clock of the client that wrote, not later ones of another client", () => {
    const [write] = operationsOf(failed.events).filter(({ f }) => f === "write");
    const author = failed.plan.operations[write?.op ?? 0]?.client ?? 0;
    const clockOf = (client: number, atMs: number) => ({
      atMs,
      durationMs: 60_000,
      fault: { kind: "client-clock", client, byMs: 5000 },
    });
    const other = author === 0 ? 1 : 0;
    const faults = [clockOf(author, 0), clockOf(other, 1), clockOf(other, 2)];
    const anomaly: Anomaly = {
      guarantee: "durable",
      explanation: "the write is lost",
      operations: [write?.op ?? 0],
    };
    const found = likelyCuts(
      {
        ...failed,
        plan: { ...failed.plan, faults },
        verdict: judgedBroken(failed.verdict, anomaly),
      },
      ["durable"],
      plans,
    );
    const withClock = found.find(({ faults: kept }) => kept.length > 0);
    expect(withClock?.operations).toHaveLength(1);
    expect(withClock?.faults).toEqual([clockOf(0, 0)]);
  });

  test("hold a cut through all that the anomaly names, after the cuts at its own time", () => {
    const link = {
      atMs: 5,
      durationMs: 50,
      fault: { kind: "partition", partition: { shape: "isolate", node: 0 } },
    };
    const kill = { atMs: 7, durationMs: 50, fault: { kind: "kill", nodes: [1] } };
    const plan = { ...failed.plan, faults: [link, kill] };
    const long = likelyCuts({ ...failed, plan }, broken, plans).filter(({ faults }) =>
      faults.some(({ durationMs }) => durationMs > 50),
    );
    expect(long.length).toBeGreaterThan(0);
    for (const { faults, operations } of long) {
      expect(faults).toMatchObject([{ atMs: 0, fault: { kind: "partition" } }]);
      const starts = nominalStartsMs(operations);
      expect(Math.min(...starts)).toBeGreaterThan(0);
      expect(faults[0]?.durationMs).toBeGreaterThan(Math.max(...starts));
    }
  });

  test("cut off the node of the stale read, if drawn plans may have partitions", () => {
    const reads = operationsOf(failed.events).filter(
      ({ op, f }) => named.includes(op) && f === "read",
    );
    const last = reads.toSorted((a, b) => a.startUs - b.startUs).at(-1);
    const kill = { atMs: 7, durationMs: 50, fault: { kind: "kill", nodes: [1] } };
    const attempted = { ...failed, plan: { ...failed.plan, faults: [kill] } };
    const cutOff = (faults: readonly string[]) =>
      likelyCuts(attempted, broken, { ...plans, faults })
        .flatMap((plan) => plan.faults)
        .flatMap(({ fault }) => (fault.kind === "partition" ? [fault as PartitionFault] : []));
    expect(cutOff(["kill"])).toEqual([]);
    const found = cutOff(["kill", "partition"]);
    expect(found.length).toBeGreaterThan(0);
    const node = nodeIndex(last?.node ?? "", {});
    for (const { partition } of found) expect(partition).toEqual({ shape: "isolate", node });
  });

  test("without an anomaly there is none", () => {
    expect(likelyCuts(failed, ["durable"], plans)).toEqual([]);
  });
});
