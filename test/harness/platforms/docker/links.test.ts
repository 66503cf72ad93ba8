/** Tests link impairments in containers. The kernel's counters show them. */
import { bundled } from "../../../../harness/targets/bundled/index.ts";
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectEngine } from "../../../../harness/platforms/docker/connect-engine.ts";
import { createDockerCluster } from "../../../../harness/platforms/docker/index.ts";
import { shapingCommand } from "../../../../harness/platforms/docker/shaping.ts";
import type { Cluster } from "../../../../harness/index.ts";
import { defaultSettings } from "../../../../store/index.ts";
import { docker } from "../../../support/docker.ts";
import { ask, askUntil, fault } from "./driver.ts";
import { type Acts, actsOn } from "../acts.ts";

const addresses = new Map([
  ["n1", "10.0.0.1"],
  ["n2", "10.0.0.2"],
  ["n3", "10.0.0.3"],
]);
const lines = (command: string, word: string): string[] =>
  command.split("\n").filter((line) => line.includes(word));

describe("shaping", () => {
  it("is done by the sender, for each peer in a class of its own", () => {
    const command = shapingCommand(
      "n1",
      [
        ["n1", "n2", { delayMs: 100, jitterMs: 20, bytesPerS: 5000 }],
        ["n1", "n3", { reorderPercent: 10, lateMs: 40 }],
        ["n2", "n1", { delayMs: 7 }],
      ],
      addresses,
    );
    expect(lines(command, "class add")).toEqual([
      expect.stringContaining("1:10 htb rate 5000bps"),
      expect.stringContaining("1:11 htb rate 10gbit"),
    ]);
    expect(lines(command, "netem")).toEqual([
      expect.stringContaining("1:10 handle 10: netem delay 110ms 10ms"),
      expect.stringContaining("1:11 handle 11: netem delay 40ms 0ms reorder 90%"),
    ]);
    expect(lines(command, "CLASSIFY")).toEqual([
      "-A POSTROUTING -d 10.0.0.2 -j CLASSIFY --set-class 1:10",
      "-A POSTROUTING -d 10.0.0.3 -j CLASSIFY --set-class 1:11",
    ]);
  });

  it("leaves loss to the receiver's filter, and takes everything away where nothing is asked", () => {
    const nothing = shapingCommand("n1", [], addresses);
    expect(shapingCommand("n1", [["n1", "n2", { lossPercent: 5 }]], addresses)).toBe(nothing);
    expect(lines(nothing, "qdisc add")).toEqual([]);
    expect(lines(nothing, "-A")).toEqual([]);
  });
});

const run = randomBytes(4).toString("hex");
const engine = connectEngine();

describe.skipIf(docker.skip)(`links in trouble in containers${docker.reason}`, () => {
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

  const inMachine = async (node: string, command: string): Promise<string> =>
    (await engine.run(`quorate-${run}-${node}-machine`, ["sh", "-c", command])).toString();
  const classes = (node: string): Promise<string> =>
    inMachine(node, "set -- $(ip -o addr show to 10.213.0.0/16); tc -s class show dev $2");
  const packets = async (node: string, target: string, table = "filter"): Promise<number[]> =>
    (await inMachine(node, `iptables -t ${table} -L -v -x -n`))
      .split("\n")
      .filter((line) => line.includes(target))
      .map((line) => Number(line.trim().split(/\s+/)[0]));
  const put = (id: number) =>
    askUntil(cluster, "n1", { type: "put", id, key: `k${id}`, value: "v".repeat(2000) }, "stored");
  const trouble = (links: Parameters<Acts["impair"]>[0]): Promise<void> =>
    fault((done) => actsOn(cluster).impair(links, done));

  it("limits the rate of one link in one direction: the queue delays packets there, and is gone once healed", async () => {
    expect(cluster.ports.impairments.cannot?.({ bytesPerS: 1 })).toBeNull();
    await trouble([["n1", "n2", { bytesPerS: 20_000 }]]);
    let delayed = 0;
    // Each put sends several packets to n2, until the counter of delayed packets increases.
    for (let id = 0; id < 200 && delayed === 0; id++) {
      await put(id);
      delayed = Number(/overlimits (\d+)/.exec(await classes("n1"))?.[1]);
    }
    expect(delayed).toBeGreaterThan(0);
    expect(await classes("n1")).toMatch(/rate 160Kbit/);
    expect(await classes("n2")).toBe("");
    await trouble([]);
    expect(await classes("n1")).toBe("");
    expect(await packets("n1", "CLASSIFY", "mangle")).toEqual([]);
    await put(1000);
  });

  it("sends packets twice in one direction: counted there, and never once healed", async () => {
    expect(cluster.ports.impairments.cannot?.({ duplicatePercent: 1 })).toBeNull();
    await trouble([["n1", "n2", { duplicatePercent: 50 }]]);
    let copies = 0;
    for (let id = 2000; id < 2200 && copies === 0; id++) {
      await put(id);
      copies = (await packets("n1", "TEE", "mangle"))[0] ?? 0;
    }
    expect(copies).toBeGreaterThan(0);
    expect(await packets("n2", "TEE", "mangle")).toEqual([]);
    await trouble([]);
    expect(await packets("n1", "TEE", "mangle")).toEqual([]);
  });

  it("holds packets up where the kernel has the means, and says once that it has not where it has none", async () => {
    const hasNetem = await inMachine(
      "n1",
      "tc qdisc add dev lo root netem delay 1ms && tc qdisc del dev lo root",
    ).then(
      () => true,
      () => false,
    );
    expect(cluster.ports.impairments.cannot?.({ delayMs: 1 }) === null).toBe(hasNetem);
    expect(cluster.ports.impairments.cannot?.({ reorderPercent: 1 }) === null).toBe(hasNetem);
    if (!hasNetem)
      return expect(cluster.ports.impairments.cannot?.({ delayMs: 1 })).toContain("netem");
    await trouble([["n1", "n2", { delayMs: 100, jitterMs: 0 }]]);
    await put(3000);
    expect(await inMachine("n1", "tc -s qdisc show")).toMatch(/netem[^]*delay 100/);
    await trouble([]);
    expect(await inMachine("n1", "tc qdisc show")).not.toContain("netem");
  });

  it("cuts a node off from its clients: their packets are dropped and counted, those of peers are not", async () => {
    await fault((done) => actsOn(cluster).setCuts([["clients", "n2"]], done));
    expect(await ask(cluster, "n2", { type: "inspect", id: 1 }, 1500)).toBeNull();
    expect((await packets("n2", "dpt:7200"))[0]).toBeGreaterThan(0);
    await put(4000);
    await fault((done) => actsOn(cluster).setCuts([["n2", "clients"]], done));
    expect(await ask(cluster, "n2", { type: "inspect", id: 2 }, 1500)).toBeNull();
    expect((await packets("n2", "spt:7200"))[0]).toBeGreaterThan(0);
    await fault((done) => actsOn(cluster).setCuts([], done));
    await askUntil(cluster, "n2", { type: "inspect", id: 3 }, "inspected");
    expect(await packets("n2", "DROP")).toEqual([]);
  });
});
