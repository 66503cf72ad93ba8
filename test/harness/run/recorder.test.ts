import { expect, it } from "vitest";
import type { HistoryEvent } from "../../../checkers/index.ts";
import { mergeByTime } from "../../../harness/run/recorder.ts";

const phase = (atUs: number): HistoryEvent => ({ e: "phase", atUs, phase: "operations" });
const end = (atUs: number): HistoryEvent => ({ e: "end", atUs, recorded: 2 });
const node = (atUs: number): HistoryEvent => ({
  e: "explain",
  atUs,
  node: "n1",
  boot: 1,
  seq: atUs,
  what: "link up",
});

it("merges by time, the harness first, and the closing event comes last", () => {
  expect(mergeByTime([phase(5), end(9)], [node(4), node(5), node(8)])).toEqual([
    node(4),
    phase(5),
    node(5),
    node(8),
    end(9),
  ]);
});

// Nodes in containers live on after it: put before it, what they did made every saved history one that could not be read again.
it("leaves out what a node did after the closing event", () => {
  expect(mergeByTime([end(9)], [node(8), node(9), node(12)])).toEqual([node(8), end(9)]);
});
