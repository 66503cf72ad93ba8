import { describe, expect, test } from "vitest";
import { healthyParts, preferenceList } from "../../../store/index.ts";
import { promises } from "../../../harness/targets/bundled/index.ts";
import type { Promises } from "../../../harness/targets/target.ts";
import type { Parts, StoreSettings } from "../../../store/index.ts";
import { FakeWorld } from "../fake-world.ts";

const put = (id: number, value: string | null, context?: string) =>
  ({ type: "put", id, key: "k", value, ...(context === undefined ? {} : { context }) }) as const;
const get = (id: number, r?: number) =>
  ({ type: "get", id, key: "k", ...(r === undefined ? {} : { r }) }) as const;

function worldOf(settings: Partial<StoreSettings>, parts: Parts = healthyParts) {
  const world = new FakeWorld(
    { nodes: 3, readRepair: "off", antiEntropy: false, graceMs: 300, ...settings },
    parts,
  );
  const [first = "", second = "", third = ""] = preferenceList(world.settings, "k");
  return { world, first, second, third, replicas: [first, second, third] };
}

/** The values that an inspection of the node shows. */
function held(world: FakeWorld, node: string): readonly (string | null)[] {
  const reply = world.ask(node, { type: "inspect", id: 1 });
  if (reply.type !== "inspected") throw new Error(`expected inspected, got ${reply.type}`);
  return reply.entries.flatMap(({ state }) =>
    state.kind === "stamped" ? [state.value] : state.siblings.map(({ value }) => value),
  );
}

/** The values and the context that a read returns, without deletions. */
function read(world: FakeWorld, node: string, r?: number) {
  const reply = world.ask(node, get(9, r));
  if (reply.type !== "got") throw new Error(`expected got, got ${reply.type}`);
  const { state } = reply;
  const values =
    state === null
      ? []
      : state.kind === "stamped"
        ? [state.value]
        : state.siblings.map(({ value }) => value);
  return { values: values.filter((value) => value !== null), context: reply.context };
}

describe.each(["stamps", "siblings"] as const)("%s", (versions) => {
  const removed = (world: FakeWorld, node: string): void => {
    expect(world.ask(node, put(1, "v")).type).toBe("stored");
    expect(world.ask(node, put(2, null, read(world, node).context)).type).toBe("stored");
  };

  test("keep: the tombstone stays", () => {
    const { world, first, replicas } = worldOf({ versions });
    removed(world, first);
    world.run(5000);
    for (const node of replicas) expect(held(world, node)).toEqual([null]);
  });

  test("grace: each replica drops it after the grace time, not before, and counts anew after a restart", () => {
    const { world, first, third, replicas } = worldOf({ versions, deletes: "grace" });
    removed(world, first);
    world.run(150);
    for (const node of replicas) expect(held(world, node)).toEqual([null]);
    world.start(third);
    world.run(260);
    expect(held(world, first)).toEqual([]);
    expect(held(world, third)).toEqual([null]);
    world.run(400);
    expect(held(world, third)).toEqual([]);
    for (const node of replicas) world.start(node);
    world.run(100);
    for (const node of replicas) expect(held(world, node)).toEqual([]);
  });

  test("physical: it is gone once it is durable, and a log with it brings nothing back", () => {
    const { world, first, replicas } = worldOf({ versions, deletes: "physical" });
    removed(world, first);
    world.run(10);
    for (const node of replicas) expect(held(world, node)).toEqual([]);
    for (const node of replicas) world.start(node);
    world.run(100);
    for (const node of replicas) expect(held(world, node)).toEqual([]);
  });

  test("reap: not while a replica is away, and once it is back all drop it together", () => {
    const { world, first, third, replicas } = worldOf({ versions, deletes: "reap" });
    expect(world.ask(first, put(1, "v")).type).toBe("stored");
    world.run(10);
    world.kill(third);
    world.run(10);
    expect(world.ask(first, put(2, null, read(world, first).context)).type).toBe("stored");
    world.run(5000);
    expect(held(world, first)).toEqual([null]);
    world.start(third);
    world.run(6000);
    for (const node of replicas) expect(held(world, node)).toEqual([]);
    expect(read(world, third, 3).values).toEqual([]);
  });

  test("reap: a write older than the tombstone is refused, from a replica or as a hint; a newer one is taken", () => {
    const { world, first, replicas } = worldOf({ versions, deletes: "reap" });
    expect(world.ask(first, put(1, "old")).type).toBe("stored");
    world.run(10);
    const old = world.frames.flatMap(({ message }) =>
      message.type === "replica-put" ? [message] : [],
    );
    expect(world.ask(first, put(2, null, read(world, first).context)).type).toBe("stored");
    world.run(2000);
    for (const node of replicas) expect(held(world, node)).toEqual([]);
    for (const node of replicas)
      for (const message of old)
        expect(world.askAsPeer(node, { ...message, cause: "handoff" })?.type).toBe(
          "replica-stored",
        );
    for (const node of replicas) world.start(node);
    world.run(3000);
    for (const node of replicas)
      for (const message of old)
        expect(world.askAsPeer(node, { ...message, cause: "handoff" })?.type).toBe(
          "replica-stored",
        );
    for (const node of replicas) expect(held(world, node)).toEqual([]);
    expect(world.ask(first, put(3, "new")).type).toBe("stored");
    world.run(10);
    for (const node of replicas) expect(held(world, node)).toEqual(["new"]);
  });

  test("a key that was reaped and forgotten, and is written again, never repeats a version", () => {
    const { world, first, replicas } = worldOf({
      versions,
      stamps: "quorum",
      deletes: "reap",
      reapedMs: 50,
    });
    const given = new Set<string>();
    for (let id = 1; id <= 6; id++) {
      const reply = world.ask(
        first,
        put(id, id % 2 === 1 ? `v${id}` : null, read(world, first).context),
      );
      if (reply.type !== "stored") throw new Error(`expected stored, got ${reply.type}`);
      given.add(reply.version);
      world.run(3000);
      if (id % 2 === 0) for (const node of replicas) expect(held(world, node)).toEqual([]);
    }
    expect(given.size).toBe(6);
    expect([...given].sort()).toEqual([...given]);
  });

  test("anti-entropy sends a deletion to whoever missed it, and sends nothing back to who dropped it", () => {
    const { world, first, second, third, replicas } = worldOf({
      versions,
      deletes: "grace",
      graceMs: 8000,
      antiEntropy: true,
      antiEntropyIntervalMs: 100,
    });
    expect(world.ask(first, put(1, "v")).type).toBe("stored");
    world.run(10);
    world.kill(third);
    world.run(10);
    expect(world.ask(first, put(2, null, read(world, first).context)).type).toBe("stored");
    world.start(third);
    world.run(2500);
    expect(held(world, third)).toEqual([null]);
    world.run(7000);
    expect([held(world, first), held(world, second)]).toEqual([[], []]);
    const before = world.frames.length;
    world.run(5000);
    expect(
      world.frames.slice(before).filter(({ message }) => message.type === "replica-put"),
    ).toEqual([]);
    for (const node of replicas) expect(held(world, node)).toEqual([]);
  });
});

