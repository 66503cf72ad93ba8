/** Tests what a replica does with siblings that its full disk refused. */
import { expect, test } from "vitest";
import { preferenceList } from "../../../store/index.ts";
import type { StoreSettings } from "../../../store/index.ts";
import { FakeWorld } from "../fake-world.ts";

function worldOf(settings: Partial<StoreSettings>) {
  const world = new FakeWorld({
    nodes: 3,
    n: 3,
    r: 2,
    w: 2,
    versions: "siblings",
    readRepair: "off",
    antiEntropy: false,
    hints: false,
    ...settings,
  });
  const [first = "", second = "", third = ""] = preferenceList(world.settings, "k");
  return { world, first, second, third };
}

const put = (id: number, value: string | null, context?: string) =>
  ({ type: "put", id, key: "k", value, ...(context === undefined ? {} : { context }) }) as const;

/** The values that an inspection of the node shows. */
function held(world: FakeWorld, node: string): readonly (string | null)[] {
  const reply = world.ask(node, { type: "inspect", id: 1 });
  if (reply.type !== "inspected") throw new Error(`expected inspected, got ${reply.type}`);
  return reply.entries.flatMap(({ state }) =>
    state.kind === "siblings" ? state.siblings.map(({ value }) => value) : [state.value],
  );
}

test.each(["physical", "grace", "reap"] as const)(
  "a delete that a full disk refused removes nothing that repair brings later (%s)",
  (deletes) => {
    const { world, first } = worldOf({ deletes });
    const keep = (id: number, context: Record<string, number>, dot: string, value: string | null) =>
      world.askAsPeer(first, {
        type: "replica-put",
        id,
        key: "k",
        state: { kind: "siblings", siblings: [{ dot, value }], context },
        cause: "read-repair",
      });
    expect(keep(1, { "n9.1": 1 }, "n9.1:1", "old")?.type).toBe("replica-stored");
    world.node(first).isFull = true;
    expect(keep(2, { "n8.1": 1, "n9.1": 2 }, "n8.1:1", null)?.type).toBe("replica-refused");
    world.node(first).isFull = false;
    expect(keep(3, { "n9.1": 2 }, "n9.1:2", "newer")?.type).toBe("replica-stored");
    expect(held(world, first)).toEqual(["newer"]);
  },
);

test("a put that the coordinator's own full disk refused is no part of what repair brings later", () => {
  const { world, first, second, third } = worldOf({ deletes: "physical", w: 1 });
  expect(world.ask(first, put(1, "old")).type).toBe("stored");
  world.run(10);
  const got = world.ask(first, { type: "get", id: 2, key: "k" });
  if (got.type !== "got") throw new Error(`expected got, got ${got.type}`);
  world.node(first).isFull = true;
  expect(world.ask(first, put(3, null, got.context)).type).toBe("stored");
  world.run(10);
  world.node(first).isFull = false;
  // The other replicas have removed the deletion. Repair brings "old" back from the first one.
  expect([held(world, first), held(world, second), held(world, third)]).toEqual([["old"], [], []]);
  if (got.state === null) throw new Error("expected a state");
  for (const node of [first, second, third])
    expect(
      world.askAsPeer(node, {
        type: "replica-put",
        id: 4,
        key: "k",
        state: got.state,
        cause: "read-repair",
      })?.type,
    ).toBe("replica-stored");
  expect([held(world, first), held(world, second), held(world, third)]).toEqual([
    ["old"],
    ["old"],
    ["old"],
  ]);
});

test("a put that the coordinator's own full disk refused stays beside its next put", () => {
  const { world, first, second } = worldOf({});
  world.node(first).isFull = true;
  const refusedHere = world.ask(first, put(1, "one"));
  expect(refusedHere.type).toBe("stored");
  world.node(first).isFull = false;
  const next = world.ask(first, put(2, "two"));
  if (refusedHere.type !== "stored" || next.type !== "stored") throw new Error("expected stored");
  expect(next.version).not.toBe(refusedHere.version);
  world.run(10);
  expect([held(world, first), held(world, second)]).toEqual([
    ["one", "two"],
    ["one", "two"],
  ]);
});
