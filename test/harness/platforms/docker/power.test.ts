/**
 * Tests power losses and full and slow disks in containers. The bytes of the log, the kernel's ENOSPC in the node's
 * log, and the time of fsyncs in the node's container show them.
 */
import { bundled } from "../../../../harness/targets/bundled/index.ts";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectEngine } from "../../../../harness/platforms/docker/connect-engine.ts";
import { timedSyncsCommand } from "../../../../harness/platforms/docker/disk.ts";
import { clean, createDockerCluster } from "../../../../harness/platforms/docker/index.ts";
import type { Cluster } from "../../../../harness/index.ts";
import { defaultSettings, type StoreSettings } from "../../../../store/index.ts";
import { docker } from "../../../support/docker.ts";
import { ask, askUntil, fault } from "./driver.ts";
import { actsOn } from "../acts.ts";

const run = randomBytes(4).toString("hex");
const engine = connectEngine();
const isRoot = process.getuid?.() === 0;
const why = docker.skip ? docker.reason : " (needs root for loop devices)";

describe.skipIf(docker.skip || !isRoot)(
  `a disk of its own in containers${docker.skip || !isRoot ? why : ""}`,
  () => {
    let cluster: Cluster;
    beforeAll(async () => {
      cluster = await createDockerCluster(bundled, { nodes: 3, run });
    });
    afterAll(async () => {
      await cluster?.stop();
      expect(existsSync(`/var/tmp/quorate-volumes/${run}`)).toBe(false);
    });

    const start = (changes: Partial<StoreSettings>): Promise<void> =>
      cluster.start({
        settings: {
          ...defaultSettings,
          nodes: 3,
          n: 3,
          r: 1,
          w: 3,
          readRepair: "off",
          antiEntropy: false,
          ...changes,
        },
        worldSeed: 1,
        evidence: true,
      });
    const put = (id: number, value = `v${id}`) =>
      ask(cluster, "n2", { type: "put", id, key: `k${id}`, value });
    const restart = (node: string): Promise<void> =>
      fault((done) => actsOn(cluster).restart(node, done));
    const kill = (node: string): Promise<void> => fault((done) => actsOn(cluster).kill(node, done));
    const bytesOfLog = async (): Promise<number> => {
      const code =
        'const fs=require("node:fs");const d="/data/log/";console.log(fs.readdirSync(d).filter((f)=>f.endsWith(".log")).reduce((s,f)=>s+fs.statSync(d+f).size,0))';
      return Number(
        (await engine.run(`quorate-${run}-n1-machine`, ["node", "-e", code])).toString(),
      );
    };
    const held = async (node = "n1"): Promise<string[]> => {
      const reply = await askUntil(cluster, node, { type: "inspect", id: 1 }, "inspected");
      return reply.type === "inspected" ? reply.entries.map(({ key }) => key) : [];
    };

    it("a power loss takes what was only written, which a kill leaves, and leaves what was synced", async () => {
      expect(cluster.ports.power.cannot?.(true)).toBeNull();
      await start({ sync: "periodic", syncIntervalMs: 600_000 });
      await askUntil(cluster, "n2", { type: "put", id: 1, key: "k1", value: "v1" }, "stored");
      await kill("n1");
      await restart("n1");
      // The write survives the kill. Recovery then syncs it, so the power loss below does not take it.
      expect(await held()).toEqual(["k1"]);
      const synced = await bytesOfLog();
      await askUntil(cluster, "n2", { type: "put", id: 2, key: "k2", value: "v2" }, "stored");
      await kill("n1");
      expect(await bytesOfLog()).toBeGreaterThan(synced);
      await fault((done) => actsOn(cluster).losePower("n1", done));
      expect(await bytesOfLog()).toBe(synced);
      await restart("n1");
      expect(await held()).toEqual(["k1"]);
    });

    it("a power loss leaves every write that a group commit confirmed", async () => {
      await start({});
      for (let id = 1; id <= 5; id++)
        await askUntil(
          cluster,
          "n2",
          { type: "put", id, key: `k${id}`, value: `v${id}` },
          "stored",
        );
      await kill("n1");
      await fault((done) => actsOn(cluster).losePower("n1", done));
      await restart("n1");
      expect(await held()).toEqual(["k1", "k2", "k3", "k4", "k5"]);
      await expect(fault((done) => actsOn(cluster).losePower("n1", done))).rejects.toMatchObject({
        code: "node-running",
      });
    });

    it("a power loss brings nothing of an earlier history back", async () => {
      await start({});
      await askUntil(cluster, "n2", { type: "put", id: 1, key: "old", value: "v1" }, "stored");
      await start({});
      await kill("n1");
      await fault((done) => actsOn(cluster).losePower("n1", done));
      await restart("n1");
      expect(await held()).toEqual([]);
    });

    it("full disks refuse a write definitely, leave reads alone, and take writes again once there is room", async () => {
      await start({});
      await askUntil(cluster, "n2", { type: "put", id: 1, key: "k1", value: "v1" }, "stored");
      await fault((done) => actsOn(cluster).setFullDisks(["n1", "n2", "n3"], done));
      const large = "x".repeat(100_000);
      expect(await put(2, large)).toMatchObject({ type: "error", code: "disk-full" });
      expect((await cluster.logs()).get("n1")).toMatch(/disk full 1 records refused: ENOSPC/);
      expect(await ask(cluster, "n1", { type: "get", id: 3, key: "k1" })).toMatchObject({
        type: "got",
        state: { value: "v1" },
      });
      await fault((done) => actsOn(cluster).setFullDisks([], done));
      expect(await put(4, large)).toMatchObject({ type: "stored" });
      expect(await held()).toEqual(["k1", "k4"]);
    });

    it("slow disks hold each fsync of that node up, through restarts too, and are fast again once healed", async () => {
      expect(cluster.ports["slow-disk"].cannot?.(true)).toBeNull();
      await start({});
      const slow = (...nodes: string[]): Promise<void> =>
        fault((done) => actsOn(cluster).setSlowDisks(nodes, done));
      const syncs = 5;
      // The shortest time for these syncs at four a second, if the first one is immediate.
      const slowMs = ((syncs - 1) * 1000) / 4;
      const tookMs = async (node: string): Promise<number> =>
        Number((await engine.run(`quorate-${run}-${node}`, timedSyncsCommand(syncs))).toString());
      // A busy machine may sometimes be as slow as that, but not always.
      const getsFast = async (node: string): Promise<boolean> => {
        for (let tries = 0; tries < 20; tries++) if ((await tookMs(node)) < slowMs / 2) return true;
        return false;
      };
      await slow("n1");
      expect(await tookMs("n1")).toBeGreaterThanOrEqual(slowMs * 0.9);
      expect(await getsFast("n2")).toBe(true);
      await kill("n1");
      await fault((done) => actsOn(cluster).losePower("n1", done));
      await restart("n1");
      expect(await tookMs("n1")).toBeGreaterThanOrEqual(slowMs * 0.9);
      // The node is dead when the fault is healed, so it starts with a disk that is fast again.
      await kill("n1");
      await slow();
      await restart("n1");
      expect(await getsFast("n1")).toBe(true);
      await slow("n1");
      await slow();
      expect(await getsFast("n1")).toBe(true);
      await askUntil(cluster, "n2", { type: "put", id: 1, key: "k1", value: "v1" }, "stored");
    });

    it("of a run that was killed is removed by clean: folder, mounts and loop devices", async () => {
      const killed = randomBytes(4).toString("hex");
      const folder = `/var/tmp/quorate-volumes/${killed}`;
      // The paths of the run's mount points, and of the files behind its loop devices.
      const left = (): string[] => {
        const devices = readdirSync("/sys/block")
          .map((name) => `/sys/block/${name}/loop/backing_file`)
          .filter(existsSync)
          .map((file) => readFileSync(file, "utf8"));
        const mounts = readFileSync("/proc/self/mountinfo", "utf8")
          .split("\n")
          .map((line) => line.split(" ")[4] ?? "");
        return [...devices, ...mounts].filter((path) => path.startsWith(folder));
      };
      const built = pathToFileURL(resolve(import.meta.dirname, "../../../../dist/index.js")).href;
      const program = `const { bundled, createDockerCluster } = await import(${JSON.stringify(built)}); await createDockerCluster(bundled, { nodes: 2, run: "${killed}" }); console.log("made"); setInterval(() => {}, 1000);`;
      const owner = spawn(process.execPath, ["--input-type=module", "--eval", program], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const ended = once(owner, "exit");
      expect(String(await Promise.race([once(owner.stdout, "data"), ended]))).toBe("made\n");
      // The folder itself, and a mount point and a device for each of the two nodes.
      expect(left()).toHaveLength(5);
      expect(await clean({ run: killed })).toMatchObject({
        containers: 0,
        left: { runs: 1, containers: 2, networks: 2 },
      });
      expect(left()).toHaveLength(5);
      owner.kill("SIGKILL");
      await ended;
      expect(await clean({ run: killed })).toMatchObject({
        containers: 2,
        networks: 2,
        left: { runs: 0 },
      });
      expect(left()).toEqual([]);
      expect(existsSync(folder)).toBe(false);
    });
  },
);
