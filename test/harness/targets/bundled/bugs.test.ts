import { describe, expect, test } from "vitest";
import { healthyParts, parseSettings, preferenceList } from "../../../../store/index.ts";
import { bugs } from "../../../../harness/targets/bundled/index.ts";
import type { Parts, Plant, State } from "../../../../store/index.ts";
import { FakeWorld } from "../../../store/fake-world.ts";

const plantOf = async (name: string): Promise<(parts: Parts) => Parts> => {
  const { default: plant } = (await import(
    `../../../../harness/targets/bundled/bugs/${name}.ts`
  )) as { default: Plant };
  // Some bugs affect only one node, n1 or n2. Takes the parts of that node.
  return (parts) =>
    [plant(parts, "n1"), plant(parts, "n2")].find((planted) => planted !== parts) ?? parts;
};

const put = (id: number, key: string, value: string, w?: number) =>
  w === undefined
    ? ({ type: "put", id, key, value } as const)
    : ({ type: "put", id, key, value, w } as const);

/** The values of `key` on all nodes that have it durable. */
function copies(world: FakeWorld, key: string): readonly (string | null)[] {
  return [...world.nodes.keys()].flatMap((node) => {
    const reply = world.ask(node, { type: "inspect", id: 1 });
    const state: State | undefined =
      reply.type === "inspected"
        ? reply.entries.find((entry) => entry.key === key)?.state
        : undefined;
    return state?.kind === "stamped" ? [state.value] : [];
  });
}

describe("the registry of planted bugs", () => {
  test.each(Object.keys(bugs))(
    "%s: its file plants a change of some part, under settings that are possible",
    async (name) => {
      const planted = (await plantOf(name))(healthyParts);
      const changed = Object.entries(planted).filter(
        ([part, its]) => healthyParts[part as keyof Parts] !== its,
      );
      expect(changed.length).toBeGreaterThan(0);
      expect(Object.keys(planted).sort()).toEqual(Object.keys(healthyParts).sort());
      expect(parseSettings(bugs[name]?.settings)).toMatchObject(bugs[name]?.settings ?? {});
    },
  );
});

describe("planted", () => {
  test("merge-of-first answers with an old value where the healthy store does not", async () => {
    for (const [parts, expected] of [
      [healthyParts, "new"],
      [(await plantOf("merge-of-first"))(healthyParts), "old"],
    ] as const) {
      const world = new FakeWorld({ nodes: 3, antiEntropy: false, readRepair: "off" }, parts);
      world.ask("n1", put(1, "k", "old", 3));
      world.kill("n1");
      world.ask("n2", put(2, "k", "new"));
      world.start("n1");
      world.run(2000);
      // n1 asks the key's replicas in the order of the preference list, and in this world they reply in that order. So
      // the first replica decides.
      const [first] = preferenceList(world.settings, "k");
      if (first !== "n1") world.cut("n1", first ?? "");
      const replies = ["n1", "n2", "n3"].map((node) =>
        world.ask(node, { type: "get", id: 3, key: "k" }),
      );
      const seen = replies.flatMap((reply) =>
        reply.type === "got" && reply.state?.kind === "stamped" ? [reply.state.value] : [],
      );
      expect(seen.includes("old")).toBe(expected === "old");
    }
  });

  test("ack-before-fsync loses an acknowledged write to a kill where the healthy store does not", async () => {
    for (const [parts, expected] of [
      [healthyParts, ["v", "v", "v"]],
      [(await plantOf("ack-before-fsync"))(healthyParts), []],
    ] as const) {
      const world = new FakeWorld({ nodes: 3 }, parts);
      expect(world.ask("n1", put(1, "k", "v", 3)).type).toBe("stored");
      for (const node of world.nodes.keys()) world.kill(node);
      for (const node of world.nodes.keys()) world.start(node);
      world.run(2000);
      expect(copies(world, "k")).toEqual(expected);
    }
  });

  test("ack-before-fsync does log in the end", async () => {
    const world = new FakeWorld({ nodes: 3 }, (await plantOf("ack-before-fsync"))(healthyParts));
    world.ask("n1", put(1, "k", "v", 3));
    world.run(500);
    for (const node of world.nodes.values()) expect(node.disk).toHaveLength(1);
  });

  test("lww-arrival-order: replicas that heard of writes in different orders stay different, the healthy ones agree", async () => {
    for (const [parts, agree] of [
      [healthyParts, true],
      [(await plantOf("lww-arrival-order"))(healthyParts), false],
    ] as const) {
      const world = new FakeWorld({ nodes: 2, n: 2, w: 1, r: 1, readRepair: "off" }, parts);
      world.cut("n1", "n2");
      world.ask("n1", put(1, "k", "a"));
      world.ask("n2", put(2, "k", "b"));
      world.heal();
      world.run(6000);
      expect(new Set(copies(world, "k")).size === 1).toBe(agree);
    }
  });
});
