/** Tests that a fault with a trigger inside a node begins exactly at the trigger. */
import { ask } from "./wire.ts";
import { bundled } from "../../../../harness/targets/bundled/index.ts";
import { expect, test } from "vitest";
import type { EvidenceEvent, FaultEvent, HistoryEvent } from "../../../../checkers/index.ts";
import { parsePlan, type Plan, type PlannedFault } from "../../../../generators/index.ts";
import type { Cluster } from "../../../../harness/platforms/cluster.ts";
import { hashHistory } from "../../../../harness/history-file.ts";
import { runHistory } from "../../../../harness/run/index.ts";
import { createSimCluster } from "../../../../harness/platforms/simulator/index.ts";
import { type ClientReply, defaultSettings, type StoreSettings } from "../../../../store/index.ts";
import { actsOn } from "../acts.ts";
import { bundledPlans } from "../../../../harness/targets/bundled/index.ts";

const settings: StoreSettings = {
  ...defaultSettings,
  nodes: 3,
  n: 3,
  r: 2,
  w: 2,
  antiEntropy: false,
  readRepair: "off",
};

async function started(overrides: Partial<StoreSettings> = {}): Promise<Cluster> {
  const cluster = createSimCluster(bundled);
  await cluster.start({ settings: { ...settings, ...overrides }, worldSeed: 5, evidence: true });
  return cluster;
}

const put = (cluster: Cluster, node: string, id: number): Promise<ClientReply | string> =>
  ask(cluster, node, { type: "put", id, key: "k0", value: `v${id}` });
const ofNode = async (cluster: Cluster, node: string): Promise<EvidenceEvent[]> =>
  (await cluster.evidence()).filter(
    (event): event is EvidenceEvent => "boot" in event && event.node === node,
  );

test("a kill just before the second acknowledgement: both writes are synced, one is acknowledged", async () => {
  const cluster = await started({ w: 3 });
  let reached = 0;
  cluster.watch?.("n2", "replica-ack", 2, "killed", () => reached++);
  expect(await put(cluster, "n1", 1)).toMatchObject({ type: "stored" });
  expect(await put(cluster, "n1", 2)).toMatchObject({ type: "error" });
  expect(reached).toBe(1);
  const evidence = await ofNode(cluster, "n2");
  expect(
    evidence.filter((event) => event.e === "sent" && event.frame === "replica-write-ok"),
  ).toHaveLength(1);
  expect(evidence.filter((event) => event.e === "sync")).toHaveLength(2);
  expect(evidence.at(-1)).toMatchObject({ e: "boot", phase: "end", detail: "killed" });
});

test("a kill while a node syncs: nothing of it is on record as durable; a sync of nothing is no such moment", async () => {
  const cluster = await started({ w: 3, sync: "periodic", syncIntervalMs: 100 });
  let reached = 0;
  cluster.watch?.("n2", "syncing", 2, "killed", () => reached++);
  expect(await put(cluster, "n1", 1)).toMatchObject({ type: "stored" });
  await cluster.until(() => false, 1_000);
  expect(reached).toBe(0);
  expect(await put(cluster, "n1", 2)).toMatchObject({ type: "stored" });
  await cluster.until(() => false, 1_000);
  expect(reached).toBe(1);
  const evidence = await ofNode(cluster, "n2");
  expect(evidence.filter((event) => event.e === "sync")).toHaveLength(1);
  expect(evidence.at(-1)).toMatchObject({ e: "boot", phase: "end", detail: "killed" });
});

test("a kill just after a hint is synced: nothing else happened at that node in between", async () => {
  const cluster = await started({ hints: true });
  actsOn(cluster).kill("n3", () => {});
  await cluster.until(() => false, 100);
  cluster.watch?.("n1", "hint-synced", 1, "killed", () => {});
  await put(cluster, "n1", 1);
  const evidence = await ofNode(cluster, "n1");
  const [sync, end] = evidence.slice(-2);
  expect(sync).toMatchObject({ e: "sync" });
  expect(sync?.e === "sync" && sync.records.some(({ hintFor }) => hintFor === "n3")).toBe(true);
  expect(end).toMatchObject({ e: "boot", phase: "end", atUs: sync?.atUs });
});

