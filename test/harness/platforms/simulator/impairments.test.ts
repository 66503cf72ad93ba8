/** Tests link impairments in virtual time. Each kind shows only in its own direction, and ends when it is healed. */
import type { Message } from "../../../../store/index.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Impairment } from "../../../../generators/index.ts";
import { pair } from "./support.ts";
import { listening, ping, quiet, tinyWorld, setCuts, setImpairments } from "./tiny-world.ts";

const most = (times: readonly number[]): number => Math.max(...times);
const countOver = (times: readonly number[], ms: number): number =>
  times.filter((took) => took >= ms).length;
/** Without impairments, a packet takes less than this, with an exception of one in 512. */
const usualMs = 60;

/**
 * Sends messages in both directions, with an impairment from n1 to n2. Returns how many took at least `ms`: forth,
 * back, and forth after the impairment was healed.
 */
function held(impairment: Impairment, ms: number): { forth: number; back: number; after: number } {
  const { world, forthMs, backMs } = pair();
  expect(most([...forthMs(40), ...backMs(40)])).toBeLessThan(usualMs);
  setImpairments(world, [["n1", "n2", impairment]]);
  const forth = countOver(forthMs(40), ms);
  const back = countOver(backMs(40), ms);
  setImpairments(world, []);
  return { forth, back, after: countOver(forthMs(40), ms) };
}

