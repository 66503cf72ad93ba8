import { describe, expect, test } from "vitest";
import type { HistoryEvent } from "../../../checkers/index.ts";
import { featuresOf } from "../../../harness/search/index.ts";

const host = (node: string, seq: number): { node: string; boot: number; seq: number } => ({
  node,
  boot: 1,
  seq,
});
const write: HistoryEvent = {
  e: "invoke",
  atUs: 1,
  op: 0,
  client: "c1",
  process: 0,
  node: "n1",
  f: "write",
  key: "k0",
  value: "v0",
};
const synced = (atUs: number, node: string, version: string): HistoryEvent => ({
  e: "sync",
  atUs,
  ...host(node, atUs),
  records: [{ key: "k0", versions: [version] }],
  hash: "",
});
const told = (atUs: number, cause: "write" | "read-repair"): HistoryEvent => ({
  e: "received",
  atUs,
  ...host("n2", atUs),
  peer: "n1",
  frame: "replica-write",
  request: 1,
  cause,
  key: "k0",
  versions: ["1"],
});

describe("what a history made the store do", () => {
  test("is the same for the same history, and nothing of an empty one", () => {
    expect(featuresOf([])).toEqual(new Set());
    expect(featuresOf([write, synced(5, "n1", "1")])).toEqual(
      featuresOf([write, synced(5, "n1", "1")]),
    );
  });

  test("tells a divergence by its depth, its length and what ended it", () => {
    const found = featuresOf([
      write,
      synced(5, "n1", "1"),
      synced(6, "n2", "0"),
      told(20_000, "read-repair"),
      synced(20_006, "n2", "1"),
    ]);
    expect(found).toContain("1 to 2 different by ");
    expect(found).toContain("2 to 1 different by read-repair");
    expect(found).toContain("apart for 4^2 ms, ended by read-repair");
  });

  test("tells the same thing under a fault apart from that without", () => {
    const fault = (phase: "injected" | "heal", atUs: number): HistoryEvent => ({
      e: "fault",
      atUs,
      phase,
      fault: 0,
      kind: "pause",
      nodes: ["n1"],
    });
    const found = featuresOf([
      fault("injected", 0),
      told(2, "write"),
      fault("heal", 3),
      told(4, "write"),
    ]);
    expect(found).toContain(" then write, 1 different, pause");
    expect(found).toContain("write then write, 1 different, ");
  });

  test("without evidence sees what clients saw", () => {
    const found = featuresOf([write, { e: "info", atUs: 9, op: 0, code: "timeout" }]);
    expect([...found]).toEqual([
      "begins write beside 0, 1 different, ",
      "write timeout, 1 different, ",
    ]);
  });
});