test("a pause between two steps of an exchange: the second leaves when the node resumes, and the exchange goes on", async () => {
  const cluster = await started({ antiEntropy: true, antiEntropyIntervalMs: 200 });
  const exchanged = async (): Promise<number> =>
    (await ofNode(cluster, "n1")).filter(
      (event) => event.e === "sent" && event.frame === "exchange",
    ).length;
  const before = await exchanged();
  let reached = 0;
  cluster.watch?.("n1", "exchange", 2, "paused", () => reached++);
  await cluster.until(() => reached === 1, 5_000);
  await cluster.until(() => false, 1_000);
  expect(await exchanged()).toBe(before + 1);
  actsOn(cluster).resume("n1", () => {});
  await cluster.until(() => false, 1_000);
  expect(await exchanged()).toBeGreaterThan(before + 1);
  expect((await ofNode(cluster, "n1")).map(({ seq }) => seq)).toEqual(
    (await ofNode(cluster, "n1")).map((_, index) => index),
  );
});

test("a watch that was cancelled strikes nobody", async () => {
  const cluster = await started();
  cluster.watch?.("n1", "client-ack", 1, "killed", () => {})?.cancel();
  expect(await put(cluster, "n1", 1)).toMatchObject({ type: "stored" });
});

const plan = (...faults: PlannedFault[]): Plan =>
  parsePlan(
    {
      format: "quorate-plan/1",
      worldSeed: 3,
      settings,
      clients: 1,
      keys: 1,
      operations: Array.from({ length: 8 }, () => ({
        client: 0,
        afterMs: 20,
        node: 0,
        f: "write",
        key: 0,
      })),
      faults,
      claimed: [],
    },
    bundledPlans,
  );
const faultsIn = (events: readonly HistoryEvent[]): FaultEvent[] =>
  events.filter((event): event is FaultEvent => event.e === "fault");

test("in a plan: the fault begins at its moment, is healed after its time, and replays byte for byte", async () => {
  const aimed = plan({
    atMs: 30,
    durationMs: 50,
    fault: { kind: "kill", nodes: [1] },
    when: { event: "replica-ack", node: 1, count: 2 },
  });
  const events = await runHistory(aimed, createSimCluster(bundled), { evidence: true });
  const phases = faultsIn(events);
  expect(phases.map(({ phase }) => phase)).toEqual(["inject", "injected", "heal", "healed"]);
  expect(phases[0]?.detail).toBe(
    "just before n2 acknowledges a write to its coordinator, for the 2nd time",
  );
  const death = events.find(
    (event) => event.e === "boot" && event.node === "n2" && event.phase === "end",
  );
  expect(death).toMatchObject({ atUs: phases[0]?.atUs });
  expect(hashHistory(await runHistory(aimed, createSimCluster(bundled), { evidence: true }))).toBe(
    hashHistory(events),
  );
});

test("in a plan: a trigger that does not come is said, and nothing is left behind", async () => {
  const never = plan({
    atMs: 30,
    durationMs: 50,
    fault: { kind: "kill", nodes: [1] },
    when: { event: "handoff", node: 1, count: 1 },
  });
  const events = await runHistory(never, createSimCluster(bundled), { evidence: true });
  expect(faultsIn(events)).toMatchObject([
    { phase: "skipped", detail: "its trigger did not come" },
  ]);
  expect(events.at(-1)).not.toHaveProperty("reason");
});

test.each(["log-begun", "compacted", "log-removed"] as const)(
  "a kill at %s: the node starts again and still shows what it had acknowledged",
  async (event) => {
    const cluster = await started({ w: 3, segmentBytes: 256 });
    let reached = 0;
    // The first segment begins at the first write, so the test waits for the second one. A compaction needs several
    // segments.
    cluster.watch?.("n2", event, event === "log-begun" ? 2 : 1, "killed", () => reached++);
    let stored = 0;
    for (let id = 1; id <= 40 && reached === 0; id++) {
      const reply = await put(cluster, "n1", id);
      if (typeof reply !== "string" && reply.type === "stored") stored = id;
    }
    expect(reached).toBe(1);
    let value: string | null | undefined;
    actsOn(cluster).restart("n2", () =>
      cluster.inspect("n2", ({ state }) => {
        value = state["k0"]?.versions[0]?.value;
      }),
    );
    await cluster.until(() => value !== undefined, 2_000);
    expect(Number(value?.slice(1))).toBeGreaterThanOrEqual(stored);
    expect(stored).toBeGreaterThan(0);
  },
);
