import { describe, expect, test } from "vitest";
import { decode, fallbacks, healthyParts, preferenceList } from "../../../store/index.ts";
import type { StoreSettings } from "../../../store/index.ts";
import { FakeWorld } from "../fake-world.ts";

const put = (id: number, value: string, w?: number) =>
  ({ type: "put", id, key: "k", value, ...(w === undefined ? {} : { w }) }) as const;
const get = (id: number, r?: number) =>
  ({ type: "get", id, key: "k", ...(r === undefined ? {} : { r }) }) as const;

/** A world without other kinds of repair. Only a hint can bring a replica what it missed. */
function worldOf(settings: Partial<StoreSettings> = {}) {
  const world = new FakeWorld({ hints: true, antiEntropy: false, readRepair: "off", ...settings });
  const [first = "", second = "", third = ""] = preferenceList(world.settings, "k");
  const [fourth = "", fifth = ""] = fallbacks(world.settings, "k");
  return { world, first, second, third, fourth, fifth };
}

function inspected(world: FakeWorld, node: string) {
  const reply = world.ask(node, { type: "inspect", id: 1 });
  if (reply.type !== "inspected") throw new Error(`expected inspected, got ${reply.type}`);
  return {
    values: reply.entries.map(({ state }) =>
      state.kind === "stamped" ? state.value : state.siblings.map(({ value }) => value).join(),
    ),
    hints: reply.hints,
  };
}

function restart(world: FakeWorld, node: string): void {
  world.start(node);
  world.run(3000);
}

describe("hints under strict quorums", () => {
  test("the coordinator keeps what an unreachable replica missed, and delivers it", () => {
    const { world, first, third, fourth } = worldOf();
    world.kill(third);
    world.run(10);
    expect(world.ask(fourth, put(1, "v")).type).toBe("stored");
    expect(inspected(world, fourth)).toEqual({ values: [], hints: 1 });
    expect(inspected(world, first).hints).toBe(0);
    restart(world, third);
    expect(inspected(world, third).values).toEqual(["v"]);
    expect(inspected(world, fourth).hints).toBe(0);
  });

  test("a hint is no replica: it does not make up for a missing one", () => {
    const { world, first, second, third } = worldOf();
    for (const node of [second, third]) world.kill(node);
    world.run(10);
    expect(world.ask(first, put(1, "v"))).toMatchObject({
      type: "error",
      code: "not-enough-replicas",
    });
    expect(inspected(world, first)).toEqual({ values: [], hints: 0 });
  });

  test("a replica that seemed reachable but did not confirm in time gets one too", () => {
    const { world, first, third } = worldOf({ requestTimeoutMs: 300 });
    world.cut(first, third);
    expect(world.ask(first, put(1, "v")).type).toBe("stored");
    expect(inspected(world, first).hints).toBe(0);
    world.run(400);
    expect(inspected(world, first).hints).toBe(1);
    world.heal();
    world.run(5000);
    expect(inspected(world, third).values).toEqual(["v"]);
    expect(inspected(world, first).hints).toBe(0);
  });

  test("hints survive a kill of their keeper", () => {
    const { world, third, fourth } = worldOf();
    world.kill(third);
    world.run(10);
    world.ask(fourth, put(1, "v"));
    world.run(10);
    world.kill(fourth);
    restart(world, fourth);
    expect(inspected(world, fourth).hints).toBe(1);
    restart(world, third);
    expect(inspected(world, third).values).toEqual(["v"]);
    expect(world.node(fourth).hintDisk.length).toBe(2);
    world.kill(fourth);
    restart(world, fourth);
    expect(inspected(world, fourth).hints).toBe(0);
  });

  test("older than the window, or more than the limit: dropped", () => {
    for (const settings of [{ hintWindowMs: 1000 }, { hintLimit: 0 }]) {
      const { world, third, fourth } = worldOf(settings);
      world.kill(third);
      world.run(10);
      expect(world.ask(fourth, put(1, "v")).type).toBe("stored");
      world.run(2000);
      restart(world, third);
      expect(inspected(world, third).values).toEqual([]);
      expect(inspected(world, fourth).hints).toBe(0);
    }
  });

  test("a full store of hints keeps what it has, through a restart too, and takes more once it has delivered", () => {
    const { world, third, fourth } = worldOf({ hintLimit: 2 });
    const keys = Array.from({ length: 40 }, (_, index) => `k${index}`).filter((key) => {
      const replicas = preferenceList(world.settings, key);
      return replicas.includes(third) && !replicas.includes(fourth);
    });
    const [one = "", two = "", three = ""] = keys;
    const write = (id: number, key: string, value: string): void =>
      expect(world.ask(fourth, { type: "put", id, key, value }).type).toBe("stored");
    world.kill(third);
    world.run(10);
    write(1, one, "a");
    write(2, two, "b");
    write(3, three, "c");
    // A newer version of a key that has a hint is merged into that hint, and is not a further one.
    write(4, one, "d");
    expect(inspected(world, fourth).hints).toBe(2);
    world.kill(fourth);
    restart(world, fourth);
    expect(inspected(world, fourth).hints).toBe(2);
    write(5, three, "e");
    expect(inspected(world, fourth).hints).toBe(2);
    restart(world, third);
    expect(inspected(world, third).values).toEqual(["d", "b"]);
    expect(inspected(world, fourth).hints).toBe(0);
    world.kill(third);
    world.run(10);
    write(6, three, "f");
    expect(inspected(world, fourth).hints).toBe(1);
  });

  test("one hint for each key and replica: the merge of what it missed", () => {
    const { world, third, fourth } = worldOf();
    world.kill(third);
    world.run(10);
    for (let id = 1; id <= 5; id++) world.ask(fourth, put(id, `v${id}`));
    expect(inspected(world, fourth).hints).toBe(1);
    restart(world, third);
    expect(inspected(world, third).values).toEqual(["v5"]);
    expect(
      world.frames.filter(
        ({ message }) => message.type === "replica-put" && message.cause === "handoff",
      ).length,
    ).toBe(1);
  });
});