test("physical: a newer write that a full disk refuses does not keep the tombstone", () => {
  const { world, first } = worldOf({ versions: "stamps", deletes: "physical" });
  const node = world.node(first);
  const peer = world.peer(first, "n9");
  const keep = (request: number, stamp: string, value: string | null): void =>
    peer.send({
      type: "replica-put",
      id: request,
      key: "k",
      state: { kind: "stamped", stamp, value },
      cause: "write",
    });
  node.holdSyncs = true;
  keep(1, "1.n9.000001.000001", null);
  world.run(1);
  keep(2, "2.n9.000001.000002", "newer");
  for (const release of node.heldSyncs.splice(0)) release();
  world.run(1);
  expect(held(world, first)).toEqual([null]);
  node.isFull = true;
  node.releaseSyncs();
  world.run(10);
  expect(peer.replies.map(({ type }) => type)).toEqual(["replica-stored", "replica-refused"]);
  expect(held(world, first)).toEqual([]);
});

describe("what is promised of deletes", () => {
  const facts = {
    workload: "register",
    requests: [{ f: "read" }, { f: "write" }, { f: "delete" }],
    effects: [],
    keys: ["k0"],
    faultSpanMs: 3000,
  };
  const promisesOf = (some: Partial<StoreSettings>, plan: object = {}): Promises =>
    promises({ ...new FakeWorld().settings, ...some }, { ...facts, ...plan });
  /** Whether no-resurrection is promised for every delete, not only for those that all replicas received in time. */
  const promised = (some: Partial<StoreSettings>, plan: object = {}): boolean => {
    const { guarantees, bounds } = promisesOf(some, plan);
    return guarantees.includes("no-resurrection") && bounds.tombstone === undefined;
  };

  test("a grace time that may end within the history: only where all replicas heard in time", () => {
    const { guarantees, bounds } = promisesOf({ deletes: "grace", graceMs: 2000 });
    expect(guarantees).toContain("no-resurrection");
    expect(bounds.tombstone).toMatchObject({ keptUs: 2_000_000 });
  });

  test.each([
    ["keep", {}, {}, true],
    ["physical removal", { deletes: "physical" }, {}, false],
    [
      "physical removal of nothing",
      { deletes: "physical" },
      { requests: [{ f: "read" }, { f: "write" }] },
      true,
    ],
    ["a grace time shorter than the faults", { deletes: "grace", graceMs: 2000 }, {}, false],
    [
      "a grace time longer than faults, timeouts and repair",
      { deletes: "grace", graceMs: 60_000 },
      {},
      true,
    ],
    [
      "the same with a longer window of hints",
      { deletes: "grace", graceMs: 60_000, hints: true },
      {},
      false,
    ],
    [
      "the same without anti-entropy",
      { deletes: "grace", graceMs: 60_000, antiEntropy: false },
      {},
      false,
    ],
    [
      "the same in a run that surely ends before",
      { deletes: "grace", graceMs: 60_000, antiEntropy: false },
      { longestRunMs: 5000 },
      true,
    ],
    [
      "the same in a run that may take half of it",
      { deletes: "grace", graceMs: 60_000, antiEntropy: false },
      { longestRunMs: 30_000 },
      false,
    ],
    [
      "physical removal, however short the run",
      { deletes: "physical", graceMs: 60_000 },
      { longestRunMs: 5000 },
      false,
    ],
    [
      "reaping, soon forgotten, after the run",
      { deletes: "reap", graceMs: 60_000, reapedMs: 1000 },
      { longestRunMs: 5000 },
      true,
    ],
    ["reaping", { deletes: "reap" }, {}, true],
    ["reaping, soon forgotten", { deletes: "reap", reapedMs: 1000 }, {}, false],
    [
      "reaping, and a wiped disk",
      { deletes: "reap", r: 3, w: 3 },
      { effects: [{ effect: "data-lost", node: 0, synced: true }] },
      false,
    ],
  ] as const)("%s: %s", (_, some, plan, expected) => {
    const keys =
      "effects" in plan ? { keys: Array.from({ length: 9 }, (_value, index) => `k${index}`) } : {};
    expect(promised(some as Partial<StoreSettings>, { ...plan, ...keys })).toBe(expected);
  });
});
