/**
 * Tests every form of partition in virtual time. Exactly the named links are silent, and healing delivers the messages
 * that they held.
 */
import { bundled } from "../../../../harness/targets/bundled/index.ts";
import { expect, test } from "vitest";
import { type PartitionShape, parsePlan } from "../../../../generators/index.ts";
import { runHistory } from "../../../../harness/run/index.ts";
import { createSimCluster } from "../../../../harness/platforms/simulator/index.ts";
import { cutsOf } from "../acts.ts";
import { listening, ping, quiet, tinyWorld, setCuts } from "./tiny-world.ts";
import { bundledPlans } from "../../../../harness/targets/bundled/index.ts";

const nodes = ["n1", "n2", "n3", "n4", "n5"];
const shapes: readonly PartitionShape[] = [
  { shape: "halves", side: [0, 3] },
  { shape: "isolate", node: 2 },
  { shape: "one-way", from: 1, to: 4 },
  { shape: "ring", order: [0, 3, 1, 4, 2] },
  { shape: "bridge", node: 2, side: [0, 1] },
  {
    shape: "links",
    cuts: [
      [0, 1],
      [3, 0],
      [4, 2],
    ],
  },
];

test.each(shapes)("$shape", (partition) => {
  const arrived: { at: number; from: string; id: number }[] = [];
  const { world, pass, host } = tinyWorld({ nodes, program: listening(arrived) });
  const links = nodes.flatMap((from) =>
    nodes.filter((to) => to !== from).map((to) => ({ from, to })),
  );
  const streams = links.map(({ from, to }) => host(from).dial(to, quiet));
  pass(100);
  const cut = new Set(
    cutsOf({ kind: "partition", partition }, nodes.length).map(([from, to]) => `${from}>${to}`),
  );
  setCuts(world, cutsOf({ kind: "partition", partition }, nodes.length));
  streams.forEach((stream, id) => stream.send(ping(id)));
  pass(500);
  const silent = links.flatMap(({ from, to }, id) =>
    arrived.some((one) => one.id === id) ? [] : [`${from}>${to}`],
  );
  expect(silent.sort()).toEqual([...cut].sort());
  expect(silent.length).toBeGreaterThan(0);
  setCuts(world, []);
  pass(2_000);
  expect(new Set(arrived.map(({ id }) => id)).size).toBe(links.length);
});

const plan = (faults: readonly unknown[]) =>
  parsePlan(
    {
      format: "quorate-plan/1",
      worldSeed: 3,
      settings: { nodes: 3, n: 3, antiEntropy: false },
      clients: 1,
      keys: 1,
      claimed: [],
      operations: Array.from({ length: 20 }, () => ({
        client: 0,
        afterMs: 100,
        node: 0,
        f: "write",
        key: 0,
      })),
      faults,
    },
    bundledPlans,
  );

test("a rolling restart: each node dies and starts again, one after the other", async () => {
  const events = await runHistory(
    plan(
      [0, 1, 2].map((node) => ({
        atMs: 100 + 500 * node,
        durationMs: 200,
        fault: { kind: "kill", nodes: [node] },
      })),
    ),
    createSimCluster(bundled),
    { evidence: true },
  );
  const restarted = events.findIndex(
    (event) => event.e === "phase" && event.phase === "final-phase",
  );
  const boots = events
    .slice(0, restarted)
    .flatMap((event) => (event.e === "boot" ? [`${event.node} ${event.phase} ${event.boot}`] : []));
  expect(boots.slice(-6)).toEqual([
    "n1 end 1",
    "n1 start 2",
    "n2 end 1",
    "n2 start 2",
    "n3 end 1",
    "n3 start 2",
  ]);
});

test("a partition that flaps: what is said gets through in between, and only then", async () => {
  const flaps = [0, 1, 2].map((turn) => ({
    atMs: 100 + 1400 * turn,
    durationMs: 700,
    fault: { kind: "partition", partition: { shape: "isolate", node: 2 } },
  }));
  const events = await runHistory(
    {
      ...plan(flaps),
      operations: Array.from({ length: 80 }, () => ({
        client: 0,
        afterMs: 50,
        node: 0,
        f: "write",
        key: 0,
      })),
    },
    createSimCluster(bundled),
    { evidence: true },
  );
  const windows = events.flatMap((event) =>
    event.e === "fault" && (event.phase === "injected" || event.phase === "heal")
      ? [event.atUs]
      : [],
  );
  expect(windows).toHaveLength(6);
  const heard = events.flatMap((event) =>
    event.e === "received" && event.node === "n3" && event.peer === "n1" ? [event.atUs] : [],
  );
  // Messages that were already sent arrive within a few milliseconds, so the first 50 ms of a partition do not count.
  const within = (fromUs: number, toUs: number): number =>
    heard.filter((atUs) => atUs > fromUs && atUs < toUs).length;
  for (let turn = 0; turn < 3; turn++) {
    expect(within((windows[2 * turn] ?? 0) + 50_000, windows[2 * turn + 1] ?? 0)).toBe(0);
    if (turn < 2)
      expect(within(windows[2 * turn + 1] ?? 0, windows[2 * turn + 2] ?? 0)).toBeGreaterThan(0);
  }
});
