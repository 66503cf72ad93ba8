/**
 * Tests disk damage in containers. Compares the log's bytes before and after, and reads the node's own report of its
 * recovery.
 */
import { bundled } from "../../../../harness/targets/bundled/index.ts";
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectEngine } from "../../../../harness/platforms/docker/connect-engine.ts";
import { createDockerCluster } from "../../../../harness/platforms/docker/index.ts";
import type { Cluster } from "../../../../harness/index.ts";
import type { DiskDamage } from "../../../../generators/index.ts";
import { defaultSettings } from "../../../../store/index.ts";
import { docker } from "../../../support/docker.ts";
import { askUntil, fault } from "./driver.ts";
import { actsOn } from "../acts.ts";

const run = randomBytes(4).toString("hex");
const engine = connectEngine();
const keys = ["a", "b", "c", "d"];

describe.skipIf(docker.skip)(`a disk in containers${docker.reason}`, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await createDockerCluster(bundled, { nodes: 3, run });
  });
  afterAll(async () => cluster?.stop());

  const start = async (antiEntropy: boolean): Promise<void> => {
    await cluster.start({
      settings: {
        ...defaultSettings,
        nodes: 3,
        n: 3,
        r: 1,
        w: 3,
        readRepair: "off",
        antiEntropy,
        antiEntropyIntervalMs: 200,
      },
      worldSeed: 1,
      evidence: true,
    });
    for (const [id, key] of keys.entries())
      await askUntil(cluster, "n2", { type: "put", id, key, value: `v${id}` }, "stored");
    await fault((done) => actsOn(cluster).kill("n1", done));
  };
  const bytesOfLog = async (): Promise<Buffer> => {
    const code =
      'const fs=require("node:fs");const d="/data/log";process.stdout.write(fs.existsSync(d)?fs.readdirSync(d).map((f)=>fs.readFileSync(d+"/"+f).toString("hex")).join(""):"")';
    return Buffer.from(
      (await engine.run(`quorate-${run}-n1-machine`, ["node", "-e", code])).toString(),
      "hex",
    );
  };
  const held = async (): Promise<string[]> => {
    const reply = await askUntil(cluster, "n1", { type: "inspect", id: 1 }, "inspected");
    return reply.type === "inspected" ? reply.entries.map(({ key }) => key) : [];
  };
  const differing = (a: Buffer, b: Buffer): number =>
    [...a].filter((byte, index) => byte !== b[index]).length;

  it.each([
    ["wipe", 0, (before, after) => before.length > 0 && after.length === 0],
    [
      "tear",
      3,
      (before, after) => after.length === before.length - 5 && differing(after, before) === 0,
    ],
    [
      "flip",
      3,
      (before, after) => after.length === before.length && differing(before, after) === 1,
    ],
    [
      "truncate",
      1,
      (before, after) =>
        after.length < before.length * 0.6 &&
        after.length > before.length * 0.3 &&
        differing(after, before) === 0,
    ],
  ] as [DiskDamage, number, (before: Buffer, after: Buffer) => boolean][])(
    "%s: a killed node comes back with what is left",
    async (damage, left, changed) => {
      await start(false);
      const before = await bytesOfLog();
      await fault((done) => actsOn(cluster).damageDisk("n1", damage, 450, done));
      expect(changed(before, await bytesOfLog())).toBe(true);
      await fault((done) => actsOn(cluster).restart("n1", done));
      expect(await held()).toHaveLength(left);
      if (damage !== "wipe")
        expect((await cluster.logs()).get("n1")).toMatch(/log damaged in 1 of/);
    },
  );

  it("restore: a killed node comes back with what it held when the copy was taken", async () => {
    await cluster.start({
      settings: {
        ...defaultSettings,
        nodes: 3,
        n: 3,
        r: 1,
        w: 3,
        readRepair: "off",
        antiEntropy: false,
      },
      worldSeed: 1,
      evidence: true,
    });
    await askUntil(cluster, "n2", { type: "put", id: 1, key: "early", value: "v1" }, "stored");
    await fault((done) => actsOn(cluster).copyDisk("n1", done));
    const copied = await bytesOfLog();
    await askUntil(cluster, "n2", { type: "put", id: 2, key: "late", value: "v2" }, "stored");
    await fault((done) => actsOn(cluster).kill("n1", done));
    expect((await bytesOfLog()).length).toBeGreaterThan(copied.length);
    await fault((done) => actsOn(cluster).damageDisk("n1", "restore", 0, done));
    expect(await bytesOfLog()).toEqual(copied);
    await fault((done) => actsOn(cluster).restart("n1", done));
    expect(await held()).toEqual(["early"]);
  });

  it("is made whole again by anti-entropy, and is left alone while the node runs", async () => {
    await start(true);
    await fault((done) => actsOn(cluster).damageDisk("n1", "wipe", 0, done));
    await fault((done) => actsOn(cluster).restart("n1", done));
    while ((await held()).length < keys.length) await cluster.until(() => false, 100);
    await expect(
      fault((done) => actsOn(cluster).damageDisk("n1", "wipe", 0, done)),
    ).rejects.toMatchObject({
      code: "node-running",
    });
  });
});
