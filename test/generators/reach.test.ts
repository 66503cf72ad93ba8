import { describe, expect, it } from "vitest";
import {
  builtInKinds,
  type Fault,
  type Impairment,
  kindOf,
  linkEnds,
  nodeName,
  type PartitionShape,
  type Want,
} from "../../generators/index.ts";
import { worseOf } from "../../generators/faults/links.ts";

const wantsOf = (fault: Fault, nodes: number, of: string): readonly Want[] =>
  kindOf(builtInKinds, fault)
    .wants(fault, { nodes, elapsedMs: 0, nameOf: nodeName })
    .filter(({ port }) => port === of);
const cutsOf = (fault: Fault, nodes: number) =>
  wantsOf(fault, nodes, "cuts").map(({ subject }) => linkEnds(subject));
const impairedBy = (fault: Fault, nodes: number) =>
  wantsOf(fault, nodes, "impairments").map(
    ({ subject, value }) => [...linkEnds(subject), value as Impairment] as const,
  );
const nodesOf = (fault: Fault) => kindOf(builtInKinds, fault).nodesOf(fault).map(nodeName);

const partition = (shape: PartitionShape): Fault => ({
  kind: "partition",
  partition: shape,
});

describe("what a fault touches", () => {
  it("halves: both directions of each link across", () => {
    const fault = partition({ shape: "halves", side: [0, 2] });
    expect(cutsOf(fault, 3)).toEqual([
      ["n1", "n2"],
      ["n2", "n1"],
      ["n3", "n2"],
      ["n2", "n3"],
    ]);
    expect(nodesOf(fault)).toEqual(["n1", "n3"]);
    expect(cutsOf(fault, 5)).toHaveLength(12);
  });

  it("isolate: both directions of each of the node's links", () => {
    const fault = partition({ shape: "isolate", node: 1 });
    expect(cutsOf(fault, 3)).toEqual([
      ["n2", "n1"],
      ["n1", "n2"],
      ["n2", "n3"],
      ["n3", "n2"],
    ]);
    expect(nodesOf(fault)).toEqual(["n2"]);
  });

  it("one-way: one direction of one link", () => {
    const fault = partition({ shape: "one-way", from: 2, to: 0 });
    expect(cutsOf(fault, 5)).toEqual([["n3", "n1"]]);
    expect(nodesOf(fault)).toEqual(["n3", "n1"]);
  });

  it("ring: each keeps a majority, no two the same", () => {
    const order = [0, 3, 1, 4, 2];
    const cuts = cutsOf(partition({ shape: "ring", order }), 5);
    const seenBy = ["n1", "n2", "n3", "n4", "n5"].map((node, _, all) =>
      all.filter((other) => !cuts.some(([from, to]) => from === other && to === node)),
    );
    expect(seenBy.map((seen) => seen.length)).toEqual([3, 3, 3, 3, 3]);
    expect(new Set(seenBy.map((seen) => seen.join())).size).toBe(5);
    expect(cuts.every(([from, to]) => cuts.some(([a, b]) => a === to && b === from))).toBe(true);
    for (const nodes of [4, 6, 7]) {
      const pairs = cutsOf(
        partition({ shape: "ring", order: Array.from({ length: nodes }, (_, index) => index) }),
        nodes,
      );
      const reached = nodes - pairs.filter(([from]) => from === "n1").length;
      expect(reached).toBeLessThan(nodes);
      expect(reached).toBeGreaterThan(nodes / 2);
    }
  });

  it("bridge: one node reaches both sides", () => {
    const fault = partition({ shape: "bridge", node: 2, side: [0] });
    expect(cutsOf(fault, 4)).toEqual([
      ["n1", "n2"],
      ["n2", "n1"],
      ["n1", "n4"],
      ["n4", "n1"],
    ]);
    expect(nodesOf(fault)).toEqual(["n1", "n3"]);
  });

  it("links: exactly those, each in its direction", () => {
    const fault = partition({
      shape: "links",
      cuts: [
        [0, 1],
        [2, 0],
      ],
    });
    expect(cutsOf(fault, 3)).toEqual([
      ["n1", "n2"],
      ["n3", "n1"],
    ]);
    expect(nodesOf(fault)).toEqual(["n1", "n2", "n3"]);
  });

  it("clients: all of them at one end, requests, replies or both", () => {
    const of = (direction: "in" | "out" | "both") =>
      cutsOf({ kind: "clients", nodes: [1], direction }, 3);
    expect(of("in")).toEqual([["clients", "n2"]]);
    expect(of("out")).toEqual([["n2", "clients"]]);
    expect(of("both")).toEqual([
      ["clients", "n2"],
      ["n2", "clients"],
    ]);
  });

  it("an impaired link: towards the node, away from it, or both, each link once", () => {
    const of = (direction: "in" | "out" | "both", nodes: number[]) =>
      impairedBy({ kind: "delay", nodes, direction, delayMs: 5, jitterMs: 1 }, 3).map(
        ([from, to]) => from + to,
      );
    expect(of("in", [0])).toEqual(["n2n1", "n3n1"]);
    expect(of("out", [0])).toEqual(["n1n2", "n1n3"]);
    expect(of("both", [0, 1])).toEqual(["n1n2", "n1n3", "n2n1", "n2n3", "n3n1", "n3n2"]);
    expect(impairedBy({ kind: "rate", nodes: [0], direction: "in", bytesPerS: 9 }, 2)).toEqual([
      ["n2", "n1", { bytesPerS: 9 }],
    ]);
    expect(
      worseOf({ delayMs: 5, bytesPerS: 100 }, { delayMs: 9, bytesPerS: 200, lossPercent: 3 }),
    ).toEqual({ delayMs: 9, bytesPerS: 100, lossPercent: 3 });
  });

  it("kill and pause cut nothing", () => {
    expect(cutsOf({ kind: "kill", nodes: [1] }, 3)).toEqual([]);
    expect(nodesOf({ kind: "pause", nodes: [1, 2] })).toEqual(["n2", "n3"]);
  });
});
