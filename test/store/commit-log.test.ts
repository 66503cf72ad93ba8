import { describe, expect, test } from "vitest";
import { CommitLog } from "../../store/commit-log.ts";
import type { Host, HostLog, LogRecord, StoreSettings } from "../../store/index.ts";
import { FakeWorld } from "./fake-world.ts";

const record = (key: string): LogRecord => ({ key, state: { kind: "stamped", stamp: "s", value: key } });

/** A log whose syncs and timers go on when told to. */
function logOf(sync: StoreSettings["sync"]) {
  let appended: string[] = [];
  const syncs: { readonly keys: readonly string[]; readonly done: (error: Error | null) => void }[] = [];
  const timers: (() => void)[] = [];
  const halted: string[] = [];
  const durable: string[] = [];
  const host = { setTimer: (_: number, fire: () => void) => timers.push(fire), halt: (reason: string) => halted.push(reason) } as unknown as Host;
  const log: HostLog = {
    recover: () => {},
    cut: () => {},
    append: ({ key }) => appended.push(key),
    sync: (done) => {
      syncs.push({ keys: appended, done });
      appended = [];
    },
  };
  const commitLog = new CommitLog(host, log, { sync, syncIntervalMs: 100 });
  const write = (...keys: readonly string[]) => keys.forEach((key) => commitLog.write(record(key), () => durable.push(key)));
  return { write, syncs, timers, halted, durable };
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

  test("periodic: counts at once, one sync an interval, none without writes", () => {
    const { write, syncs, timers, durable } = logOf("periodic");
    write("a", "b");
    expect(durable).toEqual(["a", "b"]);
    expect(syncs).toEqual([]);
    timers.shift()?.();
    expect(syncs.map(({ keys }) => keys)).toEqual([["a", "b"]]);
    expect(timers).toEqual([]);
    write("c");
    syncs[0]?.done(null);
    timers.shift()?.();
    expect(syncs[1]?.keys).toEqual(["c"]);
  });

  test.each(["each", "group", "periodic"] as const)("%s: a failed sync halts the node", (sync) => {
    const { write, syncs, timers, halted, durable } = logOf(sync);
    write("a", "b");
    timers.shift()?.();
    syncs[0]?.done(new Error("EIO"));
    expect(halted).toHaveLength(1);
    if (sync !== "periodic") expect(durable).toEqual([]);
    expect(syncs).toHaveLength(1);
  });
});

describe("a kill under a periodic log", () => {
  test.each([[50, []], [1000, ["v"]]] as const)("%i ms after the acknowledgement", (waitMs, kept) => {
    const world = new FakeWorld({ nodes: 3, sync: "periodic", syncIntervalMs: 500 });
    expect(world.ask("n1", { type: "put", id: 1, key: "k", value: "v", w: 3 }).type).toBe("stored");
    world.run(waitMs);
    for (const node of world.nodes.keys()) world.kill(node);
    for (const node of world.nodes.keys()) world.start(node);
    world.run(3000);
    const reply = world.ask("n1", { type: "get", id: 2, key: "k", r: 3 });
    expect(reply).toMatchObject({ type: "got", state: kept.length === 0 ? null : { value: "v" } });
  });
});
