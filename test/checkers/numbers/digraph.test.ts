import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addRealTime,
  bitOf,
  components,
  type Digraph,
  DigraphBuilder,
  pass,
  WalkSearch,
} from "../../../checkers/numbers/digraph.ts";
import { cheapSampleSize, sampleSeed } from "../sample-size.ts";

const red = 1;
const blue = 2;

function build(size: number, edges: readonly (readonly [number, number, number])[]): Digraph {
  const builder = new DigraphBuilder(size);
  for (const [from, to, type] of edges) builder.edge(from, to, type);
  return builder.graph();
}

const every = { types: bitOf(red) | bitOf(blue), apart: -1 };
const apart = { ...every, apart: blue };
const sorted = (nodes: readonly number[][]): number[][] =>
  nodes.map((of) => [...of].sort((a, b) => a - b)).sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));

const drawn = fc.array(fc.tuple(fc.nat(5), fc.nat(5), fc.constantFrom(red, blue)), {
  maxLength: 12,
});

/**
 * Whether a walk of at least one edge leads from a to b without two consecutive blue edges (also across the end if a is
 * b).
 */
function reaches(
  edges: readonly (readonly [number, number, number])[],
  [a, b]: readonly [number, number],
  isApart: boolean,
): boolean {
  for (const [from, first, type] of edges) {
    if (from !== a) continue;
    const seen = new Set([`${first} ${type}`]);
    for (const state of seen) {
      const [node = "", last = ""] = state.split(" ");
      if (Number(node) === b && !(isApart && a === b && type === blue && Number(last) === blue))
        return true;
      for (const [from2, to, type2] of edges)
        if (from2 === Number(node) && !(isApart && Number(last) === blue && type2 === blue))
          seen.add(`${to} ${type2}`);
    }
  }
  return false;
}

describe("strongly connected components", () => {
  it("are the sets of nodes that lead to each other", () => {
    fc.assert(
      fc.property(drawn, (edges) => {
        const simple = edges.filter(([from, to]) => from !== to);
        const found = sorted(components(build(6, simple), every));
        const nodes = [0, 1, 2, 3, 4, 5].filter((node) => reaches(simple, [node, node], false));
        const wanted = nodes.map((a) =>
          nodes.filter((b) => reaches(simple, [a, b], false) && reaches(simple, [b, a], false)),
        );
        expect(found).toEqual(sorted([...new Map(wanted.map((of) => [of.join(), of])).values()]));
      }),
      { numRuns: cheapSampleSize(2_000), seed: sampleSeed },
    );
  });

  it("exist with edges apart if some closed walk has no two of them in a row", () => {
    fc.assert(
      fc.property(drawn, (edges) => {
        const simple = edges.filter(([from, to]) => from !== to);
        const wanted = [0, 1, 2, 3, 4, 5].some((node) => reaches(simple, [node, node], true));
        expect(components(build(6, simple), apart).length > 0).toBe(wanted);
      }),
      { numRuns: cheapSampleSize(2_000), seed: sampleSeed },
    );
  });

  it("do not use edges of other types", () => {
    const graph = build(2, [
      [0, 1, red],
      [1, 0, blue],
    ]);
    expect(components(graph, { types: bitOf(red), apart: -1 })).toEqual([]);
    expect(sorted(components(graph, every))).toEqual([[0, 1]]);
  });
});

describe("the shortest cycle", () => {
  it("is as short as the definition says", () => {
    fc.assert(
      fc.property(drawn, (edges) => {
        const simple = edges.filter(([from, to]) => from !== to);
        const graph = build(6, simple);
        const within = new Set([0, 1, 2, 3, 4, 5]);
        const cycle = new WalkSearch(graph, 1e6).cycleThrough(blue, within, every);
        const lengths = simple
          .filter(([, , type]) => type === blue)
          .map(([from, to]) => 1 + distance(simple, to, from));
        expect(cycle?.length ?? Infinity).toBe(Math.min(Infinity, ...lengths));
        for (const [i, hop] of (cycle ?? []).entries()) {
          const next = cycle?.[(i + 1) % cycle.length];
          expect(next?.from).toBe(hop.to);
          expect(simple[hop.edge]).toEqual([hop.from, hop.to, hop.type]);
        }
      }),
      { numRuns: cheapSampleSize(2_000), seed: sampleSeed },
    );
  });

  it("passes through places as if they were not there", () => {
    const builder = new DigraphBuilder(3);
    const place = builder.node();
    const other = builder.node();
    builder.edge(0, place, red);
    builder.edge(place, other, pass);
    builder.edge(other, 1, pass);
    builder.edge(1, 0, red);
    builder.edge(other, 2, pass);
    const graph = builder.graph();
    const [nodes = []] = components(graph, every);
    expect(sorted([nodes])).toEqual([[0, 1, 3, 4]]);
    const search = new WalkSearch(graph, 1e6);
    const cycle = search.cycleThrough(red, new Set(nodes), every) ?? [];
    expect([...cycle].sort((a, b) => a.from - b.from)).toEqual([
      { from: 0, to: 1, type: red, edge: 0 },
      { from: 1, to: 0, type: red, edge: 3 },
    ]);
    expect(search.walk({ node: 0, last: red }, 2, every)).toEqual([
      { from: 0, to: 2, type: red, edge: 0 },
    ]);
  });

  it("is not looked for once the limit is spent", () => {
    const graph = build(3, [
      [0, 1, red],
      [1, 2, red],
      [2, 0, red],
    ]);
    const search = new WalkSearch(graph, 1);
    expect(search.cycleThrough(red, new Set([0, 1, 2]), every)).toBeNull();
    expect(search.isSpent).toBe(true);
  });
});

function distance(
  edges: readonly (readonly [number, number, number])[],
  from: number,
  to: number,
): number {
  let reached = new Set([from]);
  for (let steps = 0; steps <= 6; steps++) {
    if (reached.has(to)) return steps;
    reached = new Set([...reached, ...edges.filter(([a]) => reached.has(a)).map(([, b]) => b)]);
  }
  return Infinity;
}

describe("real time", () => {
  it("leads from each end to all that begins after it, and to nothing else", () => {
    const interval = fc.record({
      start: fc.nat(9),
      lasts: fc.option(fc.nat(5), { nil: Infinity }),
    });
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 6 }), (intervals) => {
        const invoke = Float64Array.from(intervals, ({ start }) => start);
        const end = Float64Array.from(intervals, ({ start, lasts }) => start + lasts);
        const builder = new DigraphBuilder(intervals.length);
        addRealTime(builder, { invoke, end }, red);
        const search = new WalkSearch(builder.graph(), 1e6);
        for (const a of intervals.keys())
          for (const b of intervals.keys()) {
            if (a === b) continue;
            const walk = search.walk({ node: a, last: red }, b, every);
            expect(walk !== null).toBe((end[a] as number) < (invoke[b] as number));
          }
      }),
      { numRuns: cheapSampleSize(1_000), seed: sampleSeed },
    );
  });
});
