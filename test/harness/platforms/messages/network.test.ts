/** Tests the harness's network for messages, with a clock that the test sets. */
import { describe, expect, it } from "vitest";
import { FrameLog } from "../../../../harness/platforms/messages/frames.ts";
import { MessageNetwork } from "../../../../harness/platforms/messages/network.ts";

function makeNetwork() {
  let nowMs = 0;
  let timers: { atMs: number; run: () => void }[] = [];
  const arrived: string[] = [];
  const network = new MessageNetwork({
    seed: 1,
    latency: { meanMs: 0, dist: "constant" },
    nowUs: () => nowMs * 1000,
    after: (delayUs, run) => {
      if (delayUs === 0) run();
      else timers.push({ atMs: nowMs + delayUs / 1000, run });
    },
    kindOf: () => "node",
    deliver: ({ dest, body }) => {
      arrived.push(`${dest} ${String(body.msg_id)} at ${nowMs}`);
      return true;
    },
    frames: new FrameLog(() => nowMs * 1000, false),
  });
  return {
    network,
    arrived,
    send: (dest: string, ...numbers: readonly number[]) => {
      for (const id of numbers)
        network.send({ src: "n9", dest, body: { type: "hello", msg_id: id } });
    },
    passUntil(endMs: number) {
      for (;;) {
        const [next] = timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        nowMs = next.atMs;
        next.run();
      }
      nowMs = endMs;
    },
  };
}

describe("a slow reader", () => {
  it("gets one message at a time, in order, and others get theirs at once", () => {
    const { network, arrived, send, passUntil } = makeNetwork();
    network.setReading(new Map([["n1", 10]]));
    send("n1", 1, 2, 3);
    send("n2", 4);
    passUntil(25);
    expect(arrived).toEqual(["n2 4 at 0", "n1 1 at 10", "n1 2 at 20"]);
    send("n1", 5);
    passUntil(100);
    expect(arrived.slice(3)).toEqual(["n1 3 at 30", "n1 5 at 40"]);
  });

  it("gets at once what has waited when the fault is healed, and nothing twice", () => {
    const { network, arrived, send, passUntil } = makeNetwork();
    network.setReading(new Map([["n1", 10]]));
    send("n1", 1, 2);
    passUntil(5);
    network.setReading(new Map());
    send("n1", 3);
    passUntil(100);
    expect(arrived).toEqual(["n1 1 at 5", "n1 2 at 5", "n1 3 at 5"]);
  });

  it("loses what it had not read when it dies", () => {
    const { network, arrived, send, passUntil } = makeNetwork();
    network.setReading(new Map([["n1", 10]]));
    send("n1", 1, 2);
    passUntil(15);
    network.died("n1");
    passUntil(100);
    send("n1", 3);
    passUntil(200);
    expect(arrived).toEqual(["n1 1 at 10", "n1 3 at 110"]);
  });
});
