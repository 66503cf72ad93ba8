import { describe, expect, test } from "vitest";
import { healthyParts, preferenceList } from "../../../store/index.ts";
import type { Parts, StoreSettings } from "../../../store/index.ts";
import type { RingChange, RingState } from "../../../store/placement/ring-state.ts";
import { FakeWorld } from "../fake-world.ts";

const keys = Array.from({ length: 40 }, (_, index) => `k${index}`);

function worldOf(settings: Partial<StoreSettings> = {}, parts: Parts = healthyParts): FakeWorld {
  const world = new FakeWorld({ antiEntropy: false, readRepair: "off", ...settings }, parts, {
    changesRing: true,
  });
  world.run(100);
  return world;
}

let id = 0;

function write(world: FakeWorld, node: string, key: string, value: string | null): void {
  const reply = world.ask(node, { type: "put", id: ++id, key, value });
  expect(reply).toMatchObject({ type: "stored" });
}

function read(world: FakeWorld, node: string, key: string, r = 2): string | null {
  const reply = world.ask(node, { type: "get", id: ++id, key, r });
  if (reply.type !== "got") throw new Error(`expected got, got ${JSON.stringify(reply)}`);
  return reply.state?.kind === "stamped" ? reply.state.value : null;
}

/** Asks for a change of the ring. Returns the problem that the node reports, or null. */
function ask(world: FakeWorld, node: string, name: string, change: RingChange): string | null {
  const reply = world.ask(node, { type: "ring-change", id: ++id, name, change });
  if (reply.type !== "ring-told")
    throw new Error(`expected ring-told, got ${JSON.stringify(reply)}`);
  return reply.problem ?? null;
}

function inspected(
  world: FakeWorld,
  node: string,
): { ring: RingState | undefined; keys: string[]; leftovers: number } {
  const reply = world.ask(node, { type: "inspect", id: ++id });
  if (reply.type !== "inspected") throw new Error(`expected inspected, got ${reply.type}`);
  return {
    ring: reply.ring,
    keys: reply.entries.map(({ key }) => key),
    leftovers: reply.leftovers ?? 0,
  };
}

/** Lets time pass until the node's ring has no change under way and names this one as finished. */
function untilOver(world: FakeWorld, node: string, name: string): void {
  for (let ms = 0; ms < 60_000; ms += 50) {
    world.run(50);
    const { ring } = inspected(world, node);
    if (ring?.under === undefined && ring?.over.includes(name) === true) return world.run(600);
  }
  throw new Error(`${name} is not over: ${JSON.stringify(inspected(world, node).ring)}`);
}

/** Expects that all nodes have the same ring, and that each key is on exactly its owners in that ring. */
function expectOwned(world: FakeWorld, nodes: readonly string[]): void {
  const [first = ""] = nodes;
  const ring = inspected(world, first).ring;
  if (ring === undefined) throw new Error("expected a ring");
  const { members, n, r, w } = ring;
  const on = { ...world.settings, members, n, r, w, nodes: members.length };
  for (const node of nodes) {
    const seen = inspected(world, node);
    expect(seen.ring).toEqual(ring);
    expect(seen.leftovers).toBe(0);
    expect(seen.keys).toEqual(
      [...keys].sort().filter((key) => preferenceList(on, key).includes(node)),
    );
  }
}

