/** Tests the cluster in real containers. */
import { bundled } from "../../../../harness/targets/bundled/index.ts";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EvidenceEvent } from "../../../../checkers/index.ts";
import { connectEngine } from "../../../../harness/platforms/docker/connect-engine.ts";
import { clean, createDockerCluster } from "../../../../harness/platforms/docker/index.ts";
import { anyRun, ofRun } from "../../../../harness/platforms/docker/labels.ts";
import type { Cluster } from "../../../../harness/index.ts";
import { defaultSettings } from "../../../../store/index.ts";
import type { StoreSettings } from "../../../../store/index.ts";
import { docker } from "../../../support/docker.ts";
import { ask, askUntil, fault } from "./driver.ts";
import { actsOn } from "../acts.ts";

/** A random id for this run, so that the test never touches the clusters of other tests. */
const run = randomBytes(4).toString("hex");
const engine = connectEngine();
const containerOf = (node: string): string => `quorate-${run}-${node}`;
const machineOf = (node: string): string => `${containerOf(node)}-machine`;
const directory = mkdtempSync(join(tmpdir(), "quorate-docker-"));
const nothing = { containers: [], networks: [], volumes: [] };

// With N = 5, every key is on every node, so the test knows which replicas a request needs.
const everywhere: StoreSettings = {
  ...defaultSettings,
  nodes: 5,
  n: 5,
  r: 3,
  w: 3,
  antiEntropy: false,
  readRepair: "off",
};

