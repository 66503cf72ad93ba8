import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Host } from "../../../../store/index.ts";
import { listening, ping, quiet, tinyWorld, setCuts } from "./tiny-world.ts";

type Arrival = { at: number; from: string; id: number };

/** A world in which n1 has a stream to n2, and n2 records all messages that arrive. */
function linked(seed = 7) {
  const arrived: Arrival[] = [];
  const closedAtServer: string[] = [];
  const tiny = tinyWorld({ seed, program: listening(arrived, closedAtServer) });
  const closed: string[] = [];
  const stream = tiny.host("n1").dial("n2", { ...quiet, close: (reason) => closed.push(reason) });
  tiny.pass(100);
  return { ...tiny, arrived, closed, closedAtServer, stream };
}

const ids = (arrived: readonly Arrival[]): number[] => arrived.map(({ id }) => id);

test("a stream keeps its order, through cuts and heals too", () => {
  fc.assert(
    fc.property(
      fc.nat(0xffff),
      fc.array(
        fc.oneof(
          fc.record({ send: fc.nat(5) }),
          fc.record({ cut: fc.boolean() }),
          fc.record({ waitMs: fc.nat(400) }),
        ),
        { maxLength: 60 },
      ),
      (seed, steps) => {
        const { world, pass, stream, arrived } = linked(seed);
        let sent = 0;
        for (const step of steps) {
          if ("send" in step)
            for (let count = 0; count <= step.send; count++) stream.send(ping(sent++));
          else if ("cut" in step) setCuts(world, step.cut ? [["n1", "n2"]] : []);
          else pass(step.waitMs);
        }
        setCuts(world, []);
        pass(3_000);
        expect(ids(arrived)).toEqual(Array.from({ length: sent }, (_, id) => id));
      },
    ),
    { numRuns: 60 },
  );
});

test("a cut one way holds that way up only, until TCP retransmits after the heal", () => {
  const { world, pass, stream, arrived, host } = linked();
  const back: number[] = [];
  host("n2").dial("n1", quiet).send(ping(50));
  pass(100);
  expect(ids(arrived)).toEqual([50]);
  setCuts(world, [["n1", "n2"]]);
  stream.send(ping(1));
  expect(stream.bufferedBytes()).toBeGreaterThan(0);
  host("n2").dial("n3", { ...quiet, open: () => back.push(1) });
  pass(1_500);
  expect(ids(arrived)).toEqual([50]);
  expect(back).toEqual([1]);
  setCuts(world, []);
  const healedUs = world.loop.nowUs;
  stream.send(ping(2));
  pass(1_100);
  expect(ids(arrived)).toEqual([50, 1, 2]);
  expect((arrived[1]?.at ?? 0) - healedUs).toBeGreaterThanOrEqual(200_000);
  expect(stream.bufferedBytes()).toBe(0);
});

test("the open direction of a one-way cut carries replies", () => {
  const replies: number[] = [];
  const tiny = tinyWorld({
    program: (host) =>
      host.accept((_remote, stream) => ({
        message: () => stream.send({ type: "pong", id: 9 }),
        close: () => {},
      })),
  });
  const stream = tiny
    .host("n1")
    .dial("n2", { ...quiet, message: (message) => replies.push(message.id) });
  tiny.pass(100);
  stream.send(ping(1));
  tiny.world.loop.run(
    () => tiny.world.evidence.some((event) => event.e === "received" && event.node === "n2"),
    1_000_000,
  );
  setCuts(tiny.world, [["n1", "n2"]]);
  tiny.pass(100);
  expect(replies).toEqual([9]);
});

describe("a dial", () => {
  test.each([[[["n1", "n2"]]], [[["n2", "n1"]]]] as const)(
    "needs both directions: fails within a connect timeout while %j is cut",
    (cuts) => {
      const accepted: string[] = [];
      const program = (host: Host): void =>
        host.accept((remote) => (accepted.push(remote.kind), quiet));
      const { world, pass, host } = tinyWorld({ program });
      setCuts(world, cuts);
      const heard: string[] = [];
      host("n1").dial("n2", {
        message: () => {},
        open: () => heard.push("open"),
        close: (reason) => heard.push(reason),
      });
      pass(999);
      expect(heard).toEqual([]);
      pass(100);
      expect(heard).toEqual(["connect timed out"]);
      expect(accepted).toEqual([]);
    },
  );

  test("succeeds when the cut ends in time", () => {
    const { world, pass, host } = tinyWorld({ program: listening([]) });
    setCuts(world, [["n1", "n2"]]);
    const heard: string[] = [];
    host("n1").dial("n2", {
      message: () => {},
      open: () => heard.push("open"),
      close: (reason) => heard.push(reason),
    });
    pass(100);
    setCuts(world, []);
    pass(2_000);
    expect(heard).toEqual(["open"]);
  });

  test("to a dead node is refused after a round trip", () => {
    const { world, pass, host } = tinyWorld({ program: listening([]) });
    world.nodes.get("n2")?.boot?.end("killed");
    const heard: string[] = [];
    host("n1").dial("n2", { message: () => {}, close: (reason) => heard.push(reason) });
    expect(heard).toEqual([]);
    pass(100);
    expect(heard).toEqual(["connection refused"]);
  });

  test("to itself is not touched by cuts, and what it sent before it opened arrives", () => {
    const arrived: Arrival[] = [];
    const { world, pass, host } = tinyWorld({ program: listening(arrived) });
    setCuts(
      world,
      ["n1", "n2", "n3"].flatMap((to) => ["n1", "n2", "n3"].map((from) => [from, to] as const)),
    );
    host("n1").dial("n1", quiet).send(ping(4));
    pass(1);
    expect(arrived.map(({ from, id }) => [from, id])).toEqual([["n1", 4]]);
  });
});

test("clients are touched by no cut between nodes", () => {
  const arrived: Arrival[] = [];
  const { world, pass } = tinyWorld({ program: listening(arrived) });
  setCuts(world, [
    ["c1", "n1"],
    ["n1", "c1"],
    ["n1", "n2"],
  ]);
  world.connect("c1", "n1", quiet).send(ping(3));
  pass(20);
  expect(ids(arrived)).toEqual([3]);
});

test("close is a message: behind what was sent, and held up by a cut", () => {
  const { world, pass, stream, arrived, closed, closedAtServer } = linked();
  setCuts(world, [["n1", "n2"]]);
  stream.send(ping(1));
  stream.close("enough");
  stream.send(ping(2));
  pass(500);
  expect(closed).toEqual(["enough"]);
  expect(closedAtServer).toEqual([]);
  setCuts(world, []);
  pass(2_000);
  expect(ids(arrived)).toEqual([1]);
  expect(closedAtServer).toEqual(["n2: closed by the peer: enough"]);
});

test("an invalid message is a crash of its sender", () => {
  const { world, pass, stream, arrived } = linked();
  stream.send({ type: "replica-get", id: 1, key: "k" });
  pass(100);
  expect(arrived).toEqual([]);
  expect(world.nodes.get("n1")?.boot).toBeNull();
  const end = world.evidence.find((event) => event.e === "boot" && event.phase === "end");
  expect(end).toMatchObject({
    node: "n1",
    detail: expect.stringContaining("crashed: invalid-message"),
  });
});