describe("a link", () => {
  test("that loses packets holds some messages up until TCP sends them again", () => {
    const { forth, back, after } = held({ lossPercent: 30 }, 200);
    expect(forth).toBeGreaterThan(2);
    expect(forth).toBeLessThan(30);
    expect([back, after]).toEqual([0, 0]);
  });

  test("with a delay makes every message late by it, and by no more than the jitter on top", () => {
    expect(held({ delayMs: 300, jitterMs: 0 }, 300)).toEqual({ forth: 40, back: 0, after: 0 });
    const { world, forthMs } = pair();
    setImpairments(world, [["n1", "n2", { delayMs: 300, jitterMs: 200 }]]);
    const times = forthMs(60);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(300);
    expect(Math.min(...times)).toBeLessThan(350);
    expect(most(times)).toBeGreaterThan(450);
    expect(most(times)).toBeLessThan(500 + usualMs);
  });

  test("where packets are overtaken holds some messages up, by what they are late", () => {
    const { forth, back, after } = held({ reorderPercent: 40, lateMs: 400 }, 100);
    expect(forth).toBeGreaterThan(3);
    expect(forth).toBeLessThan(30);
    expect([back, after]).toEqual([0, 0]);
  });

  test("that duplicates packets makes the sender send again what was not lost: some messages take a second trip", () => {
    const { forth, back } = held({ duplicatePercent: 50, delayMs: 100 }, 200);
    expect(forth).toBeGreaterThan(8);
    expect(forth).toBeLessThan(32);
    expect(back).toBe(0);
  });

  test("of a limited rate carries so many bytes a second, of all streams together, and the rest at once when it is healed", () => {
    const arrived: { at: number; from: string; id: number }[] = [];
    const { world, pass, host } = tinyWorld({ program: listening(arrived) });
    const [one, other] = [host("n1").dial("n2", quiet), host("n1").dial("n2", quiet)];
    const back = host("n2").dial("n1", quiet);
    pass(100);
    setImpairments(world, [["n1", "n2", { bytesPerS: 1000 }]]);
    for (let id = 0; id < 50; id++) [one, other][id % 2]?.send(ping(id));
    back.send(ping(99));
    pass(100);
    expect(arrived.filter(({ from }) => from === "n2")).toHaveLength(1);
    pass(1900);
    const inTwoSeconds = arrived.filter(({ from }) => from === "n1").length;
    // Each message, with its headers, has 100 to 200 bytes.
    expect(inTwoSeconds).toBeGreaterThanOrEqual(10);
    expect(inTwoSeconds).toBeLessThanOrEqual(20);
    expect(one.bufferedBytes()).toBeGreaterThan(0);
    setImpairments(world, []);
    pass(usualMs);
    expect(arrived.filter(({ from }) => from === "n1")).toHaveLength(50);
    expect(one.bufferedBytes()).toBe(0);
  });

  test("keeps a stream's order and loses nothing, whatever the impairments and cuts", () => {
    const impairment = fc.record(
      {
        lossPercent: fc.integer({ min: 1, max: 60 }),
        delayMs: fc.nat(300),
        jitterMs: fc.nat(300),
        reorderPercent: fc.integer({ min: 1, max: 60 }),
        lateMs: fc.nat(100),
        duplicatePercent: fc.integer({ min: 1, max: 60 }),
        bytesPerS: fc.integer({ min: 300, max: 20_000 }),
      },
      { requiredKeys: [] },
    );
    const step = fc.oneof(
      fc.record({ send: fc.nat(5) }),
      fc.record({ cut: fc.boolean() }),
      fc.record({ impairment: fc.option(impairment) }),
      fc.record({ waitMs: fc.nat(400) }),
    );
    fc.assert(
      fc.property(fc.nat(0xffff), fc.array(step, { maxLength: 50 }), (seed, steps) => {
        const arrived: { at: number; from: string; id: number }[] = [];
        const { world, pass, host } = tinyWorld({ seed, program: listening(arrived) });
        const stream = host("n1").dial("n2", quiet);
        pass(100);
        let sent = 0;
        for (const one of steps) {
          if ("send" in one)
            for (let count = 0; count <= one.send; count++) stream.send(ping(sent++));
          else if ("cut" in one) setCuts(world, one.cut ? [["n1", "n2"]] : []);
          else if ("impairment" in one)
            setImpairments(world, one.impairment === null ? [] : [["n1", "n2", one.impairment]]);
          else pass(one.waitMs);
        }
        setCuts(world, []);
        setImpairments(world, []);
        pass(5_000);
        expect(arrived.map(({ id }) => id)).toEqual(Array.from({ length: sent }, (_, id) => id));
        expect(stream.bufferedBytes()).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

describe("a node cut off from its clients", () => {
  const start = () => {
    const arrived: { at: number; from: string; id: number }[] = [];
    const replies: number[] = [];
    const tiny = tinyWorld({
      program: (host) =>
        host.accept((remote, stream) => ({
          message: ({ id }) => {
            arrived.push({
              at: host.monotonicUs(),
              from: remote.kind === "peer" ? remote.node : remote.name,
              id,
            });
            stream.send({ type: "pong", id });
          },
          close: () => {},
        })),
    });
    const client = tiny.world.connect("c1", "n1", {
      ...quiet,
      message: (message) => replies.push((message as Message).id),
    });
    const peer = tiny.host("n2").dial("n1", quiet);
    tiny.pass(100);
    return { ...tiny, arrived, replies, client, peer };
  };

  test("hears no request where these are dropped, and goes on with its peers; the heal lets them through", () => {
    const { world, pass, arrived, replies, client, peer } = start();
    setCuts(world, [["clients", "n1"]]);
    client.send(ping(1));
    peer.send(ping(2));
    pass(500);
    expect(arrived.map(({ from, id }) => [from, id])).toEqual([["n2", 2]]);
    setCuts(world, []);
    pass(2_000);
    expect(replies).toEqual([1]);
  });

  test("hears requests where replies are dropped: they take effect, and the client does not know", () => {
    const { world, pass, arrived, replies, client } = start();
    setCuts(world, [["n1", "clients"]]);
    client.send(ping(1));
    pass(500);
    expect(arrived.map(({ id }) => id)).toEqual([1]);
    expect(replies).toEqual([]);
    setCuts(world, []);
    pass(2_000);
    expect(replies).toEqual([1]);
  });
});
