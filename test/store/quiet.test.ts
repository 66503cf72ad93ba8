import { expect, test } from "vitest";
import { preferenceList } from "../../store/index.ts";
import { FakeWorld } from "./fake-world.ts";

const put = (value: string | null) => ({ type: "put", id: 1, key: "k", value }) as const;

/** Settings with three nodes, so that every node has the key. */
const three = { nodes: 3, n: 3, r: 2, w: 2 } as const;

const isQuiet = (world: FakeWorld): readonly boolean[] =>
  [...world.nodes.values()].map((node) => node.quiet() !== null);

/** For each node, the nodes that it waits for, or undefined if the node is not quiet. */
const waiting = (world: FakeWorld): readonly (readonly string[] | undefined)[] =>
  [...world.nodes.values()].map((node) => node.quiet()?.waitsFor);

/** The different reports of what quiet nodes hold. */
const held = (world: FakeWorld): ReadonlySet<string> =>
  new Set(
    [...world.nodes.values()].map((node) => JSON.stringify([...(node.quiet()?.holds ?? [])])),
  );

test("a node is quiet once its links are up, and again once what it was asked for is done", () => {
  const world = new FakeWorld(three);
  expect(isQuiet(world)).toEqual([true, true, true]);
  const empty = held(world);
  const client = world.client("n1");
  client.send(put("v"));
  world.run(0.15);
  expect(world.node("n1").quiet()).toBeNull();
  world.run(2_000);
  expect(client.replies).toMatchObject([{ type: "stored" }]);
  expect(isQuiet(world)).toEqual([true, true, true]);
  expect(held(world).size).toBe(1);
  expect(held(world)).not.toEqual(empty);
});

test("a node whose write waits for its sync is not quiet", () => {
  const world = new FakeWorld({ ...three, hints: false, antiEntropy: false });
  world.node("n2").holdSyncs = true;
  expect(world.ask("n1", put("v")).type).toBe("stored");
  world.run(2_000);
  expect(isQuiet(world)).toEqual([true, false, true]);
  world.node("n2").releaseSyncs();
  world.run(10);
  expect(isQuiet(world)).toEqual([true, true, true]);
});

test("quiet nodes that cannot reach each other wait for each other", () => {
  const world = new FakeWorld(three);
  world.cut("n1", "n2");
  world.run(5_000);
  expect(waiting(world)).toEqual([["n2"], ["n1"], []]);
  world.heal();
  world.run(5_000);
  expect(waiting(world)).toEqual([[], [], []]);
});

test("a node that keeps a hint waits for the node that it is for", () => {
  const world = new FakeWorld({
    ...three,
    hints: true,
    antiEntropy: false,
    handoffIntervalMs: 60_000,
  });
  world.kill("n3");
  world.ask("n1", put("v"));
  world.start("n3");
  world.run(5_000);
  expect(waiting(world)).toEqual([["n3"], [], []]);
  world.run(60_000);
  expect(waiting(world)).toEqual([[], [], []]);
});

test("a node whose tombstone waits for its grace time is not quiet", () => {
  const world = new FakeWorld({ ...three, deletes: "grace", graceMs: 30_000 });
  world.ask("n1", put(null));
  world.run(5_000);
  expect(isQuiet(world)).toEqual([false, false, false]);
  world.run(60_000);
  expect(isQuiet(world)).toEqual([true, true, true]);
});

test("quiet nodes whose replicas differ say so", () => {
  const world = new FakeWorld({ antiEntropyIntervalMs: 60_000, hints: false });
  const [first = "", second = "", third = ""] = preferenceList(world.settings, "k");
  world.node(third).holdSyncs = true;
  world.ask(first, put("v"));
  world.kill(third);
  world.start(third);
  world.run(10_000);
  const of = (node: string): ReadonlyMap<string, string> =>
    world.node(node).quiet()?.holds ?? new Map();
  const range = [first, second, third].toSorted().join("+");
  expect(of(first).get(range)).toBe(of(second).get(range));
  expect(of(third).get(range)).toBeDefined();
  expect(of(third).get(range)).not.toBe(of(first).get(range));
});

test("nodes whose ring may change are quiet while no change is under way, and show the ring", () => {
  const world = new FakeWorld(three, undefined, { changesRing: true });
  world.run(5_000);
  expect(isQuiet(world)).toEqual([true, true, true]);
  expect(held(world).size).toBe(1);
  for (const node of world.nodes.values()) expect(node.quiet()?.holds.has("ring")).toBe(true);
});
