/** Tests clock faults in containers. The node's own clock and the stamps of its writes show them. */
import { bundled } from "../../../../harness/targets/bundled/index.ts";
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectEngine } from "../../../../harness/platforms/docker/connect-engine.ts";
import { createDockerCluster } from "../../../../harness/platforms/docker/index.ts";
import { offsetText } from "../../../../harness/platforms/clock-offset.ts";
import type { Cluster } from "../../../../harness/index.ts";
import { defaultSettings } from "../../../../store/index.ts";
import { docker } from "../../../support/docker.ts";
import { askUntil, fault } from "./driver.ts";
import { actsOn } from "../acts.ts";

it("writes every offset in the same width", () => {
  expect([0, 5000, -1, 86_400_000, -3_600_000].map(offsetText)).toEqual([
    "+000000000.000",
    "+000000005.000",
    "-000000000.001",
    "+000086400.000",
    "-000003600.000",
  ]);
});

const run = randomBytes(4).toString("hex");
const engine = connectEngine();
/** The unit of the tested jumps. No test takes an hour, so rounding to hours hides the time that a test takes. */
const hourMs = 3_600_000;

describe.skipIf(docker.skip)(`a node's wall clock in containers${docker.reason}`, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await createDockerCluster(bundled, { nodes: 2, run });
    await cluster.start({
      settings: { ...defaultSettings, nodes: 2, n: 2, r: 1, w: 2, stamps: "wall" },
      worldSeed: 1,
      evidence: true,
    });
  });
  afterAll(async () => cluster?.stop());

  /**
   * How many hours the wall clock and the monotonic clock of a process in the node's container are ahead of this
   * machine's clocks.
   */
  const hoursAhead = async (node: string): Promise<{ wall: number; monotonic: number }> => {
    const printed = await engine.run(`quorate-${run}-${node}`, [
      "node",
      "-p",
      "JSON.stringify([Date.now(), Number(process.hrtime.bigint() / 1000000n)])",
    ]);
    const [wallMs, monotonicMs] = JSON.parse(printed.toString()) as [number, number];
    return {
      wall: Math.round((wallMs - Date.now()) / hourMs) || 0,
      monotonic:
        Math.round((monotonicMs - Number(process.hrtime.bigint() / 1_000_000n)) / hourMs) || 0,
    };
  };
  let id = 0;
  /** How many hours the stamp that the node gives a write is ahead of this machine's wall clock. */
  const stampHours = async (node: string): Promise<number> => {
    const reply = await askUntil(
      cluster,
      node,
      { type: "put", id: ++id, key: "k", value: `v${id}` },
      "stored",
    );
    const stampUs = reply.type === "stored" ? Number(reply.version.slice(0, 16)) : Number.NaN;
    return Math.round((stampUs / 1000 - Date.now()) / hourMs) || 0;
  };

  it("jumps on that node only, through a restart too, and is true again once healed", async () => {
    expect([await stampHours("n1"), await stampHours("n2")]).toEqual([0, 0]);
    for (const hours of [5, -3]) {
      await fault((done) => actsOn(cluster).setClock("n1", hours * hourMs, done));
      expect(await hoursAhead("n1")).toEqual({ wall: hours, monotonic: 0 });
      expect(await hoursAhead("n2")).toEqual({ wall: 0, monotonic: 0 });
      expect([await stampHours("n1"), await stampHours("n2")]).toEqual([hours, 0]);
    }
    await fault((done) => actsOn(cluster).kill("n1", done));
    await fault((done) => actsOn(cluster).restart("n1", done));
    expect(await stampHours("n1")).toBe(-3);
    await fault((done) => actsOn(cluster).setClock("n1", 0, done));
    expect(await hoursAhead("n1")).toEqual({ wall: 0, monotonic: 0 });
    expect(await stampHours("n1")).toBe(0);
  });

  it("starts true after a history that left it wrong", async () => {
    await fault((done) => actsOn(cluster).setClock("n2", hourMs, done));
    await cluster.start({
      settings: { ...defaultSettings, nodes: 2, n: 2, r: 1, w: 2, stamps: "wall" },
      worldSeed: 1,
      evidence: true,
    });
    expect(await stampHours("n2")).toBe(0);
  });
});