describe("a node that is added", () => {
  // Work that waited for another node's disk was once started again after each request timeout, and never ended.
  test("is one also where logs sync less often than requests time out", () => {
    const world = worldOf({ sync: "periodic", syncIntervalMs: 2000, requestTimeoutMs: 500 });
    for (const key of keys) write(world, "n1", key, `${key} before`);
    world.add("n6");
    expect(ask(world, "n2", "add n6", { kind: "add", node: "n6" })).toBeNull();
    untilOver(world, "n2", "add n6");
    expectOwned(world, ["n1", "n2", "n3", "n4", "n5", "n6"]);
  });

  test("fetches what it owns, and the former owners drop what they do not", () => {
    const world = worldOf();
    for (const key of keys) write(world, "n1", key, `${key} before`);
    world.add("n6");
    expect(ask(world, "n2", "join", { kind: "add", node: "n6" })).toBeNull();
    untilOver(world, "n2", "join");
    const nodes = ["n1", "n2", "n3", "n4", "n5", "n6"];
    expectOwned(world, nodes);
    expect(inspected(world, "n6").keys.length).toBeGreaterThan(5);
    for (const key of keys)
      for (const node of nodes) expect(read(world, node, key)).toBe(`${key} before`);
  });

  test("holds what was written while it came", () => {
    const world = worldOf();
    for (const key of keys) write(world, "n1", key, "before");
    world.add("n6");
    expect(ask(world, "n2", "join", { kind: "add", node: "n6" })).toBeNull();
    for (const key of keys) {
      write(world, "n3", key, "meanwhile");
      expect(read(world, "n4", key)).toBe("meanwhile");
    }
    untilOver(world, "n2", "join");
    for (const key of keys) expect(read(world, "n6", key)).toBe("meanwhile");
    expectOwned(world, ["n1", "n2", "n3", "n4", "n5", "n6"]);
  });

  test("that dies while it comes goes on where it was once it is back", () => {
    const world = worldOf();
    for (const key of keys) write(world, "n1", key, "before");
    world.add("n6");
    expect(ask(world, "n2", "join", { kind: "add", node: "n6" })).toBeNull();
    world.run(1);
    world.kill("n6");
    world.run(3000);
    expect(inspected(world, "n2").ring?.under?.step).toBe("writes");
    for (const key of keys) expect(read(world, "n3", key)).toBe("before");
    world.start("n6");
    untilOver(world, "n2", "join");
    expectOwned(world, ["n1", "n2", "n3", "n4", "n5", "n6"]);
  });

  test("that dies for good is given up by the operator's word, and writes go on without it", () => {
    const world = worldOf();
    for (const key of keys) write(world, "n1", key, "before");
    world.add("n6");
    expect(ask(world, "n2", "join", { kind: "add", node: "n6" })).toBeNull();
    world.run(1);
    world.kill("n6");
    world.run(100);
    const told = world.ask("n2", {
      type: "ring-change",
      id: ++id,
      name: "join",
      change: { kind: "give-up" },
    });
    expect(told).toMatchObject({ type: "ring-told" });
    world.run(2000);
    expect(inspected(world, "n4").ring).toMatchObject({ over: ["-join"] });
    expect(inspected(world, "n4").ring?.under).toBeUndefined();
    for (const key of keys) write(world, "n5", key, "after");
    expectOwned(world, ["n1", "n2", "n3", "n4", "n5"]);
  });

  test("may be driven by a node that dies: the change goes on once that is back", () => {
    const world = worldOf();
    for (const key of keys) write(world, "n1", key, "before");
    world.add("n6");
    expect(ask(world, "n2", "join", { kind: "add", node: "n6" })).toBeNull();
    world.run(2);
    world.kill("n2", true);
    world.run(1000);
    world.start("n2");
    untilOver(world, "n2", "join");
    expectOwned(world, ["n1", "n2", "n3", "n4", "n5", "n6"]);
  });
});

describe("a node that is removed", () => {
  test("hands over what it holds, and leaves nothing behind", () => {
    const world = worldOf();
    for (const key of keys) write(world, "n1", key, "before");
    expect(ask(world, "n2", "leave", { kind: "remove", node: "n1" })).toBeNull();
    untilOver(world, "n2", "leave");
    expectOwned(world, ["n2", "n3", "n4", "n5"]);
    expect(inspected(world, "n1").keys).toEqual([]);
    world.kill("n1");
    for (const key of keys) expect(read(world, "n3", key)).toBe("before");
    expect(world.ask("n4", { type: "put", id: ++id, key: "k0", value: "after" }).type).toBe(
      "stored",
    );
  });

  test("serves clients no more once it is gone from the ring", () => {
    const world = worldOf();
    expect(ask(world, "n2", "leave", { kind: "remove", node: "n1" })).toBeNull();
    untilOver(world, "n2", "leave");
    expect(world.ask("n1", { type: "get", id: ++id, key: "k0" })).toMatchObject({
      code: "not-ready",
    });
  });

  test("is refused where a key would lose a replica", () => {
    const world = worldOf({ nodes: 3 });
    expect(ask(world, "n2", "leave", { kind: "remove", node: "n1" })).toContain(
      "expected more than n = 3",
    );
  });
});

describe("a dead node that is replaced", () => {
  test("gives its place and its keys to the new one", () => {
    const world = worldOf();
    for (const key of keys) write(world, "n1", key, "before");
    world.kill("n3");
    world.add("n6");
    expect(ask(world, "n2", "swap", { kind: "replace", node: "n3", by: "n6" })).toBeNull();
    untilOver(world, "n2", "swap");
    expectOwned(world, ["n1", "n2", "n4", "n5", "n6"]);
    for (const key of keys) expect(read(world, "n6", key)).toBe("before");
  });
});

describe("a node whose points move", () => {
  test("gives up some keys and gets others", () => {
    const world = worldOf();
    for (const key of keys) write(world, "n1", key, "before");
    const held = inspected(world, "n4").keys;
    expect(ask(world, "n2", "move", { kind: "move", node: "n4" })).toBeNull();
    untilOver(world, "n2", "move");
    expectOwned(world, ["n1", "n2", "n3", "n4", "n5"]);
    expect(inspected(world, "n4").keys).not.toEqual(held);
  });
});

