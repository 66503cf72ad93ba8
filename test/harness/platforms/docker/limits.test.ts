/** Tests limits of processor and memory in containers. The kernel's control files in the node's container show them. */
import { bundled } from "../../../../harness/targets/bundled/index.ts";
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectEngine } from "../../../../harness/platforms/docker/connect-engine.ts";
import { createDockerCluster } from "../../../../harness/platforms/docker/index.ts";
import type { Cluster } from "../../../../harness/index.ts";
import { defaultSettings } from "../../../../store/index.ts";
import { docker } from "../../../support/docker.ts";
import { askUntil, fault } from "./driver.ts";
import { actsOn } from "../acts.ts";

const run = randomBytes(4).toString("hex");
const engine = connectEngine();
const mebibyte = 2 ** 20;

describe.skipIf(docker.skip)(`limits of a node in containers${docker.reason}`, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await createDockerCluster(bundled, { nodes: 3, run });
    await cluster.start({
      settings: { ...defaultSettings, nodes: 3, n: 3, r: 2, w: 2 },
      worldSeed: 1,
      evidence: true,
    });
  });
  afterAll(async () => cluster?.stop());

  /** Reads a control group file. Each version of control groups has another name for it. */
  const control = async (node: string, ...files: string[]): Promise<string> => {
    const paths = files.map((file) => `/sys/fs/cgroup/${file}`).join(" ");
    return (
      await engine.run(`quorate-${run}-${node}`, [
        "sh",
        "-c",
        `for file in ${paths}; do if [ -e $file ]; then cat $file; fi; done`,
      ])
    )
      .toString()
      .trim();
  };
  const quota = (node: string): Promise<string> => control(node, "cpu/cpu.cfs_quota_us", "cpu.max");
  const memoryBytes = async (node: string): Promise<number> =>
    Number(
      (await control(node, "memory/memory.limit_in_bytes", "memory.max")).replace(
        "max",
        "Infinity",
      ),
    );
  const throttled = async (node: string): Promise<number> =>
    Number(/nr_throttled (\d+)/.exec(await control(node, "cpu/cpu.stat", "cpu.stat"))?.[1]);
  const put = (id: number) =>
    askUntil(cluster, "n1", { type: "put", id, key: `k${id}`, value: "v" }, "stored");

  it("hold one node back, through its restart too, and are lifted once healed", async () => {
    expect(cluster.ports.limits.cannot?.({ processorPercent: 5, memoryMiB: 128 })).toBeNull();
    const free = await memoryBytes("n1");
    expect(free).toBe(1024 * mebibyte);
    expect(await quota("n1")).toMatch(/^(-1|max 100000)$/);
    await fault((done) =>
      actsOn(cluster).setLimits([["n1", { processorPercent: 5, memoryMiB: 128 }]], done),
    );
    let periods = 0;
    // Each put takes processor time of the coordinator. The counter of used-up periods must increase.
    for (let id = 0; id < 300 && periods === 0; id++) {
      await put(id);
      periods = await throttled("n1");
    }
    expect(periods).toBeGreaterThan(0);
    expect(await memoryBytes("n1")).toBe(128 * mebibyte);
    expect(await quota("n2")).toMatch(/^(-1|max 100000)$/);
    expect(await memoryBytes("n2")).toBe(free);

    await fault((done) => actsOn(cluster).kill("n1", done));
    await fault((done) => actsOn(cluster).restart("n1", done));
    expect(await quota("n1")).toMatch(/^5000( 100000)?$/);
    expect(await memoryBytes("n1")).toBe(128 * mebibyte);

    await fault((done) => actsOn(cluster).setLimits([], done));
    expect(await quota("n1")).toMatch(/^(-1|max 100000)$/);
    expect(await memoryBytes("n1")).toBe(free);
    await put(1000);
  });
});
