import { describe, expect, test } from "vitest";
import { listening, ping, quiet, tinyWorld, setCuts } from "./tiny-world.ts";

describe("kill", () => {
  test("revokes the Host: no timer, no message, no sync of that boot ever happens", () => {
    const arrived: { at: number; from: string; id: number }[] = [];
    const { world, host, pass } = tinyWorld({ program: listening(arrived) });
    const n1 = host("n1");
    const happened: string[] = [];
    const stream = n1.dial("n2", {
      message: () => happened.push("message"),
      close: () => happened.push("close"),
    });
    const toVictim = host("n2").dial("n1", quiet);
    pass(100);
    n1.setTimer(1, () => happened.push("timer"));
    n1.log("log").sync(() => happened.push("sync"));
    n1.log("log").recover(() => happened.push("recover"));
    toVictim.send(ping(1));
    world.nodes.get("n1")?.boot?.end("killed");
    stream.send(ping(2));
    n1.setTimer(1, () => happened.push("later timer"));
    n1.dial("n2", { ...quiet, open: () => happened.push("open") });
    n1.explain({ what: "a ghost" });
    pass(5_000);
    expect(happened).toEqual([]);
    expect(arrived).toEqual([]);
    const own = world.evidence.filter((event) => event.e !== "boot" && event.node === "n1");
    expect(own).toEqual([]);
  });

  test("peers hear a reset, behind what had left already", () => {
    const heard: string[] = [];
    const { world, host, pass } = tinyWorld({
      program: (host) =>
        host.accept(() => ({
          message: (message) => heard.push(`message ${message.id}`),
          close: (reason) => heard.push(reason),
        })),
    });
    const stream = host("n1").dial("n2", quiet);
    pass(100);
    stream.send(ping(1));
    world.nodes.get("n1")?.boot?.end("killed");
    pass(100);
    expect(heard).toEqual(["message 1", "connection reset"]);
  });

  test("in a cut a peer hears nothing; after it, its next message bounces", () => {
    const heard: string[] = [];
    const { world, host, pass } = tinyWorld({ program: listening([]) });
    const stream = host("n2").dial("n1", { ...quiet, close: (reason) => heard.push(reason) });
    pass(100);
    setCuts(world, [
      ["n1", "n2"],
      ["n2", "n1"],
    ]);
    world.nodes.get("n1")?.boot?.end("killed");
    stream.send(ping(1));
    pass(5_000);
    expect(heard).toEqual([]);
    setCuts(world, []);
    pass(2_000);
    expect(heard).toEqual(["connection reset"]);
  });

  test("the next boot counts on, with evidence counted from 0 and chance of its own", () => {
    const { world, host, pass } = tinyWorld();
    const firstDrawn = host("n1").random();
    const node = world.nodes.get("n1");
    node?.boot?.end("killed");
    if (node !== undefined) world.restart(node, () => {});
    pass(500);
    expect(host("n1").boot).toBe(2);
    expect(host("n1").random()).not.toBe(firstDrawn);
    expect(
      world.evidence.filter((event) => event.node === "n1").map((event) => [event.boot, event.seq]),
    ).toEqual([
      [1, 0],
      [1, 1],
      [2, 0],
    ]);
  });
});

test("a handler that throws crashes its node, not the simulator", () => {
  const { world, host, pass } = tinyWorld();
  host("n1").setTimer(1, () => {
    throw new Error("an invariant is broken");
  });
  let went = false;
  host("n2").setTimer(2, () => (went = true));
  pass(10);
  expect(went).toBe(true);
  expect(world.nodes.get("n1")?.boot).toBeNull();
  expect(world.evidence.at(-1)).toMatchObject({
    e: "boot",
    phase: "end",
    node: "n1",
    detail: "crashed: an invariant is broken",
  });
  expect(world.nodes.get("n1")?.log()).toContain("an invariant is broken");
});

test("halt ends the boot with its reason", () => {
  const { world, host, pass } = tinyWorld();
  let went = false;
  host("n1").setTimer(5, () => (went = true));
  host("n1").halt("the log is gone");
  pass(10);
  expect(went).toBe(false);
  expect(world.evidence.at(-1)).toMatchObject({ phase: "end", detail: "halted: the log is gone" });
});

describe("pause", () => {
  test("nothing fires; all that came due happens at its end, in order", () => {
    const happened: string[] = [];
    const { world, host, pass } = tinyWorld({
      program: (host) =>
        host.accept(() => ({
          message: (message) => happened.push(`message ${message.id}`),
          close: () => happened.push("close"),
        })),
    });
    const stream = host("n2").dial("n1", quiet);
    pass(100);
    const boot = world.nodes.get("n1")?.boot;
    boot?.pause();
    host("n1").setTimer(30, () => happened.push("second timer"));
    host("n1").setTimer(1, () => happened.push("first timer"));
    stream.send(ping(1));
    pass(20);
    stream.send(ping(2));
    pass(20);
    expect(happened).toEqual([]);
    world.next(
      () => boot?.resume(),
      () => happened.push("resumed"),
    );
    pass(1);
    expect(happened).toHaveLength(5);
    expect(happened.at(-1)).toBe("resumed");
    expect(happened.indexOf("message 1")).toBeLessThan(happened.indexOf("message 2"));
    expect(happened.indexOf("first timer")).toBeLessThan(happened.indexOf("second timer"));
    const received = world.evidence.filter((event) => event.e === "received");
    expect(received.map((event) => event.atUs)).toEqual([
      world.loop.nowUs - 1_000,
      world.loop.nowUs - 1_000,
    ]);
  });

  test("a timer that waited can still be cancelled by one that fires before it", () => {
    const happened: string[] = [];
    const { world, host, pass } = tinyWorld();
    const boot = world.nodes.get("n1")?.boot;
    const later = host("n1").setTimer(5, () => happened.push("later"));
    host("n1").setTimer(2, () => {
      happened.push("first");
      later.cancel();
    });
    boot?.pause();
    pass(10);
    boot?.resume();
    expect(happened).toEqual(["first"]);
  });

  test("a node killed in a pause does nothing of what waited", () => {
    const happened: string[] = [];
    const { world, host, pass } = tinyWorld();
    const boot = world.nodes.get("n1")?.boot;
    host("n1").setTimer(2, () => happened.push("timer"));
    boot?.pause();
    pass(10);
    boot?.end("killed");
    boot?.resume();
    pass(10);
    expect(happened).toEqual([]);
  });

  test("a client that connects to a paused node waits for it", () => {
    const heard: string[] = [];
    const { world, pass } = tinyWorld({ program: listening([]) });
    const boot = world.nodes.get("n1")?.boot;
    boot?.pause();
    world.connect("c1", "n1", {
      ...quiet,
      open: () => heard.push("open"),
      close: (reason) => heard.push(reason),
    });
    pass(500);
    expect(heard).toEqual([]);
    boot?.resume();
    pass(100);
    expect(heard).toEqual(["open"]);
  });
});

test("streams that are over leave nothing behind", () => {
  const { world, host, pass } = tinyWorld({ program: listening([]) });
  for (let count = 0; count < 200; count++) {
    const stream = host("n1").dial("n2", quiet);
    pass(5);
    stream.close("over");
  }
  pass(2_000);
  expect(world.nodes.get("n1")?.boot?.ends.size).toBe(0);
  expect(world.nodes.get("n2")?.boot?.ends.size).toBe(0);
  expect(world.loop.pending).toBe(0);
});
