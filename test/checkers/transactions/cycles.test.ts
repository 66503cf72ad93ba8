import { describe, expect, it } from "vitest";
import {
  bitOf,
  type Digraph,
  DigraphBuilder,
  type Hop,
} from "../../../checkers/numbers/digraph.ts";
import { edge } from "../../../checkers/transactions/dependencies.ts";
import {
  findCycles,
  hasCycle,
  kindOf,
  withoutInference,
} from "../../../checkers/transactions/cycles.ts";
import type { Base } from "../../../checkers/transactions/levels.ts";

type Type = keyof typeof edge;

/** Makes a graph from edges such as "0 ww 1". */
function graphOf(...edges: readonly string[]): Digraph {
  const builder = new DigraphBuilder(8);
  for (const text of edges) {
    const [from = "", type = "ww", to = ""] = text.split(" ");
    builder.edge(Number(from), Number(to), edge[type as Type]);
  }
  return builder.graph();
}

const hops = (...types: readonly Type[]): Hop[] =>
  types.map((type, i) => ({ from: i, to: (i + 1) % types.length, type: edge[type], edge: i }));

const found = (base: Base, ...edges: readonly string[]): string[] =>
  findCycles(graphOf(...edges), base, new Set()).map(
    ({ kind, hops }) =>
      `${kind} ${hops
        .map(({ from }) => from)
        .sort()
        .join("")}`,
  );

describe("a cycle", () => {
  it.each<[string, Base, readonly Type[]]>([
    ["G0", "serializable", ["ww", "ww"]],
    ["G0", "serializable", ["ww", "realtime"]],
    ["G1c", "serializable", ["ww", "wr", "session"]],
    ["G-single", "serializable", ["rw", "wr"]],
    ["G-single", "serializable", ["inferred", "ww"]],
    ["G-nonadjacent", "serializable", ["rw", "wr", "rw", "ww"]],
    ["G-nonadjacent", "serializable", ["inferred", "wr", "rw", "ww"]],
    ["G2-item", "serializable", ["rw", "rw"]],
    ["G2-item", "serializable", ["rw", "wr", "inferred"]],
    ["G-nonadjacent", "snapshot-isolation", ["rw", "wr", "inferred"]],
    ["G-single", "read-atomic", ["inferred", "wr", "inferred"]],
  ])("is called %s under %s with %j", (kind, base, types) => {
    expect(kindOf(hops(...types), base)).toBe(kind);
  });

  it.each<[Base, readonly string[], boolean]>([
    ["read-committed", ["0 ww 1", "1 wr 0"], true],
    ["read-committed", ["0 rw 1", "1 wr 0"], false],
    ["read-committed", ["0 inferred 1", "1 wr 0"], false],
    ["read-atomic", ["0 inferred 1", "1 session 0"], true],
    ["read-atomic", ["0 rw 1", "1 wr 0"], false],
    ["snapshot-isolation", ["0 rw 1", "1 realtime 0"], true],
    ["snapshot-isolation", ["0 rw 1", "1 rw 0"], false],
    ["serializable", ["0 rw 1", "1 rw 0"], true],
    ["serializable", ["0 rw 1", "0 rw 2"], false],
  ])("under %s with %j is forbidden: %s", (base, edges, isForbidden) => {
    expect(hasCycle(graphOf(...edges), base)).toBe(isForbidden);
    expect(found(base, ...edges).length > 0).toBe(isForbidden);
  });

  it("is the worst of its part, and the shortest of that kind", () => {
    const both = ["0 wr 1", "1 wr 2", "2 wr 0", "1 wr 0", "0 rw 3", "3 wr 0"];
    expect(found("serializable", ...both)).toEqual(["G1c 01"]);
    expect(found("serializable", "0 rw 1", "1 wr 2", "2 wr 0", "1 ww 0", "1 rw 0")).toEqual([
      "G-single 01",
    ]);
    expect(found("serializable", "0 rw 1", "1 wr 2", "2 rw 3", "3 wr 0", "3 rw 0")).toEqual([
      "G-nonadjacent 0123",
    ]);
    expect(found("serializable", "0 inferred 1", "1 inferred 2", "2 wr 0")).toEqual([
      "G2-item 012",
    ]);
  });

  it("is shown for each part of the graph, but not for parts shown before", () => {
    const graph = graphOf("0 ww 1", "1 ww 0", "2 rw 3", "3 wr 2");
    const touched = new Set<number>();
    expect(findCycles(graph, "serializable", touched).map(({ kind }) => kind)).toEqual([
      "G0",
      "G-single",
    ]);
    expect([...touched].sort()).toEqual([0, 1, 2, 3]);
    expect(findCycles(graph, "serializable", touched)).toEqual([]);
    expect(findCycles(graph, "serializable", new Set([1])).map(({ kind }) => kind)).toEqual([
      "G-single",
    ]);
  });

  it("has no hops where the limit is reached, and is shown once all the same", () => {
    const touched = new Set<number>();
    const graph = graphOf("0 ww 1", "1 ww 2", "2 ww 0");
    expect(findCycles(graph, "serializable", touched, 1)).toEqual([{ kind: "G0", hops: [] }]);
    expect([...touched].sort()).toEqual([0, 1, 2]);
  });

  it("is looked for twenty times at most", () => {
    const builder = new DigraphBuilder(60);
    for (let node = 0; node < 60; node += 2) {
      builder.edge(node, node + 1, edge.ww);
      builder.edge(node + 1, node, edge.ww);
    }
    expect(findCycles(builder.graph(), "read-committed", new Set())).toHaveLength(20);
  });
});

describe("a cycle with one inferred edge", () => {
  const graph = graphOf("0 inferred 1", "1 ww 0", "0 wr 2", "2 inferred 3");

  it("becomes the read that it was inferred from", () => {
    expect(withoutInference(graph, hops("inferred", "ww"), () => 2)).toEqual([
      { from: 0, to: 2, type: edge.wr, edge: 2 },
      { from: 2, to: 0, type: edge.rw, edge: ~0 },
    ]);
  });

  it("stays where other orders are uncertain too, or no plain way leads to the read", () => {
    expect(withoutInference(graph, hops("inferred", "rw"), () => 2)).toBeNull();
    expect(withoutInference(graph, hops("inferred", "inferred"), () => 2)).toBeNull();
    expect(withoutInference(graph, hops("rw", "ww"), () => 2)).toBeNull();
    expect(withoutInference(graph, hops("ww", "ww"), () => 2)).toBeNull();
    expect(withoutInference(graph, [], () => 2)).toBeNull();
    expect(withoutInference(graph, hops("inferred", "ww"), () => 3)).toBeNull();
  });
});

it("bits of edge types differ", () => {
  expect(new Set(Object.values(edge).map(bitOf)).size).toBe(Object.keys(edge).length);
});
