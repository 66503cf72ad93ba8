import { describe, expect, test } from "vitest";
import { preferenceList } from "../../store/index.ts";
import type { ClientReply, State } from "../../store/index.ts";
import { FakeWorld } from "./fake-world.ts";

const put = (
  id: number,
  key: string,
  value: string | null,
  more: { w?: number; context?: string } = {},
) => ({ type: "put", id, key, value, ...more }) as const;
const get = (id: number, key: string, r?: number) =>
  r === undefined ? ({ type: "get", id, key } as const) : ({ type: "get", id, key, r } as const);

function valuesOf(reply: ClientReply): readonly (string | null)[] {
  if (reply.type !== "got") throw new Error(`expected got, got ${JSON.stringify(reply)}`);
  return values(reply.state);
}

function values(state: State | null): readonly (string | null)[] {
  if (state === null) return [];
  return state.kind === "stamped" ? [state.value] : state.siblings.map((sibling) => sibling.value);
}

function held(world: FakeWorld, node: string, key: string): readonly (string | null)[] {
  const reply = world.ask(node, { type: "inspect", id: 1 });
  if (reply.type !== "inspected") throw new Error(`expected inspected, got ${reply.type}`);
  return values(reply.entries.find((entry) => entry.key === key)?.state ?? null);
}

describe("a healthy cluster", () => {
  test("any node coordinates, and reads see the last write", () => {
    const world = new FakeWorld();
    expect(valuesOf(world.ask("n2", get(1, "k")))).toEqual([]);
    for (const [index, node] of ["n1", "n2", "n3", "n4", "n5"].entries()) {
      expect(world.ask(node, put(10 + index, "k", `v${index}`)).type).toBe("stored");
      expect(valuesOf(world.ask("n3", get(20 + index, "k")))).toEqual([`v${index}`]);
    }
    expect(world.ask("n1", put(30, "k", null)).type).toBe("stored");
    expect(valuesOf(world.ask("n5", get(31, "k")))).toEqual([null]);
  });

  test("a replica syncs what it only read back once more before it confirms it: the kernel may have had it, and no disk", () => {
    const world = new FakeWorld({ nodes: 3, antiEntropy: false });
    const send = (): readonly string[] => {
      const peer = world.peer("n1", "n2");
      peer.send({
        type: "replica-put",
        id: 16,
        key: "k",
        state: { kind: "stamped", stamp: "0000000000000001.n2.000001.000000", value: "v" },
        cause: "write",
      });
      world.run(100);
      return peer.replies.map(({ type }) => type);
    };
    expect(send()).toContain("replica-stored");
    expect(send()).toContain("replica-stored");
    expect(world.node("n1").disk).toHaveLength(1);
    world.kill("n1");
    world.start("n1");
    world.run(1000);
    expect(send()).toContain("replica-stored");
    expect(send()).toContain("replica-stored");
    expect(world.node("n1").disk).toHaveLength(2);
  });

  test("only the key's replicas hold it, and what they hold survives a kill of all", () => {
    const world = new FakeWorld();
    world.ask("n1", put(1, "k", "v", { w: 3 }));
    const replicas = preferenceList(world.settings, "k");
    for (const node of world.nodes.keys())
      expect(held(world, node, "k")).toEqual(replicas.includes(node) ? ["v"] : []);
    for (const node of world.nodes.keys()) world.kill(node);
    for (const node of world.nodes.keys()) world.start(node);
    world.run(3000);
    expect(valuesOf(world.ask("n4", get(2, "k", 3)))).toEqual(["v"]);
  });

  test.each([
    ["an empty key", put(1, "", "v")],
    ["a long key", put(1, "k".repeat(257), "v")],
    ["w = 0", put(1, "k", "v", { w: 0 })],
    ["w > n", put(1, "k", "v", { w: 4 })],
    ["r > n", get(1, "k", 4)],
    ["a value that no frame can carry", put(1, "k", "v".repeat(1 << 20))],
  ])("%s is a bad request, and no peer hears of it", (_, request) => {
    const world = new FakeWorld();
    const before = world.frames.length;
    expect(world.ask("n1", request)).toMatchObject({ type: "error", id: 1, code: "bad-request" });
    expect(
      world.frames.slice(before).filter(({ message }) => message.type.startsWith("replica")),
    ).toEqual([]);
  });

  test("a node that recovers says not-ready", () => {
    const world = new FakeWorld();
    world.kill("n1");
    world.node("n1").recoverMs = 500;
    world.start("n1");
    expect(world.ask("n1", get(1, "k"))).toMatchObject({ type: "error", code: "not-ready" });
    expect(world.ask("n1", { type: "inspect", id: 2 })).toMatchObject({
      type: "error",
      code: "not-ready",
    });
    world.run(1500);
    expect(world.ask("n1", get(3, "k")).type).toBe("got");
  });
});