describe.skipIf(docker.skip)(`a cluster in containers${docker.reason}`, () => {
  let cluster: Cluster;
  const start = (settings: StoreSettings = everywhere): Promise<void> =>
    cluster.start({ settings, worldSeed: 1, evidence: true });
  const keysAt = async (node: string): Promise<string[]> => {
    const reply = await askUntil(cluster, node, { type: "inspect", id: 1 }, "inspected");
    return reply.type === "inspected" ? reply.entries.map((entry) => entry.key) : [];
  };
  const evidenceOf = async (node: string): Promise<readonly EvidenceEvent[]> =>
    (await cluster.evidence()).filter(
      (event): event is EvidenceEvent => "boot" in event && event.node === node,
    );

  beforeAll(async () => {
    cluster = await createDockerCluster(bundled, { nodes: 5, run });
  });
  afterAll(async () => {
    await cluster?.stop();
    rmSync(directory, { recursive: true });
  });

  it("writes through one node and reads it through another", async () => {
    await start();
    expect(cluster.nodes).toEqual(["n1", "n2", "n3", "n4", "n5"]);
    expect(await ask(cluster, "n1", { type: "put", id: 1, key: "k", value: "v1" })).toMatchObject({
      type: "stored",
      id: 1,
    });
    expect(await ask(cluster, "n4", { type: "get", id: 2, key: "k" })).toMatchObject({
      type: "got",
      id: 2,
      state: { value: "v1" },
    });
  });

  it("tells an end that somebody else caused from one that it caused itself", async () => {
    await start();
    await fault((done) => actsOn(cluster).kill("n1", done));
    await fault((done) => actsOn(cluster).restart("n1", done));
    expect(await cluster.unplannedEnds?.()).toEqual([]);
    await engine.kill(containerOf("n2"));
    expect(await cluster.unplannedEnds?.()).toMatchObject([
      { e: "node-ended", node: "n2", by: "somebody" },
    ]);
    await start();
    expect(await cluster.unplannedEnds?.()).toEqual([]);
  });

  it("starts every history with empty disks and first boots", async () => {
    await start();
    await askUntil(cluster, "n1", { type: "put", id: 1, key: "old", value: "v1" }, "stored");
    await start();
    for (const node of cluster.nodes) expect(await keysAt(node)).toEqual([]);
    expect(
      new Set((await cluster.evidence()).map((event) => ("boot" in event ? event.boot : 0))),
    ).toEqual(new Set([1]));
  });

  it("records evidence at every node, in order and without a gap", async () => {
    await start();
    await askUntil(cluster, "n2", { type: "put", id: 9, key: "k", value: "v9" }, "stored");
    for (const node of cluster.nodes) {
      const own = await evidenceOf(node);
      expect(own.map((event) => event.seq)).toEqual(own.map((_, i) => i));
      expect(own[0]).toMatchObject({ e: "boot", phase: "start" });
    }
    const coordinator = await evidenceOf("n2");
    expect(
      coordinator.some(
        (event) =>
          event.e === "sent" &&
          event.peer === "tester" &&
          event.frame === "client-write-ok" &&
          event.trace === 9,
      ),
    ).toBe(true);
    expect((await cluster.logs()).get("n3")).toContain("n3 boot 1");
  });

  it("cuts one direction: packets are dropped there, counted by the kernel, and not in the other", async () => {
    await start();
    await fault((done) => actsOn(cluster).setCuts([["n1", "n2"]], done));
    const dropped = async (node: string): Promise<number[]> => {
      const listing = (
        await engine.run(machineOf(node), ["iptables", "-L", "INPUT", "-v", "-x", "-n"])
      ).toString();
      return listing
        .split("\n")
        .filter((line) => line.includes("DROP") && line.includes("10."))
        .map((line) => Number(line.trim().split(/\s+/)[0]));
    };
    // Both nodes send pings all the time, so there are packets to drop.
    expect(await cluster.until(() => false, 1500)).toBe(false);
    const atReceiver = await dropped("n2");
    expect(atReceiver).toHaveLength(1);
    expect(atReceiver[0]).toBeGreaterThan(0);
    expect(await dropped("n1")).toEqual([]);
    await fault((done) => actsOn(cluster).setCuts([], done));
    expect(await dropped("n2")).toEqual([]);
  });

  it("loses packets by chance: some to that node, none to others, counted by the kernel", async () => {
    expect(cluster.ports.impairments.cannot?.({ lossPercent: 1 })).toBeNull();
    await start();
    const rules = async (node: string): Promise<string[]> =>
      (await engine.run(machineOf(node), ["iptables", "-L", "INPUT", "-v", "-x", "-n"]))
        .toString()
        .split("\n")
        .filter((line) => line.includes("statistic"));
    const received = async (): Promise<number> =>
      (await evidenceOf("n2")).filter((event) => event.e === "received" && event.peer === "n1")
        .length;
    await fault((done) => actsOn(cluster).impair([["n1", "n2", { lossPercent: 40 }]], done));
    const before = await received();
    const dropped = async (): Promise<number> =>
      Number((await rules("n2"))[0]?.trim().split(/\s+/)[0]);
    expect(await rules("n2")).toHaveLength(1);
    // Losses are random, and TCP hides them by sending again after longer and longer waits. So requests continue until
    // some packets were lost and some have arrived.
    let both = false;
    for (let id = 0; id < 300 && !both; id++) {
      await askUntil(cluster, "n1", { type: "put", id, key: `k${id % 30}`, value: "v" }, "stored");
      if (id % 10 !== 9) continue;
      await cluster.until(() => false, 500);
      both = (await dropped()) > 0 && (await received()) > before;
    }
    expect(both).toBe(true);
    expect(await rules("n1")).toEqual([]);
    // The loss must stay in force when a cut begins and ends.
    await fault((done) => actsOn(cluster).setCuts([["n3", "n2"]], done));
    await fault((done) => actsOn(cluster).setCuts([], done));
    expect(await rules("n2")).toHaveLength(1);
    await fault((done) => actsOn(cluster).impair([], done));
    expect(await rules("n2")).toEqual([]);
  });

  it("isolates a node: it cannot gather a quorum until it is healed", async () => {
    await start();
    const others = ["n1", "n2", "n3", "n4"];
    await fault((done) =>
      actsOn(cluster).setCuts(
        others.flatMap(
          (other) =>
            [
              [other, "n5"],
              ["n5", other],
            ] as const,
        ),
        done,
      ),
    );
    expect(
      await ask(cluster, "n5", { type: "put", id: 1, key: "lonely", value: "v1" }),
    ).toMatchObject({ type: "error" });
    expect(await ask(cluster, "n1", { type: "put", id: 2, key: "k", value: "v2" })).toMatchObject({
      type: "stored",
    });
    expect(await keysAt("n5")).not.toContain("k");
    await fault((done) => actsOn(cluster).setCuts([], done));
    await askUntil(cluster, "n5", { type: "put", id: 3, key: "k", value: "v3" }, "stored");
  });

  it("keeps what was synced over a kill of every node, under the next boot", async () => {
    await start();
    await askUntil(cluster, "n1", { type: "put", id: 1, key: "k", value: "kept" }, "stored");
    await Promise.all(
      cluster.nodes.map((node) => fault((done) => actsOn(cluster).kill(node, done))),
    );
    expect(await ask(cluster, "n1", { type: "get", id: 2, key: "k" })).toBeNull();
    await Promise.all(
      cluster.nodes.map((node) => fault((done) => actsOn(cluster).restart(node, done))),
    );
    expect(await askUntil(cluster, "n3", { type: "get", id: 3, key: "k" }, "got")).toMatchObject({
      state: { value: "kept" },
    });
    // The requests so far may have had a quorum without n1.
    await askUntil(cluster, "n1", { type: "inspect", id: 4 }, "inspected");
    const boots = (await evidenceOf("n1")).filter(
      (event) => event.e === "boot" && event.phase === "start",
    );
    expect(boots.map((event) => event.boot)).toEqual([1, 2]);
  });

  it("has cuts in force over a restart, before the node talks to its peers", async () => {
    await start();
    const others = ["n1", "n2", "n3", "n4"];
    await fault((done) => actsOn(cluster).kill("n5", done));
    await fault((done) =>
      actsOn(cluster).setCuts(
        others.flatMap(
          (other) =>
            [
              [other, "n5"],
              ["n5", other],
            ] as const,
        ),
        done,
      ),
    );
    await fault((done) => actsOn(cluster).restart("n5", done));
    await askUntil(cluster, "n5", { type: "inspect", id: 1 }, "inspected");
    await cluster.until(() => false, 1500);
    const secondBoot = (await evidenceOf("n5")).filter((event) => event.boot === 2);
    expect(secondBoot.some((event) => event.e === "explain")).toBe(true);
    expect(
      secondBoot.filter(
        (event) => (event.e === "received" || event.e === "sent") && others.includes(event.peer),
      ),
    ).toEqual([]);
  });

  it("pauses and resumes: a paused node says nothing and lives on, cuts can change meanwhile", async () => {
    await start();
    await fault((done) => actsOn(cluster).pause("n2", done));
    expect(await ask(cluster, "n2", { type: "inspect", id: 1 }, 300)).toBeNull();
    await fault((done) => actsOn(cluster).setCuts([["n1", "n2"]], done));
    await fault((done) => actsOn(cluster).setCuts([], done));
    await fault((done) => actsOn(cluster).resume("n2", done));
    expect(await askUntil(cluster, "n2", { type: "inspect", id: 2 }, "inspected")).toMatchObject({
      entries: [],
    });
    expect(new Set((await evidenceOf("n2")).map((event) => event.boot))).toEqual(new Set([1]));
  });

  it("kills a paused node, too", async () => {
    await start();
    await fault((done) => actsOn(cluster).pause("n3", done));
    await fault((done) => actsOn(cluster).kill("n3", done));
    expect(await engine.isRunning(containerOf("n3"))).toBe(false);
    await fault((done) => actsOn(cluster).restart("n3", done));
    await askUntil(cluster, "n3", { type: "inspect", id: 1 }, "inspected");
  });

  it("starts with fewer nodes, and ends a history without a trace of it in the next", async () => {
    await start({ ...everywhere, nodes: 3, n: 3, r: 2, w: 2 });
    expect(cluster.nodes).toEqual(["n1", "n2", "n3"]);
    await fault((done) => actsOn(cluster).setCuts([["n1", "n2"]], done));
    let late = 0;
    cluster.clock.setTimer(0, () => late++);
    await cluster.reset();
    expect(() => cluster.connect("tester", "n1")).toThrow("cluster-not-started");
    for (const node of ["n1", "n2", "n3", "n4", "n5"])
      expect(await engine.isRunning(containerOf(node))).toBe(false);
    await start();
    await askUntil(cluster, "n2", { type: "put", id: 1, key: "k", value: "v" }, "stored");
    expect(late).toBe(0);
  });

  it("runs a planted bug's bundle, for one history", async () => {
    const bugBundle = join(directory, "amnesia.mjs");
    writeFileSync(bugBundle, "export default (parts) => ({ ...parts, answer: () => null });");
    await cluster.start({ settings: everywhere, worldSeed: 1, evidence: true, bugBundle });
    await askUntil(cluster, "n1", { type: "put", id: 1, key: "k", value: "v" }, "stored");
    expect(await askUntil(cluster, "n1", { type: "get", id: 2, key: "k" }, "got")).toMatchObject({
      state: null,
    });
    await start();
    await askUntil(cluster, "n1", { type: "put", id: 3, key: "k", value: "v" }, "stored");
    expect(await askUntil(cluster, "n1", { type: "get", id: 4, key: "k" }, "got")).toMatchObject({
      state: { value: "v" },
    });
  });

  it("says what a node said last when it does not come up", async () => {
    const bugBundle = join(directory, "no-bug.mjs");
    writeFileSync(bugBundle, "export const nothing = 1;");
    const starting = cluster.start({
      settings: everywhere,
      worldSeed: 1,
      evidence: true,
      bugBundle,
    });
    await expect(starting).rejects.toMatchObject({
      code: "node-not-up",
      got: expect.stringContaining("not-a-bug-bundle"),
    });
  });

  it("leaves nothing behind when it is stopped, in the middle of a start as well", async () => {
    expect((await engine.labelled(ofRun(run))).containers.length).toBeGreaterThan(0);
    const starting = start().catch((error: unknown) => error);
    await cluster.stop();
    await starting;
    expect(await engine.labelled(ofRun(run))).toEqual(nothing);
    await expect(start()).rejects.toThrow("cluster-stopped");
  });

  it("is cleaned away when its owner abandoned it", async () => {
    const abandoned = await createDockerCluster(bundled, { nodes: 2, run });
    await abandoned.start({
      settings: { ...everywhere, nodes: 2, n: 2, r: 1, w: 1 },
      worldSeed: 1,
      evidence: false,
    });
    expect(await abandoned.evidence()).toEqual([]);
    // The engine may contain things of other runs. This test removes only those of its own run.
    const { containers } = await engine.labelled(anyRun);
    expect(containers).toEqual(expect.arrayContaining([containerOf("n1"), machineOf("n2")]));
    // The process of the run is this one, which is alive. So the run counts as still running.
    expect(await clean({ run })).toMatchObject({
      containers: 0,
      networks: 0,
      volumes: 0,
      left: { runs: 1, containers: 4, networks: 2 },
    });
    expect((await engine.labelled(ofRun(run))).containers).toHaveLength(4);
    const removed = await clean({ run, all: true });
    expect(removed).toMatchObject({ containers: 4, networks: 2, left: { runs: 0 } });
    // The data of each node is in a volume or, if the kernel has loop devices, on a disk of its own.
    expect(removed.volumes).toBeGreaterThanOrEqual(2);
    expect(await engine.labelled(ofRun(run))).toEqual(nothing);
  });
});
