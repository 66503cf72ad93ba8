import { expect, test } from "vitest";
import { hashRecords } from "../../../../harness/targets/bundled/record-bytes.ts";
import type { LogRecord, RecoveredEntry } from "../../../../store/index.ts";
import { tinyWorld } from "./tiny-world.ts";

const record = (key: string): LogRecord => ({
  key,
  state: { kind: "stamped", stamp: `s-${key}`, value: "v" },
});
const keysOf = (entries: readonly RecoveredEntry[]): string[] =>
  entries.map((entry) => (entry.whole ? entry.record.key : "damaged"));

function killAndRecover(tiny: ReturnType<typeof tinyWorld>): string[] {
  const node = tiny.world.nodes.get("n1");
  node?.boot?.end("killed");
  if (node !== undefined) tiny.world.restart(node, () => {});
  tiny.pass(500);
  let found: string[] = [];
  tiny
    .host("n1")
    .log("log")
    .recover((entries) => (found = keysOf(entries)));
  tiny.pass(50);
  return found;
}

test("what was synced survives a kill, what was only appended does not", () => {
  const tiny = tinyWorld();
  const log = tiny.host("n1").log("log");
  const done: string[] = [];
  log.append(record("a"));
  log.append(record("b"));
  log.sync((error) => done.push(String(error)));
  expect(done).toEqual([]);
  tiny.pass(50);
  expect(done).toEqual(["null"]);
  log.append(record("c"));
  expect(killAndRecover(tiny)).toEqual(["a", "b"]);
});

test("of syncs under way at a kill, some prefix survives, and every length of it in some world", () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const tiny = tinyWorld({ seed });
    const log = tiny.host("n1").log("log");
    log.append(record("a"));
    log.sync(() => {});
    log.append(record("b"));
    log.append(record("c"));
    log.sync(() => {});
    log.append(record("d"));
    seen.add(killAndRecover(tiny).join(""));
  }
  expect([...seen].sort()).toEqual(["", "a", "ab", "abc"]);
});

test("a sync that finished while the node was paused is durable", () => {
  for (let seed = 0; seed < 20; seed++) {
    const tiny = tinyWorld({ seed });
    const log = tiny.host("n1").log("log");
    log.append(record("a"));
    log.sync(() => expect.unreachable("the boot was killed before it could hear of it"));
    tiny.world.nodes.get("n1")?.boot?.pause();
    tiny.pass(50);
    expect(killAndRecover(tiny)).toEqual(["a"]);
  }
});

test("syncs finish in order, each recorded with its own records", () => {
  const tiny = tinyWorld();
  const log = tiny.host("n1").log("log");
  const order: number[] = [];
  for (let sync = 0; sync < 20; sync++) {
    log.append(record(`k${sync}`));
    log.sync(() => order.push(sync));
  }
  tiny.pass(500);
  expect(order).toEqual(Array.from({ length: 20 }, (_, sync) => sync));
  const synced = tiny.world.evidence.filter((event) => event.e === "sync");
  expect(synced.map((event) => event.records)).toEqual(
    order.map((sync) => [{ key: `k${sync}`, versions: [`s-k${sync}`] }]),
  );
  expect(synced[3]?.hash).toBe(hashRecords([record("k3")]));
});

test("cut keeps the first entries, durably", () => {
  const tiny = tinyWorld();
  const log = tiny.host("n1").log("log");
  for (const key of ["a", "b", "c"]) log.append(record(key));
  log.sync(() => {});
  tiny.pass(50);
  let found: string[] = [];
  expect(killAndRecover(tiny)).toEqual(["a", "b", "c"]);
  tiny
    .host("n1")
    .log("log")
    .cut(1, (error) => expect(error).toBeNull());
  tiny.pass(50);
  tiny
    .host("n1")
    .log("log")
    .recover((entries) => (found = keysOf(entries)));
  tiny.pass(50);
  expect(found).toEqual(["a"]);
});

test("the hash tells records apart by every field", () => {
  const base = record("a");
  const others: LogRecord[] = [
    record("b"),
    { key: "a", state: { kind: "stamped", stamp: "s-a", value: null } },
    { key: "a", state: { kind: "stamped", stamp: "s-b", value: "v" } },
    {
      key: "a",
      state: {
        kind: "siblings",
        siblings: [{ dot: "n1.1:1", value: "v" }],
        context: { "n1.1": 1 },
      },
    },
    {
      key: "a",
      state: {
        kind: "siblings",
        siblings: [{ dot: "n1.1:1", value: "v" }],
        context: { "n1.1": 2 },
      },
    },
  ];
  const hashes = [base, ...others].map((one) => hashRecords([one]));
  expect(new Set(hashes).size).toBe(hashes.length);
  expect(hashRecords([base, base])).not.toBe(hashRecords([base]));
});