describe("a change of N", () => {
  test("takes each key to its new number of replicas, up and down", () => {
    const world = worldOf();
    for (const key of keys) write(world, "n1", key, "before");
    expect(ask(world, "n2", "more", { kind: "resize", n: 5, r: 3, w: 3 })).toBeNull();
    untilOver(world, "n2", "more");
    expectOwned(world, ["n1", "n2", "n3", "n4", "n5"]);
    expect(ask(world, "n3", "less", { kind: "resize", n: 1, r: 1, w: 1 })).toBeNull();
    untilOver(world, "n3", "less");
    expectOwned(world, ["n1", "n2", "n3", "n4", "n5"]);
    for (const key of keys) expect(read(world, "n4", key, 1)).toBe("before");
  });

  test("is refused where reads would no longer meet writes", () => {
    const world = worldOf();
    expect(ask(world, "n2", "less", { kind: "resize", n: 3, r: 1, w: 1 })).toContain(
      "expected r + w > n",
    );
  });
});

describe("two changes at once", () => {
  test("the second is refused while the first is under way, and can be asked for again", () => {
    const world = worldOf();
    for (const key of keys) write(world, "n1", key, "before");
    world.add("n6");
    expect(ask(world, "n2", "join", { kind: "add", node: "n6" })).toBeNull();
    expect(ask(world, "n2", "leave", { kind: "remove", node: "n1" })).toContain(
      "join is at its step writes",
    );
    untilOver(world, "n2", "join");
    expect(ask(world, "n4", "leave", { kind: "remove", node: "n1" })).toBeNull();
    untilOver(world, "n4", "leave");
    expectOwned(world, ["n2", "n3", "n4", "n5", "n6"]);
  });

  test("begun at two nodes at the same time, one of the two is made, and all agree which", () => {
    const world = worldOf();
    world.add("n6");
    const [one, other] = [world.client("n2"), world.client("n4")];
    one.send({ type: "ring-change", id: ++id, name: "join", change: { kind: "add", node: "n6" } });
    other.send({
      type: "ring-change",
      id: ++id,
      name: "leave",
      change: { kind: "remove", node: "n1" },
    });
    world.run(5000);
    const rings = ["n2", "n3", "n4", "n5"].map((node) => inspected(world, node).ring);
    expect(new Set(rings.map((ring) => JSON.stringify(ring))).size).toBe(1);
    expect(rings[0]?.over).toHaveLength(1);
    expect(rings[0]?.under).toBeUndefined();
  });
});

describe("tombstones", () => {
  test("come along, so that what they deleted does not come back", () => {
    const world = worldOf();
    for (const key of keys) write(world, "n1", key, "before");
    world.kill("n5");
    for (const key of keys.slice(0, 20)) write(world, "n1", key, null);
    world.start("n5");
    world.run(3000);
    world.add("n6");
    expect(ask(world, "n2", "join", { kind: "add", node: "n6" })).toBeNull();
    untilOver(world, "n2", "join");
    for (const key of keys.slice(0, 20))
      for (const node of ["n1", "n5", "n6"]) expect(read(world, node, key)).toBeNull();
  });

  // Such tombstones once stayed for ever without anti-entropy, and each read sent them again to replicas that had
  // dropped them.
  test("that are removed at once outlast a change, and no longer", () => {
    const world = worldOf({ deletes: "physical" });
    for (const key of keys) write(world, "n1", key, "before");
    world.add("n6");
    expect(ask(world, "n2", "join", { kind: "add", node: "n6" })).toBeNull();
    for (const key of keys) write(world, "n1", key, null);
    expect(inspected(world, "n2").ring?.under).toBeDefined();
    expect(inspected(world, "n2").keys).not.toEqual([]);
    untilOver(world, "n2", "join");
    for (const node of ["n1", "n2", "n3", "n4", "n5", "n6"])
      expect(inspected(world, node).keys).toEqual([]);
  });
});

describe("a node whose disk was wiped", () => {
  test("learns the ring from the others before it serves", () => {
    const world = worldOf();
    expect(ask(world, "n2", "leave", { kind: "remove", node: "n1" })).toBeNull();
    untilOver(world, "n2", "leave");
    world.kill("n3", true);
    world.node("n3").logs.clear();
    world.start("n3");
    world.run(1000);
    expect(inspected(world, "n3").ring).toEqual(inspected(world, "n2").ring);
    expect(world.ask("n3", { type: "put", id: ++id, key: "k0", value: "v" }).type).toBe("stored");
  });
});

describe("one of two nodes that starts beside a dead one", () => {
  test("waits for its word, unless an operator says that it is dead for good", () => {
    const world = worldOf({ nodes: 2, n: 2, r: 1, w: 1 });
    world.kill("n1");
    world.kill("n2");
    world.start("n2");
    world.run(5000);
    const asks = {
      type: "ring-change",
      name: "dead",
      change: { kind: "dead", node: "n1" },
    } as const;
    expect(world.ask("n2", { ...asks, id: ++id })).toMatchObject({ code: "not-ready" });
    world.run(100);
    expect(world.ask("n2", { ...asks, id: ++id })).toMatchObject({ type: "ring-told" });
    expect(inspected(world, "n2").ring).toMatchObject({ dead: ["n1"] });
  });
});
