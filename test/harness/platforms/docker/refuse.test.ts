/** Tests nodes in containers that refuse new connections. The kernel's counters and the clients show it. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectEngine } from "../../../../harness/platforms/docker/connect-engine.ts";
import { cutRules, refusalRules } from "../../../../harness/platforms/docker/cuts.ts";
import type { Engine } from "../../../../harness/platforms/docker/engine.ts";
import { createFilter } from "../../../../harness/platforms/docker/filter.ts";
import type { Machine } from "../../../../harness/platforms/docker/machine.ts";
import { createDockerCluster } from "../../../../harness/platforms/docker/index.ts";
import { bundled } from "../../../../harness/targets/bundled/index.ts";
import type { Cluster } from "../../../../harness/index.ts";
import type { ClientSession, Outcome } from "../../../../harness/platforms/session.ts";
import { defaultSettings } from "../../../../store/index.ts";
import { docker } from "../../../support/docker.ts";
import { actsOn } from "../acts.ts";
import { ask, askUntil, fault, patienceMs } from "./driver.ts";

const run = randomBytes(4).toString("hex");
const engine = connectEngine();

it("the rule of a refusal is the refusing node's alone", () => {
  const rulesOf = (node: string): readonly string[] =>
    refusalRules(["n1"])({ node, addressOf: (name) => name, clientPort: 7200 });
  expect(rulesOf("n1")).toEqual([
    "-A INPUT ! -i lo -p tcp --syn -j REJECT --reject-with tcp-reset",
  ]);
  expect(rulesOf("n2")).toEqual([]);
});

it("the rules of ports stand in their order: a cut or lost packet gets no refusal", async () => {
  const commands: string[] = [];
  const recording = {
    run: async (_: string, command: readonly string[]) => void commands.push(command.at(-1) ?? ""),
  };
  const filter = createFilter(recording as unknown as Engine, 7200);
  const cut = filter.port<true>({ rules: () => cutRules([["n2", "n1"]]) });
  const refuse = filter.port<true>({ rules: () => refusalRules(["n1"]) });
  const machines = ["n1", "n2"].map(
    (node, index) => ({ node, machine: node, address: `10.0.0.${index + 1}` }) as Machine,
  );
  await refuse(machines, new Map([["n1", true]]));
  await cut(machines, new Map([["n2>n1", true]]));
  expect(
    commands
      .at(-1)
      ?.split("\n")
      .filter((line) => line.startsWith("-A")),
  ).toEqual([
    "-A INPUT -s 10.0.0.2 -j DROP",
    "-A INPUT ! -i lo -p tcp --syn -j REJECT --reject-with tcp-reset",
  ]);
});

describe.skipIf(docker.skip)(`a node that refuses new connections${docker.reason}`, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await createDockerCluster(bundled, { nodes: 3, run });
    await cluster.start({
      // The silence is long, so that no link is dropped for it on a busy machine: a refusing node would not get the
      // link back.
      settings: { ...defaultSettings, nodes: 3, n: 3, r: 1, w: 3, silenceMs: 20_000 },
      worldSeed: 1,
      evidence: true,
    });
  });
  afterAll(async () => cluster?.stop());

  const refuse = (...nodes: string[]): Promise<void> =>
    fault((done) =>
      cluster.ports.refusals.set(
        new Map(nodes.map((node) => [node, true as const])),
        new Map(),
        done,
      ),
    );
  const write = (session: ClientSession, op: number): Promise<Outcome> =>
    new Promise((resolve) =>
      session.perform({ op, f: "write", key: `k${op}`, value: "v" }, patienceMs, resolve),
    );
  /** For each rule that refuses connections, the number of packets that it answered. */
  const refused = async (node: string): Promise<number[]> =>
    (await engine.run(`quorate-${run}-${node}-machine`, ["iptables", "-L", "INPUT", "-vxn"]))
      .toString()
      .split("\n")
      .filter((line) => line.includes("REJECT"))
      .map((line) => Number(line.trim().split(/\s+/)[0]));

  it("goes on with whoever is connected; new clients and peers are refused until it is healed", async () => {
    expect(cluster.ports.refusals.cannot?.(true)).toBeNull();
    const existing = cluster.connect("c1", "n1");
    expect(await write(existing, 1)).toMatchObject({ kind: "ok" });
    await refuse("n1");
    const before = await refused("n1");
    expect(before).toHaveLength(1);
    expect(await write(existing, 2)).toMatchObject({ kind: "ok" });
    const another = cluster.connect("c2", "n1");
    expect(await write(another, 3)).toMatchObject({ kind: "fail", code: "not-connected" });
    const byClients = (await refused("n1"))[0] ?? 0;
    expect(byClients).toBeGreaterThan(before[0] ?? Infinity);

    // A write needs all three replicas. n2 still has its link to n1, but n3 has none after its restart.
    await fault((done) => actsOn(cluster).kill("n3", done));
    await fault((done) => actsOn(cluster).restart("n3", done));
    await askUntil(cluster, "n2", { type: "put", id: 4, key: "k4", value: "v" }, "stored");
    expect(await ask(cluster, "n3", { type: "put", id: 5, key: "k5", value: "v" })).toMatchObject({
      type: "error",
      code: "not-enough-replicas",
    });
    expect((await refused("n1"))[0]).toBeGreaterThan(byClients);
    expect(await refused("n2")).toEqual([]);

    await refuse();
    expect(await refused("n1")).toEqual([]);
    expect(await write(another, 6)).toMatchObject({ kind: "ok" });
    await askUntil(cluster, "n3", { type: "put", id: 7, key: "k7", value: "v" }, "stored");
    existing.close();
    another.close();
  });
});
