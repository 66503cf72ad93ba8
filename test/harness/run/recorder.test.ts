import { expect, it } from "vitest";
import type { HistoryEvent } from "../../../checkers/index.ts";
import { mergeByTime } from "../../../harness/run/recorder.ts";

const phase = (atUs: number): HistoryEvent => ({ e: "phase", atUs, phase: "operations" });
const end = (atUs: number): HistoryEvent => ({ e: "end", atUs, recorded: 2 });
const counted = (atUs: number, last: number): HistoryEvent =>
  ({ ...end(atUs), evidence: { n1: { "1": last } } }) as HistoryEvent;
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
    counted(9, 8),
  ]);
});

it("says in the closing event how far each node's and boot's evidence goes", () => {
  const at = (atUs: number, name: string, boot: number, seq: number): HistoryEvent => ({
    e: "boot",
    atUs,
    node: name,
    boot,
    seq,
    phase: "start",
  });
  const nodes = [at(1, "n1", 1, 0), at(2, "n2", 1, 0), at(3, "n1", 1, 1), at(4, "n1", 2, 0)];
  expect(mergeByTime([end(9)], nodes).at(-1)).toMatchObject({
    evidence: { n1: { "1": 1, "2": 0 }, n2: { "1": 0 } },
  });
  expect(mergeByTime([end(9)], []).at(-1)).toEqual(end(9));
});

// Nodes in containers continue to run after the closing event. A history with later events could not be read again.
it("leaves out what a node did after the closing event", () => {
  expect(mergeByTime([end(9)], [node(8), node(9), node(12)])).toEqual([node(8), counted(9, 8)]);
});
