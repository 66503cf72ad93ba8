/** Tests simulated nodes that refuse new connections: what happens to existing connections and to new ones. */
import { describe, expect, test } from "vitest";
import { nodeName } from "../../../../generators/index.ts";
import { bundled, type Cluster, createSimCluster, perform } from "../../../../harness/index.ts";
import { defaultSettings } from "../../../../store/index.ts";
import type { ClientReply } from "../../../../store/index.ts";
import { actsOn } from "../acts.ts";
import { listening, ping, quiet, tinyWorld, setRefusing as setRefusingOf } from "./tiny-world.ts";
import { ask, wire } from "./wire.ts";

/** Makes these nodes refuse connections through the fault's port, as the nemesis does. */
const setRefusing = (on: Cluster, nodes: readonly number[]): Promise<unknown> =>
  perform(on, (done) =>
    on.ports.refusals.set(
      new Map(nodes.map((node) => [nodeName(node), true] as const)),
      new Map(),
      done,
    ),
  );

const put = (id: number) => ({ type: "put", id, key: `k${id}`, value: "v" }) as const;

describe("a node that refuses new connections", () => {
  async function start(): Promise<Cluster> {
    const on = createSimCluster(bundled);
    await on.start({
      settings: { ...defaultSettings, nodes: 3, n: 3, r: 1, w: 3 },
      worldSeed: 2,
      evidence: true,
    });
    return on;
  }

  test("goes on with the client that it has, and takes a new one only once it is healed", async () => {
    const on = await start();
    const heard: (ClientReply | string)[] = [];
    const existing = wire(on, "c1", "n1", {
      reply: (reply) => heard.push(reply),
      closed: (reason) => heard.push(reason),
    });
    existing.send(put(1));
    await on.until(() => heard.length === 1, 5_000);
    await setRefusing(on, [0]);
    existing.send(put(2));
    await on.until(() => heard.length === 2, 5_000);
    expect(heard).toMatchObject([
      { type: "stored", id: 1 },
      { type: "stored", id: 2 },
    ]);
    expect(await ask(on, "n1", put(3))).toBe("connection refused");
    // A write needs all three replicas. Peers that were connected to n1 still are.
    expect(await ask(on, "n2", put(4))).toMatchObject({ type: "stored" });
    await setRefusing(on, []);
    expect(await ask(on, "n1", put(5))).toMatchObject({ type: "stored" });
  });

  test("is out of reach for a peer that was started again, until it is healed", async () => {
    const on = await start();
    await setRefusing(on, [0]);
    await perform(on, (done) => actsOn(on).kill("n3", done));
    await perform(on, (done) => actsOn(on).restart("n3", done));
    await on.until(() => false, 3_000);
    expect(await ask(on, "n3", put(1))).toMatchObject({
      type: "error",
      code: "not-enough-replicas",
    });
    expect(await ask(on, "n2", put(2))).toMatchObject({ type: "stored" });
    await setRefusing(on, []);
    await on.until(() => false, 2 * defaultSettings.reconnectCapMs);
    expect(await ask(on, "n3", put(3))).toMatchObject({ type: "stored" });
  });
});

test("a node that refuses new connections still dials itself and others", () => {
  const arrived: { at: number; from: string; id: number }[] = [];
  const { world, pass, host } = tinyWorld({ program: listening(arrived) });
  setRefusingOf(world, ["n1"]);
  const heard: string[] = [];
  host("n1").dial("n1", quiet).send(ping(1));
  host("n1").dial("n2", quiet).send(ping(2));
  host("n2").dial("n1", { ...quiet, close: (reason) => heard.push(reason) });
  pass(200);
  expect(arrived.map(({ id }) => id).sort((a, b) => a - b)).toEqual([1, 2]);
  expect(heard).toEqual(["connection refused"]);
});