describe("durability", () => {
  test("a write is acknowledged, and shown, only after W syncs; one sync serves many records", () => {
    const world = new FakeWorld({ nodes: 3 });
    const client = world.client("n1");
    for (const name of ["n2", "n3"]) world.node(name).holdSyncs = true;
    for (let id = 1; id <= 5; id++) client.send(put(id, "k", `v${id}`));
    world.run(100);
    expect(client.replies).toEqual([]);
    expect(held(world, "n2", "k")).toEqual([]);
    world.node("n2").releaseSyncs();
    world.run(20);
    expect(client.replies.map((reply) => reply.type)).toEqual(Array(5).fill("stored"));
    expect(held(world, "n2", "k")).toEqual(["v5"]);
  });

  test("a failed sync halts the node, and it confirms nothing", () => {
    const world = new FakeWorld({ nodes: 3 });
    world.node("n2").failSyncs = true;
    expect(world.ask("n1", put(1, "k", "v")).type).toBe("stored");
    world.run(10);
    expect(world.node("n2").halted).toMatch(/EIO/);
    expect(
      world.frames.some(({ from, message }) => from === "n2" && message.type === "replica-stored"),
    ).toBe(false);
  });

  test("a torn tail is cut off, and what is whole stays", () => {
    const world = new FakeWorld({ nodes: 1, n: 1, r: 1, w: 1 });
    world.ask("n1", put(1, "k", "v"));
    world.kill("n1");
    world.node("n1").disk.push({
      whole: false,
      partial: { key: "k", state: { kind: "stamped", stamp: "9", value: "torn" } },
      bytes: 7,
      last: true,
    });
    world.start("n1");
    world.run(100);
    expect(valuesOf(world.ask("n1", get(2, "k")))).toEqual(["v"]);
    expect(world.node("n1").disk).toHaveLength(1);
  });
});

describe("quorums", () => {
  test("fewer reachable replicas than the quorum: definite, nothing sent", () => {
    const world = new FakeWorld({ nodes: 3 });
    world.kill("n2");
    world.kill("n3");
    world.run(10);
    const before = world.frames.length;
    expect(world.ask("n1", put(1, "k", "v"))).toMatchObject({ code: "not-enough-replicas" });
    expect(world.ask("n1", get(2, "k"))).toMatchObject({ code: "not-enough-replicas" });
    expect(world.ask("n1", put(3, "k", "v", { w: 1 })).type).toBe("stored");
    expect(world.frames.slice(before, before + 1).map(({ message }) => message.type)).not.toContain(
      "replica-get",
    );
  });

  test("a cut that is not noticed yet: timeout; after the silence: not enough replicas; after the heal: well again", () => {
    const world = new FakeWorld({ nodes: 3 });
    world.cut("n1", "n2");
    world.cut("n1", "n3");
    expect(world.ask("n1", put(1, "k", "v"))).toMatchObject({ code: "timeout" });
    world.run(3000);
    expect(world.ask("n1", get(2, "k"))).toMatchObject({ code: "not-enough-replicas" });
    world.heal();
    world.run(4000);
    expect(world.ask("n1", put(3, "k", "w")).type).toBe("stored");
    expect(valuesOf(world.ask("n3", get(4, "k")))).toEqual(["w"]);
  });
});

