/**
 * Tests membership changes in containers: faults reach joining nodes like all others, and nodes that have left never
 * return.
 */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { MembershipChange } from "../../../../generators/index.ts";
import type { Cluster, Inspected } from "../../../../harness/index.ts";
import { connectEngine } from "../../../../harness/platforms/docker/connect-engine.ts";
import { createDockerCluster } from "../../../../harness/platforms/docker/index.ts";
import { bundled } from "../../../../harness/targets/bundled/index.ts";
import { defaultSettings } from "../../../../store/index.ts";
import { docker } from "../../../support/docker.ts";
import { actsOn } from "../acts.ts";
import { ask, askUntil, fault, patienceMs } from "./driver.ts";

const run = randomBytes(4).toString("hex");
const engine = connectEngine();
const containerOf = (node: string): string => `quorate-${run}-${node}`;

const add: MembershipChange = { kind: "add", node: "n5", through: "n1" };
const remove: MembershipChange = { kind: "remove", node: "n2", through: "n1" };
const replace: MembershipChange = { kind: "replace", node: "n3", by: "n5", through: "n1" };

// The silence is long, so that no link is dropped for it on a busy machine.
const settings = { ...defaultSettings, nodes: 4, silenceMs: 10_000 };

describe.skipIf(docker.skip)(`a change of membership in containers${docker.reason}`, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await createDockerCluster(bundled, { nodes: 4, run });
  });
  afterAll(async () => cluster?.stop());

  beforeEach(async () => {
    await cluster.start({
      settings,
      worldSeed: 1,
      evidence: true,
      newcomers: ["n5"],
    });
    for (let op = 0; op < 8; op++)
      await askUntil(cluster, "n1", { type: "put", id: op, key: `k${op}`, value: "v" }, "stored");
  });

  const begin = (change: MembershipChange): Promise<void> =>
    fault((done) =>
      cluster.ports.membership.set(new Map([[change.kind, change]]), new Map(), done),
    );
  const untilOver = async (): Promise<void> =>
    expect(await cluster.until(() => !cluster.membershipChanges, patienceMs)).toBe(true);
  const inspect = (node: string): Promise<Inspected> =>
    new Promise((resolve) => cluster.inspect(node, resolve));
  const membersAt = async (node: string): Promise<unknown> => {
    const { ring } = await inspect(node);
    return ring === undefined ? null : bundled.ringOf?.(cluster.target.defaults, ring, []).members;
  };
  const cutsOff = (node: string): (readonly [string, string])[] =>
    ["n1", "n2", "n3", "n4"].flatMap((other) => [[other, node] as const, [node, other] as const]);

  it("starts the node that joins, which owns keys once the change is over", async () => {
    expect(cluster.ports.membership.cannot?.(add)).toBeNull();
    expect(cluster.nodes).toEqual(["n1", "n2", "n3", "n4"]);
    await begin(add);
    await untilOver();
    expect(cluster.nodes).toEqual(["n1", "n2", "n3", "n4", "n5"]);
    expect(await membersAt("n5")).toEqual(["n1", "n2", "n3", "n4", "n5"]);
    expect(Object.keys((await inspect("n5")).state)).not.toEqual([]);
    const written = { type: "put", id: 20, key: "after", value: "v" } as const;
    await askUntil(cluster, "n5", written, "stored");
    expect(await cluster.unplannedEnds?.()).toEqual([]);
    const evidence = await cluster.evidence();
    expect(evidence.some((event) => event.e === "boot" && event.node === "n5")).toBe(true);
    expect((await cluster.logs()).get("n5")).toContain("n5 boot 1");
  });

  it("cuts off the node that joins, if the cut was there first", async () => {
    await fault((done) => actsOn(cluster).setCuts(cutsOff("n5"), done));
    await begin(add);
    await cluster.until(() => false, 2_000);
    expect(cluster.membershipChanges).toBe(true);
    const received = (await cluster.evidence()).filter(
      (event) => event.e === "received" && event.node === "n5" && /^n[1-4]$/.test(event.peer),
    );
    expect(received).toEqual([]);
    await fault((done) => actsOn(cluster).setCuts([], done));
    await untilOver();
    expect(await membersAt("n1")).toContain("n5");
  });

  it("kills, pauses and moves the clock of a node that joined", async () => {
    await begin(add);
    await untilOver();
    const acts = actsOn(cluster);
    await fault((done) => acts.pause("n5", done));
    expect(await ask(cluster, "n5", { type: "inspect", id: 1 }, 300)).toBeNull();
    await fault((done) => acts.resume("n5", done));
    await fault((done) => acts.setClock("n5", 60_000, done));
    await fault((done) => acts.kill("n5", done));
    await fault((done) => acts.restart("n5", done));
    const written = { type: "put", id: 21, key: "ahead", value: "v" } as const;
    const reply = await askUntil(cluster, "n5", written, "stored");
    const stampMs =
      reply.type === "stored" ? Number.parseInt(reply.version.split(/[^0-9]/)[0] ?? "") / 1000 : 0;
    expect(stampMs).toBeGreaterThan(Date.now() + 30_000);
    expect(await cluster.unplannedEnds?.()).toEqual([]);
  });

  it("ends the node that leaves, and starts it no more", async () => {
    await begin(remove);
    await untilOver();
    expect(cluster.nodes).toEqual(["n1", "n3", "n4"]);
    expect(await engine.isRunning(containerOf("n2"))).toBe(false);
    const acts = actsOn(cluster);
    for (const act of [acts.kill, acts.restart, acts.pause, acts.resume])
      await fault((done) => act("n2", done));
    expect(await engine.isRunning(containerOf("n2"))).toBe(false);
    expect(await membersAt("n1")).toEqual(["n1", "n3", "n4"]);
    expect(await cluster.unplannedEnds?.()).toEqual([]);
    const handed = (await cluster.evidence()).filter(
      (event) => "node" in event && event.node === "n2",
    );
    expect(handed).not.toEqual([]);
  });

  it("replaces a node by another, and the next history begins with the first ones", async () => {
    await begin(replace);
    await untilOver();
    expect(cluster.nodes).toEqual(["n1", "n2", "n4", "n5"]);
    expect(await membersAt("n4")).toEqual(["n1", "n2", "n5", "n4"]);
    await cluster.start({
      settings,
      worldSeed: 1,
      evidence: true,
    });
    expect(cluster.nodes).toEqual(["n1", "n2", "n3", "n4"]);
    expect(await engine.isRunning(containerOf("n5"))).toBe(false);
    expect((await inspect("n3")).state).toEqual({});
  });
});