describe("sloppy quorums", () => {
  test("stand-ins count for writes and answer reads, and hand over", () => {
    const { world, first, second, third, fourth, fifth } = worldOf({ quorums: "sloppy" });
    for (const node of [second, third]) world.kill(node);
    world.run(10);
    expect(world.ask(first, put(1, "v", 3)).type).toBe("stored");
    for (const node of [fourth, fifth])
      expect(inspected(world, node)).toEqual({ values: [], hints: 1 });
    world.kill(first);
    world.run(10);
    // No replica is up, but the fallback nodes have the write as hints.
    expect(world.ask(fourth, get(2, 2))).toMatchObject({ type: "got", state: { value: "v" } });
    for (const node of [first, second, third]) world.start(node);
    world.run(4000);
    for (const node of [first, second, third]) expect(inspected(world, node).values).toEqual(["v"]);
    for (const node of [fourth, fifth])
      expect(inspected(world, node)).toEqual({ values: [], hints: 0 });
  });

  test("a stand-in confirms only what it synced, and keeps it longer than any window", () => {
    const { world, first, second, third, fourth } = worldOf({
      quorums: "sloppy",
      requestTimeoutMs: 300,
      hintWindowMs: 1,
    });
    world.kill(third);
    world.run(10);
    world.node(fourth).holdSyncs = true;
    expect(world.ask(first, put(1, "v", 3))).toMatchObject({ type: "error", code: "timeout" });
    world.node(fourth).releaseSyncs();
    world.run(2000);
    expect(inspected(world, fourth).hints).toBe(1);
    restart(world, third);
    expect(inspected(world, third).values).toEqual(["v"]);
    expect(second).not.toBe(fourth);
  });

  test("fewer nodes than the quorum: definite, nothing sent or kept", () => {
    const { world, first, second, third, fourth, fifth } = worldOf({ quorums: "sloppy" });
    for (const node of [second, third, fourth, fifth]) world.kill(node);
    world.run(10);
    expect(world.ask(first, put(1, "v"))).toMatchObject({
      type: "error",
      code: "not-enough-replicas",
    });
    expect(world.ask(first, get(2))).toMatchObject({ type: "error", code: "not-enough-replicas" });
    expect(inspected(world, first)).toEqual({ values: [], hints: 0 });
  });

  test("read repair writes to replicas, never to who stands in", () => {
    const { world, first, third, fourth } = worldOf({ quorums: "sloppy", readRepair: "async" });
    world.ask(first, put(1, "v", 3));
    world.kill(third);
    world.run(10);
    world.ask(first, get(2, 3));
    world.run(100);
    expect(inspected(world, fourth)).toEqual({ values: [], hints: 0 });
  });
});