describe("quorum stamps", () => {
  test("a write through a node whose clock is far behind is ordered after what was acknowledged before it", () => {
    for (const stamps of ["wall", "quorum"] as const) {
      const world = new FakeWorld({ stamps });
      world.node("n2").wallOffsetUs = -3_600_000_000;
      world.ask("n1", put(1, "k", "first"));
      expect(world.ask("n2", put(2, "k", "second")).type).toBe("stored");
      expect(valuesOf(world.ask("n3", get(3, "k")))).toEqual([
        stamps === "quorum" ? "second" : "first",
      ]);
    }
  });

  test("too few replicas to take the stamp from: definite, nothing sent; too few that answer: timeout, and nothing is written", () => {
    const world = new FakeWorld({ nodes: 4, stamps: "quorum", w: 1, requestTimeoutMs: 300 });
    const replicas = preferenceList(world.settings, "k");
    const [first = "", second = "", third = ""] = replicas;
    const outside = [...world.nodes.keys()].find((node) => !replicas.includes(node)) ?? "";
    world.kill(third);
    world.run(10);
    // With w = 1, the stamp must be read from all three replicas, and only two are reachable.
    expect(world.ask(first, put(1, "k", "v"))).toMatchObject({
      type: "error",
      code: "not-enough-replicas",
    });
    world.start(third);
    world.run(3000);
    for (const node of [second, third]) world.cut(outside, node);
    expect(world.ask(outside, put(2, "k", "v"))).toMatchObject({ type: "error", code: "timeout" });
    expect(world.frames.filter(({ message }) => message.type === "replica-put")).toEqual([]);
  });
});

describe("read repair", () => {
  /** A world in which n3 has missed the second write of the key. */
  function stale(readRepair: "off" | "async" | "blocking"): FakeWorld {
    const world = new FakeWorld({ nodes: 3, readRepair, antiEntropy: false });
    world.ask("n1", put(1, "k", "6", { w: 3 }));
    world.kill("n3");
    world.ask("n1", put(2, "k", "7"));
    world.start("n3");
    world.run(2000);
    expect(held(world, "n3", "k")).toEqual(["6"]);
    return world;
  }

  test.each(["async", "blocking"] as const)(
    "%s: a reader of two takes 7, and 7 is written back to the stale replica",
    (readRepair) => {
      const world = stale(readRepair);
      expect(valuesOf(world.ask("n3", get(3, "k")))).toEqual(["7"]);
      world.run(10);
      expect(held(world, "n3", "k")).toEqual(["7"]);
      expect(
        world.frames.filter(
          ({ message }) => message.type === "replica-put" && message.cause === "read-repair",
        ),
      ).toHaveLength(1);
      const before = world.frames.length;
      world.ask("n3", get(4, "k"));
      world.run(10);
      expect(world.frames.slice(before).some(({ message }) => message.type === "replica-put")).toBe(
        false,
      );
    },
  );

  test("off: it stays stale", () => {
    const world = stale("off");
    expect(valuesOf(world.ask("n3", get(3, "k", 3)))).toEqual(["7"]);
    world.run(2000);
    expect(held(world, "n3", "k")).toEqual(["6"]);
  });

  test("what one replica alone holds: blocking does not answer before N − R + 1 have it durable, async does", () => {
    for (const readRepair of ["blocking", "async"] as const) {
      const world = new FakeWorld({ nodes: 3, readRepair, antiEntropy: false });
      for (const name of ["n1", "n2"]) world.node(name).holdSyncs = true;
      expect(world.ask("n3", put(1, "k", "partial"))).toMatchObject({ code: "timeout" });
      // The replies must come from n3, which has the write, and from n2, which cannot make it durable.
      world.cut("n1", "n3");
      const reply = world.ask("n3", get(2, "k"));
      if (readRepair === "async") expect(valuesOf(reply)).toEqual(["partial"]);
      else expect(reply).toMatchObject({ code: "timeout" });
      world.node("n2").releaseSyncs();
      world.run(10);
      expect(valuesOf(world.ask("n3", get(3, "k")))).toEqual(["partial"]);
      expect(held(world, "n2", "k")).toEqual(["partial"]);
    }
  });
});

