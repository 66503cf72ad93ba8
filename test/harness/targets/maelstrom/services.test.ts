/** Tests that Maelstrom's services behave as its doc/services.md says. */
import { describe, expect, it } from "vitest";
import type { MessageBody } from "../../../../harness/platforms/messages/message.ts";
import { Random } from "../../../../harness/platforms/simulator/random.ts";
import { services } from "../../../../harness/targets/maelstrom/services.ts";

function open(name: string, seed = 1): (src: string, body: MessageBody) => MessageBody | null {
  const make = services[name];
  if (make === undefined) throw new Error(`no service ${name}`);
  const service = make(new Random(seed, name));
  return (src, body) => service.handle({ src, dest: name, body });
}

const read = (key: string): MessageBody => ({ type: "read", key });
const write = (key: string, value: number): MessageBody => ({ type: "write", key, value });

describe("lin-kv", () => {
  it("shows each client the latest write", () => {
    const ask = open("lin-kv");
    expect(ask("n1", read("x"))).toMatchObject({ type: "error", code: 20 });
    ask("n1", write("x", 1));
    expect(ask("n2", read("x"))).toEqual({ type: "read_ok", value: 1 });
  });

  it("changes a value only from what it is expected to be", () => {
    const ask = open("lin-kv");
    const cas = { type: "cas", key: "x", from: 1, to: 2 };
    expect(ask("n1", cas)).toMatchObject({ code: 20 });
    expect(ask("n1", { ...cas, create_if_not_exists: true })).toEqual({ type: "cas_ok" });
    expect(ask("n1", cas)).toMatchObject({ code: 22 });
    expect(ask("n1", { ...cas, from: 2, to: 3 })).toEqual({ type: "cas_ok" });
    expect(ask("n2", read("x"))).toMatchObject({ value: 3 });
  });
});

describe("seq-kv", () => {
  it("shows old states, and no client one that is older than it has seen", () => {
    let stale = 0;
    for (let seed = 0; seed < 50; seed++) {
      const ask = open("seq-kv", seed);
      for (let value = 1; value <= 10; value++) ask("n1", write("x", value));
      let last = 0;
      for (let look = 0; look < 20; look++) {
        const seen = Number(ask("n2", read("x"))?.["value"] ?? 0);
        expect(seen).toBeGreaterThanOrEqual(last);
        if (seen < 10) stale++;
        last = seen;
      }
    }
    expect(stale).toBeGreaterThan(50);
  });

  it("shows a client its own writes", () => {
    const ask = open("seq-kv");
    for (let value = 1; value <= 30; value++) {
      ask("n1", write("x", value));
      expect(ask("n1", read("x"))).toMatchObject({ value });
    }
  });

  it("gives the same answers for the same seed", () => {
    const answers = (): unknown[] => {
      const ask = open("seq-kv", 7);
      return Array.from({ length: 40 }, (_, n) =>
        ask(`n${n % 3}`, n % 2 === 0 ? write("x", n) : read("x")),
      );
    };
    expect(answers()).toEqual(answers());
  });
});

it("lww-kv shows a write to some requests and not to others, and to all in the end", () => {
  const ask = open("lww-kv", 3);
  const seen = new Set<unknown>();
  for (let round = 0; round < 20; round++) {
    ask("n1", write("x", round));
    seen.add(JSON.stringify(ask("n2", read("x"))?.["value"] === round));
  }
  expect([...seen].sort()).toEqual(["false", "true"]);
  for (let look = 0; look < 50; look++) ask("n2", read("x"));
  const last = Array.from({ length: 10 }, () => ask("n2", read("x"))?.["value"]);
  expect(new Set(last).size).toBe(1);
});

it("lin-tso gives each number once, in order", () => {
  const ask = open("lin-tso");
  const given = Array.from({ length: 5 }, (_, n) => ask(`n${n}`, { type: "ts" })?.["ts"]);
  expect(given).toEqual([0, 1, 2, 3, 4]);
});
