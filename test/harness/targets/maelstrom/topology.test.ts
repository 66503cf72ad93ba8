import { describe, expect, it } from "vitest";
import { topologies } from "../../../../harness/targets/maelstrom/settings.ts";
import { neighbours } from "../../../../harness/targets/maelstrom/topology.ts";

const nodes = ["n1", "n2", "n3", "n4", "n5"];

describe.each(topologies)("the topology %s", (topology) => {
  const graph = neighbours(topology, nodes);

  it("links both ways, and no node with itself", () => {
    for (const [node, others] of Object.entries(graph))
      for (const other of others) {
        expect(other).not.toBe(node);
        expect(graph[other]).toContain(node);
      }
  });

  it("reaches every node", () => {
    const reached = new Set(["n1"]);
    for (const node of reached) for (const other of graph[node] ?? []) reached.add(other);
    expect([...reached].sort()).toEqual(nodes);
  });
});

it("a grid of five nodes has three in its first row", () => {
  expect(neighbours("grid", nodes)).toEqual({
    n1: ["n2", "n4"],
    n2: ["n1", "n3", "n5"],
    n3: ["n2"],
    n4: ["n1", "n5"],
    n5: ["n2", "n4"],
  });
});
