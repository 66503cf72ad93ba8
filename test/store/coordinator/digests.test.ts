import { describe, expect, test } from "vitest";
import { preferenceList } from "../../../store/index.ts";
import type { State, StoreSettings } from "../../../store/index.ts";
import { Digests } from "../../../store/coordinator/digests.ts";
import { FakeWorld } from "../fake-world.ts";

const stamped = (stamp: string): State => ({ kind: "stamped", stamp, value: `value of ${stamp}` });
const siblings = (
  context: Readonly<Record<string, number>>,
  ...dots: readonly string[]
): State => ({ kind: "siblings", siblings: dots.map((dot) => ({ dot, value: dot })), context });

function digestsOf(needed: number) {
  const asked: string[] = [];
  return { asked, digests: new Digests(needed, (from) => asked.push(from)) };
}

describe("digests", () => {
  test("a digest of the state read in full counts as that state, whichever came first", () => {
    const { asked, digests } = digestsOf(3);
    expect(digests.arrived("n2", { versions: ["s1"] })).toEqual([]);
    expect(digests.arrivedInFull("n1", stamped("s1"))).toEqual([
      { from: "n1", state: stamped("s1") },
      { from: "n2", state: stamped("s1") },
    ]);
    expect(digests.arrived("n3", { versions: ["s1"] })).toEqual([
      { from: "n3", state: stamped("s1") },
    ]);
    expect(asked).toEqual([]);
    expect(digests.awaitsState).toBe(false);
  });

  test("nobody waits for a state that another replica sent meanwhile: whoever was asked may be gone", () => {
    const { asked, digests } = digestsOf(2);
    digests.arrivedInFull("n1", stamped("s1"));
    digests.arrived("n2", { versions: ["s2"] });
    digests.arrived("n3", { versions: ["s2"] });
    expect(asked).toEqual(["n2", "n3"]);
    expect(digests.arrivedInFull("n3", stamped("s2"))).toEqual([
      { from: "n3", state: stamped("s2") },
      { from: "n2", state: stamped("s2") },
    ]);
    expect(digests.awaitsState).toBe(false);
  });

  test.each([
    ["another stamp", stamped("s1"), { versions: ["s2"] }],
    ["nothing", stamped("s1"), { versions: [] }],
    ["something, where the state read is none", null, { versions: ["s1"] }],
    [
      "the same siblings under a larger context",
      siblings({ "n1.1": 1 }, "n1.1:1"),
      { versions: ["n1.1:1"], context: { "n1.1": 1, "n2.1": 1 } },
    ],
    [
      "a sibling more",
      siblings({ "n1.1": 2 }, "n1.1:2"),
      { versions: ["n1.1:1", "n1.1:2"], context: { "n1.1": 2 } },
    ],
  ])("%s is read in full before any answer", (_, full, digest) => {
    const { asked, digests } = digestsOf(2);
    digests.arrivedInFull("n1", full);
    expect(digests.arrived("n2", digest)).toEqual([]);
    expect(asked).toEqual(["n2"]);
    expect(digests.awaitsState).toBe(true);
    expect(digests.arrivedInFull("n2", stamped("s9"))).toEqual([
      { from: "n2", state: stamped("s9") },
    ]);
    expect(digests.awaitsState).toBe(false);
  });

  // Found in 5,000 healthy histories, of which one broke available: n3 reported a newer version and was then cut off,
  // and R other replicas that agreed were not enough.
  test("who was asked and is gone is waited for a while, and counts when it comes after all", () => {
    const { digests } = digestsOf(2);
    digests.arrivedInFull("n1", stamped("s1"));
    digests.arrived("n3", { versions: ["s2"] });
    expect(digests.arrived("n2", { versions: ["s1"] })).toEqual([
      { from: "n2", state: stamped("s1") },
    ]);
    expect(digests.awaitsState).toBe(true);
    digests.waitNoLonger();
    expect(digests.awaitsState).toBe(false);
    expect(digests.arrivedInFull("n3", stamped("s2"))).toEqual([
      { from: "n3", state: stamped("s2") },
    ]);
  });

  test("nothing here and nothing there is the same", () => {
    const { digests } = digestsOf(2);
    digests.arrivedInFull("n1", null);
    expect(digests.arrived("n2", { versions: [] })).toEqual([{ from: "n2", state: null }]);
  });

  test("where the one that was asked in full is silent another one is", () => {
    const { asked, digests } = digestsOf(2);
    digests.arrived("n2", { versions: ["s1"] });
    digests.arrived("n3", { versions: ["s1"] });
    expect(asked).toEqual(["n3"]);
    expect(digests.arrivedInFull("n3", stamped("s1")).map(({ from }) => from)).toEqual([
      "n3",
      "n2",
    ]);
  });
});

describe.each(["stamps", "siblings"] as const)("digest reads with %s", (versions) => {
  const worldOf = (settings: Partial<StoreSettings> = {}) => {
    const world = new FakeWorld({
      nodes: 3,
      versions,
      reads: "digest",
      readRepair: "off",
      antiEntropy: false,
      ...settings,
    });
    return { world, replicas: preferenceList(world.settings, "k") };
  };
  const put = (id: number, value: string, w: number) =>
    ({ type: "put", id, key: "k", value, w }) as const;
  const valueOf = (state: unknown) => JSON.stringify(state);

  test("one state travels where replicas agree", () => {
    const { world, replicas } = worldOf();
    world.ask(replicas[0] ?? "", put(1, "v", 3));
    const before = world.frames.length;
    const reply = world.ask(replicas[0] ?? "", { type: "get", id: 2, key: "k", r: 3 });
    expect(valueOf(reply)).toContain('"v"');
    const types = world.frames
      .slice(before)
      .map(({ message }) => message.type)
      .filter((type) => /^replica-(got|digested)$/.test(type));
    expect(types.sort()).toEqual(["replica-digested", "replica-digested", "replica-got"]);
  });

  test("what one replica alone holds is found, whoever coordinates, and repaired", () => {
    const { world, replicas } = worldOf({ readRepair: "async" });
    const [first = "", second = "", third = ""] = replicas;
    for (const node of [second, third]) world.kill(node);
    world.run(10);
    expect(world.ask(first, put(1, "v", 1)).type).toBe("stored");
    for (const node of [second, third]) world.start(node);
    world.run(3000);
    expect(valueOf(world.ask(second, { type: "get", id: 2, key: "k", r: 3 }))).toContain('"v"');
    world.run(100);
    for (const node of replicas)
      expect(valueOf(world.ask(node, { type: "inspect", id: 3 }))).toContain('"v"');
  });
});