describe("anti-entropy", () => {
  test("a replica that was away catches up, both ways, without a client", () => {
    const world = new FakeWorld({ nodes: 3, readRepair: "off", w: 1 });
    world.kill("n3");
    for (let i = 0; i < 40; i++) world.ask("n1", put(100 + i, `k${i}`, `v${i}`));
    world.start("n3");
    world.run(8000);
    for (let i = 0; i < 40; i++) expect(held(world, "n3", `k${i}`)).toEqual([`v${i}`]);
  });

  test("replicas that agree exchange root hashes only", () => {
    const world = new FakeWorld({ readRepair: "off" });
    for (let i = 0; i < 40; i++) world.ask("n1", put(100 + i, `k${i}`, `v${i}`));
    world.run(5000);
    const before = world.frames.length;
    world.run(10_000);
    const types = new Set(world.frames.slice(before).map(({ message }) => message.type));
    expect([...types].sort()).toEqual(
      ["ping", "pong", "range-compare", "ranges-differ"].filter((type) => types.has(type as never)),
    );
    expect(types).toContain("range-compare");
  });
});

describe("siblings", () => {
  const settings = { versions: "siblings", antiEntropy: false } as const;

  test("concurrent puts stand side by side until a put with their context", () => {
    const world = new FakeWorld(settings);
    const clients = ["n1", "n2", "n3", "n4", "n5"].map((node) => world.client(node));
    for (const [index, client] of clients.entries()) client.send(put(index, "k", `v${index}`));
    world.run(100);
    expect(clients.map((client) => client.replies[0]?.type)).toEqual(Array(5).fill("stored"));
    const read = world.ask("n1", get(10, "k", 3));
    expect([...valuesOf(read)].sort()).toEqual(["v0", "v1", "v2", "v3", "v4"]);
    if (read.type !== "got" || read.context === undefined) throw new Error("no context");
    world.ask("n5", put(11, "k", "blind"));
    expect(world.ask("n4", put(12, "k", "merged", { context: read.context })).type).toBe("stored");
    expect([...valuesOf(world.ask("n2", get(13, "k", 3)))].sort()).toEqual(["blind", "merged"]);
  });

  test("two puts through one node before the first is durable get different dots", () => {
    const world = new FakeWorld({ ...settings, nodes: 3 });
    world.node("n1").holdSyncs = true;
    const client = world.client("n1");
    client.send(put(1, "k", "a"));
    client.send(put(2, "k", "b"));
    world.run(100);
    const versions = client.replies.map((reply) =>
      reply.type === "stored" ? reply.version : reply.type,
    );
    expect(versions).toEqual(["n1.1:1", "n1.1:2"]);
    expect([...valuesOf(world.ask("n2", get(3, "k")))].sort()).toEqual(["a", "b"]);
  });

  test("a put's own context supersedes it alone", () => {
    const world = new FakeWorld({ ...settings, nodes: 3 });
    const first = world.ask("n1", put(1, "k", "a"));
    if (first.type !== "stored" || first.context === undefined) throw new Error("no context");
    world.ask("n2", put(2, "k", "b", { context: first.context }));
    expect(valuesOf(world.ask("n3", get(3, "k")))).toEqual(["b"]);
    expect(world.ask("n1", put(4, "k", "c"))).not.toHaveProperty("context");
  });

  test("a bad context is refused; a put that is passed on and not answered is lost, not failed", () => {
    const world = new FakeWorld(settings);
    expect(world.ask("n1", put(1, "k", "v", { context: "nonsense" }))).toMatchObject({
      code: "bad-request",
    });
    const replicas = preferenceList(world.settings, "k");
    const outside = [...world.nodes.keys()].find((node) => !replicas.includes(node)) ?? "";
    for (const replica of replicas) world.cut(outside, replica);
    expect(world.ask(outside, put(2, "k", "v"))).toMatchObject({ code: "forward-lost" });
  });

  test("a fresh boot mints under a fresh actor", () => {
    const world = new FakeWorld({ ...settings, nodes: 1, n: 1, r: 1, w: 1 });
    world.ask("n1", put(1, "k", "a"));
    world.kill("n1");
    world.start("n1");
    world.run(100);
    expect(world.ask("n1", put(2, "k", "b"))).toMatchObject({
      type: "stored",
      version: `n1.${world.node("n1").boot}:1`,
    });
    expect(valuesOf(world.ask("n1", get(3, "k")))).toHaveLength(2);
  });
});
