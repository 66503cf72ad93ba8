import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HistoryEvent, judge } from "../../../../checkers/index.ts";
import { planAt } from "../../../../generators/index.ts";
import type { Cluster } from "../../../../harness/platforms/cluster.ts";
import { external, parseAddress } from "../../../../harness/platforms/external/platform.ts";
import { cannotMake, runHistory } from "../../../../harness/run/index.ts";
import { builtInKinds, faultKinds } from "../../../../generators/index.ts";
import { bundled } from "../../../../harness/targets/bundled/index.ts";
import { type OwnCluster, ownStore, startOwnStore } from "./own-store.ts";

let running: OwnCluster;
let cluster: Cluster;
beforeAll(async () => {
  running = await startOwnStore();
  cluster = await external.open(ownStore, { addresses: running.addresses });
});
afterAll(async () => {
  await cluster.stop();
  await running.stop();
});

const plan = planAt(
  {
    target: ownStore,
    settings: {},
    faults: [],
    workload: "register",
    claimed: [],
    quick: true,
    operations: { min: 20, max: 20 },
  },
  1,
  0,
);
const run = (): Promise<readonly HistoryEvent[]> => runHistory(plan, cluster, { evidence: true });

describe("a cluster that somebody else runs", () => {
  it("is asked by its addresses, and the history names the target and what it shows", async () => {
    const events = await run();
    expect(events[0]).toMatchObject({
      e: "run",
      on: "external",
      target: { name: "own-store", version: "1" },
      capabilities: { versions: "none", inspection: false, evidence: false },
      nodes: ["n1", "n2", "n3"],
    });
    expect(events.filter(({ e }) => e === "ok").length).toBeGreaterThanOrEqual(20);
    expect(events.some(({ e }) => e === "inspect")).toBe(false);
    expect(events.at(-1)).not.toHaveProperty("reason");
    expect(judge(events)).toMatchObject({ verdict: "valid", reasons: [] });
  });

  it("begins and records nothing more of a history that a signal ended", async () => {
    const controller = new AbortController();
    const recorded: HistoryEvent[] = [];
    const invoked = (): number => recorded.filter(({ e }) => e === "invoke").length;
    const events = await runHistory(plan, cluster, {
      evidence: true,
      signal: controller.signal,
      sink: (event) => {
        recorded.push(event);
        if (invoked() === 5) controller.abort();
      },
    });
    expect(events.at(-1)).toMatchObject({ e: "end", reason: "interrupted" });
    expect(invoked()).toBeLessThan(plan.operations.length);
    expect(judge(events).verdict).toBe("unknown");
    // After this second run, the stopped clients of the first have received all their answers.
    await run();
    expect(recorded).toEqual(events);
  });

  it("starts each history with keys that no other ever used", async () => {
    await run();
    await cluster.start({ settings: {}, worldSeed: 1, evidence: false });
    const session = cluster.connect("c1", "n1");
    const outcome = await new Promise((resolve) =>
      session.perform({ op: 1, f: "read", key: "k0" }, 5_000, resolve),
    );
    expect(outcome).toEqual({ kind: "ok", versions: [] });
    await cluster.reset();
  });

  it("is left alone: no kind of fault can be made", () => {
    for (const kind of faultKinds)
      expect(cannotMake(kind, cluster, builtInKinds)).toMatch(/left alone/);
  });
});

it("needs addresses, and a target that has clients for it", async () => {
  await expect(external.open(ownStore, { addresses: [] })).rejects.toThrow(/^no-addresses/);
  await expect(external.open(bundled, { addresses: ["127.0.0.1:1"] })).rejects.toThrow(
    /^no-external/,
  );
});

it.each([2, 4])("refuses three addresses for a plan of %s nodes", async (nodes) => {
  await expect(external.open(ownStore, { nodes, addresses: running.addresses })).rejects.toThrow(
    `wrong-number-of-addresses: expected an address for each of the ${nodes} nodes of the plan`,
  );
});

it.each(["127.0.0.1", "host:", ":80", "host:99999", "host:0"])("%s is no address", (text) => {
  expect(() => parseAddress(text)).toThrow(/^bad-address/);
});

it("an address of IPv6 stands in brackets", () => {
  expect(parseAddress("[::1]:8080")).toEqual({ host: "::1", port: 8080 });
});
