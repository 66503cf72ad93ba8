import { describe, expect, test } from "vitest";
import { fallbacks, preferenceList } from "../../store/index.ts";
import type { StoreSettings } from "../../store/index.ts";
import { FakeWorld } from "./fake-world.ts";

const put = (id: number, value: string, w?: number) => ({ type: "put", id, key: "k", value, ...(w === undefined ? {} : { w }) }) as const;
const get = (id: number, r?: number) => ({ type: "get", id, key: "k", ...(r === undefined ? {} : { r }) }) as const;

/** No other repair, so that only a hint can bring what a replica missed. */
function worldOf(settings: Partial<StoreSettings> = {}) {
  const world = new FakeWorld({ hints: true, antiEntropy: false, readRepair: "off", ...settings });
  const [first = "", second = "", third = ""] = preferenceList(world.settings, "k");
  const [fourth = "", fifth = ""] = fallbacks(world.settings, "k");
  return { world, first, second, third, fourth, fifth };
}

function inspected(world: FakeWorld, node: string) {
  const reply = world.ask(node, { type: "inspect", id: 1 });
  if (reply.type !== "inspected") throw new Error(`expected inspected, got ${reply.type}`);
  return { values: reply.entries.map(({ state }) => (state.kind === "stamped" ? state.value : state.siblings.map(({ value }) => value).join())), hints: reply.hints };
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
    expect(world.ask(first, put(1, "v"))).toMatchObject({ type: "error", code: "not-enough-replicas" });
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

  test("one hint for each key and replica: the merge of what it missed", () => {
    const { world, third, fourth } = worldOf();
    world.kill(third);
    world.run(10);
    for (let id = 1; id <= 5; id++) world.ask(fourth, put(id, `v${id}`));
    expect(inspected(world, fourth).hints).toBe(1);
    restart(world, third);
    expect(inspected(world, third).values).toEqual(["v5"]);
    expect(world.frames.filter(({ message }) => message.type === "replica-put" && message.cause === "handoff").length).toBe(1);
  });
});

describe("sloppy quorums", () => {
  test("stand-ins count for writes and answer reads, and hand over", () => {
    const { world, first, second, third, fourth, fifth } = worldOf({ quorums: "sloppy" });
    for (const node of [second, third]) world.kill(node);
    world.run(10);
    expect(world.ask(first, put(1, "v", 3)).type).toBe("stored");
    for (const node of [fourth, fifth]) expect(inspected(world, node)).toEqual({ values: [], hints: 1 });
    world.kill(first);
    world.run(10);
    // No replica is left; those who stand in have it.
    expect(world.ask(fourth, get(2, 2))).toMatchObject({ type: "got", state: { value: "v" } });
    for (const node of [first, second, third]) world.start(node);
    world.run(4000);
    for (const node of [first, second, third]) expect(inspected(world, node).values).toEqual(["v"]);
    for (const node of [fourth, fifth]) expect(inspected(world, node)).toEqual({ values: [], hints: 0 });
  });

  test("a stand-in confirms only what it synced, and keeps it longer than any window", () => {
    const { world, first, second, third, fourth } = worldOf({ quorums: "sloppy", requestTimeoutMs: 300, hintWindowMs: 1 });
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
    expect(world.ask(first, put(1, "v"))).toMatchObject({ type: "error", code: "not-enough-replicas" });
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