describe("quorums that a request names", () => {
  test("W = ANY is acknowledged by a hint alone, and readable once that is delivered", () => {
    const { world, first, second, third, fourth } = worldOf();
    for (const node of [first, second, third]) world.kill(node);
    world.run(10);
    const any = { type: "put", id: 1, key: "k", value: "v", w: "ANY" } as const;
    expect(world.ask(fourth, { ...any, w: "ONE" })).toMatchObject({ code: "not-enough-replicas" });
    expect(world.ask(fourth, any).type).toBe("stored");
    expect(inspected(world, fourth)).toEqual({ values: [], hints: 3 });
    for (const node of [first, second, third]) restart(world, node);
    expect(world.ask(fourth, get(2))).toMatchObject({ state: { value: "v" } });
  });

  test("without hints ANY needs a replica", () => {
    const { world, first, second, third, fourth } = worldOf({ hints: false });
    for (const node of [first, second, third]) world.kill(node);
    world.run(10);
    expect(world.ask(fourth, { type: "put", id: 1, key: "k", value: "v", w: "ANY" })).toMatchObject(
      { code: "not-enough-replicas" },
    );
  });

  test("PR and PW: stand-ins do not make up for the key's own replicas, and nothing is sent", () => {
    const { world, first, second, third, fourth } = worldOf({ quorums: "sloppy" });
    for (const node of [second, third]) world.kill(node);
    world.run(10);
    const before = world.frames.length;
    expect(world.ask(first, { ...put(1, "v", 2), pw: 2 })).toMatchObject({
      type: "error",
      code: "primaries-unreachable",
    });
    expect(world.ask(first, { ...get(2, 2), pr: "quorum" })).toMatchObject({
      type: "error",
      code: "primaries-unreachable",
    });
    expect(
      world.frames.slice(before).filter(({ message }) => /^(replica|hint)/.test(message.type)),
    ).toEqual([]);
    expect(world.ask(first, { ...put(3, "v", 2), pw: 1 }).type).toBe("stored");
    expect(world.ask(fourth, { ...get(4, 2), pr: "one" })).toMatchObject({ state: { value: "v" } });
  });

  test("a stand-in's reply does not count as a primary's: two replies, of which one is of a replica, end no read with PR = 2", () => {
    const { isAnswered, isAcknowledged } = healthyParts;
    const read = {
      key: "k",
      replicas: ["n1", "n4"],
      primaries: ["n1", "n2", "n3"],
      needed: 2,
      replies: [null, null],
    };
    expect(isAnswered({ ...read, from: ["n1", "n4"], neededPrimaries: 1 })).toBe(true);
    expect(isAnswered({ ...read, from: ["n1", "n4"], neededPrimaries: 2 })).toBe(false);
    const write = {
      key: "k",
      replicas: ["n1", "n2", "n3"],
      needed: 2,
      hintCounts: false,
      hinted: [],
    };
    expect(isAcknowledged({ ...write, confirmed: ["n1", "n4"], neededPrimaries: 2 })).toBe(false);
    expect(isAcknowledged({ ...write, confirmed: ["n1", "n4", "n2"], neededPrimaries: 2 })).toBe(
      true,
    );
  });

  test.each([
    [{ w: "QUORUM" }, 0],
    [{ w: "QUORUM", dw: 2 }, 1],
  ] as const)("under a periodic log %o survives a power loss of all: %i", (asked, kept) => {
    const world = new FakeWorld({
      nodes: 3,
      sync: "periodic",
      syncIntervalMs: 500,
      antiEntropy: false,
    });
    expect(world.ask("n1", { type: "put", id: 1, key: "k", value: "v", ...asked }).type).toBe(
      "stored",
    );
    for (const node of world.nodes.keys()) world.kill(node, true);
    for (const node of world.nodes.keys()) world.start(node);
    world.run(3000);
    expect(world.ask("n1", get(2, 3))).toMatchObject({ state: kept === 0 ? null : { value: "v" } });
  });

  test.each([
    ["ANY on a read", { ...get(1), r: "ANY" }],
    ["PW = ANY", { ...put(1, "v"), pw: "ANY" }],
    ["TWO of one replica", { ...put(1, "v"), w: "TWO" }],
    ["ANY with DW", { ...put(1, "v"), w: "ANY", dw: 1 }],
    ["DW beyond N", { ...put(1, "v"), dw: 2 }],
  ] as const)("%s is a bad request", (_, request) => {
    expect(new FakeWorld({ nodes: 1, n: 1, r: 1, w: 1 }).ask("n1", request)).toMatchObject({
      type: "error",
      code: "bad-request",
    });
  });

  test("a name that nobody knows is no frame of the protocol", () => {
    expect(decode(JSON.stringify({ ...put(1, "v"), w: "MOST" }), 4096)).toMatchObject({
      ok: false,
    });
    expect(
      decode(JSON.stringify({ ...put(1, "v"), w: "default", pw: "all", dw: "ONE" }), 4096),
    ).toMatchObject({ ok: true });
  });
});
