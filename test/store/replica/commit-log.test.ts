import { describe, expect, test } from "vitest";
import { CommitLog } from "../../../store/replica/commit-log.ts";
import type { Host, LogFailure, LogRecord, StoreSettings } from "../../../store/index.ts";
import { FakeWorld } from "../fake-world.ts";

const record = (key: string): LogRecord => ({
  key,
  state: { kind: "stamped", stamp: "s", value: key },
});

/** A commit log whose syncs, writes and timers end when the test decides. */
function logOf(sync: StoreSettings["sync"]) {
  let appended: string[] = [];
  const syncs: {
    readonly keys: readonly string[];
    readonly done: (failure: LogFailure | null) => void;
  }[] = [];
  const writes: typeof syncs = [];
  const refused: string[] = [];
  const timers: (() => void)[] = [];
  const halted: string[] = [];
  const durable: string[] = [];
  const host = {
    explain: () => {},
    setTimer: (_: number, fire: () => void) => timers.push(fire),
    halt: (reason: string) => halted.push(reason),
  } as unknown as Host;
  const taking = (into: typeof syncs) => (done: (failure: LogFailure | null) => void) => {
    into.push({ keys: appended, done });
    appended = [];
  };
  const log = {
    append: ({ key }: LogRecord) => void appended.push(key),
    write: taking(writes),
    sync: taking(syncs),
  };
  const commitLog = new CommitLog(host, log, { sync, syncIntervalMs: 100 });
  const write = (...keys: readonly string[]) =>
    keys.forEach((key) =>
      commitLog.write(
        record(key),
        () => durable.push(key),
        () => refused.push(key),
      ),
    );
  return { write, refused, writes, syncs, timers, halted, durable };
}

describe("the commit log", () => {
  test("group: what gathers during a sync shares the next one", () => {
    const { write, syncs, durable } = logOf("group");
    write("a", "b", "c");
    expect(syncs.map(({ keys }) => keys)).toEqual([["a"]]);
    expect(durable).toEqual([]);
    syncs[0]?.done(null);
    expect(durable).toEqual(["a"]);
    expect(syncs[1]?.keys).toEqual(["b", "c"]);
    syncs[1]?.done(null);
    expect(durable).toEqual(["a", "b", "c"]);
  });

  test("each: one sync a record, in order", () => {
    const { write, syncs, durable } = logOf("each");
    write("a", "b", "c");
    for (let i = 0; i < 3; i++) syncs[i]?.done(null);
    expect(syncs.map(({ keys }) => keys)).toEqual([["a"], ["b"], ["c"]]);
    expect(durable).toEqual(["a", "b", "c"]);
  });

  test("periodic: counts once it is written, one sync an interval, none without writes", () => {
    const { write, writes, syncs, timers, durable } = logOf("periodic");
    write("a", "b");
    expect(durable).toEqual([]);
    writes.shift()?.done(null);
    writes.shift()?.done(null);
    expect(durable).toEqual(["a", "b"]);
    expect(syncs).toEqual([]);
    timers.shift()?.();
    expect(syncs).toHaveLength(1);
    expect(timers).toEqual([]);
    write("c");
    syncs[0]?.done(null);
    writes.shift()?.done(null);
    timers.shift()?.();
    expect(syncs).toHaveLength(2);
  });

  test.each(["each", "group"] as const)("%s: a failed sync halts the node", (sync) => {
    const { write, syncs, halted, durable } = logOf(sync);
    write("a", "b");
    syncs[0]?.done({ full: false, message: "EIO" });
    expect(halted).toHaveLength(1);
    expect(durable).toEqual([]);
    expect(syncs).toHaveLength(1);
  });

  test("periodic: a failed sync halts the node", () => {
    const { write, writes, syncs, timers, halted } = logOf("periodic");
    write("a");
    writes[0]?.done(null);
    timers.shift()?.();
    syncs[0]?.done({ full: false, message: "EIO" });
    expect(halted).toHaveLength(1);
  });

  test.each(["each", "group"] as const)(
    "%s: a full disk refuses what is under way and all that waits behind it, then tries again",
    (sync) => {
      const { write, refused, syncs, halted, durable } = logOf(sync);
      write("a", "b", "c");
      syncs[0]?.done({ full: true, message: "ENOSPC" });
      expect(refused).toEqual(["a", "b", "c"]);
      expect(syncs).toHaveLength(1);
      write("d");
      syncs[1]?.done(null);
      expect(durable).toEqual(["d"]);
      expect(halted).toEqual([]);
    },
  );
});

describe("under a periodic log", () => {
  test.each([
    ["a kill loses nothing", "kill", 50, ["v", "v", "v"]],
    ["a power loss within the interval loses what was acknowledged", "power", 50, []],
    ["a power loss after the interval loses nothing", "power", 1000, ["v", "v", "v"]],
  ] as const)("%s", (_, how, waitMs, kept) => {
    const world = new FakeWorld({ nodes: 3, sync: "periodic", syncIntervalMs: 500 });
    expect(world.ask("n1", { type: "put", id: 1, key: "k", value: "v", w: 3 }).type).toBe("stored");
    world.run(waitMs);
    for (const node of world.nodes.keys()) world.kill(node, how === "power");
    for (const node of world.nodes.keys()) world.start(node);
    world.run(3000);
    const reply = world.ask("n1", { type: "get", id: 2, key: "k", r: 3 });
    expect(reply).toMatchObject({ type: "got", state: kept.length === 0 ? null : { value: "v" } });
  });
});
