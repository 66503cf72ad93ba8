/** Finds cycles of dependencies: the shortest cycle in each part of the graph, beginning with the worst kind. */
import {
  bitOf,
  components,
  type Digraph,
  type Hop,
  type Walks,
  WalkSearch,
} from "../numbers/digraph.ts";
import { edge } from "./dependencies.ts";
import type { Base, CycleKind } from "./levels.ts";

export interface Cycle {
  readonly kind: CycleKind;
  /** The edges of the cycle, in order. Empty if a part of the graph has cycles but is too large to find one in time. */
  readonly hops: readonly Hop[];
}

/** The largest number of edges that are examined for shortest cycles. */
const edgesLookedAt = 20_000_000;
/** The largest number of cycles that are returned. */
const cyclesKept = 20;

const order = bitOf(edge.session) | bitOf(edge.realtime);
const data = bitOf(edge.ww) | bitOf(edge.wr) | bitOf(edge.inferred);
const all = data | order | bitOf(edge.rw);

interface Search {
  readonly kind: CycleKind;
  readonly walks: Walks;
  /** A type of which the cycle must contain an edge. */
  readonly through: number;
  /** The walks by which the cycle may continue after an edge of the type `through`. Earlier ones are preferred. */
  readonly rest: readonly Walks[];
}

const anyWalk = (types: number): Walks => ({ types, apart: -1 });
const apartWalk: Walks = { types: all, apart: edge.rw };

const writes: Search = {
  kind: "G0",
  walks: anyWalk(bitOf(edge.ww) | order),
  through: edge.ww,
  rest: [anyWalk(bitOf(edge.ww) | order)],
};
const informationFlow: Search = {
  kind: "G1c",
  walks: anyWalk(bitOf(edge.ww) | bitOf(edge.wr) | order),
  through: edge.wr,
  rest: [anyWalk(bitOf(edge.ww) | bitOf(edge.wr) | order)],
};
/** Searches for cycles with an inferred order of two writes. */
const inferences: Search = {
  kind: "G-single",
  walks: anyWalk(data | order),
  through: edge.inferred,
  rest: [anyWalk((data & ~bitOf(edge.inferred)) | order), anyWalk(data | order)],
};
const nonAdjacent: Search = {
  kind: "G-nonadjacent",
  walks: apartWalk,
  through: edge.rw,
  rest: [anyWalk(data | order), apartWalk],
};
const antiDependencies: Search = {
  kind: "G2-item",
  walks: anyWalk(all),
  through: edge.rw,
  rest: [anyWalk(all)],
};

/** The searches for the cycles that each base forbids. The last search of a base finds every such cycle. */
const searches: Readonly<Record<Base, readonly [...Search[], Search]>> = {
  "read-committed": [writes, informationFlow],
  "read-atomic": [writes, informationFlow, inferences],
  "snapshot-isolation": [writes, informationFlow, inferences, nonAdjacent],
  serializable: [writes, informationFlow, inferences, nonAdjacent, antiDependencies],
};

/** Whether the graph has a cycle that levels with this base forbid. The answer is exact and takes linear time. */
export function hasCycle(graph: Digraph, base: Base): boolean {
  const widest = searches[base].at(-1) as Search;
  return components(graph, widest.walks).length > 0;
}

/**
 * At most 20 cycles that levels with this base forbid. Each explains a part of the graph: it is a shortest cycle of the
 * part's worst kind, if one was found before the limit was reached.
 * @param touched The nodes of cycles that were found earlier. Parts with one of these nodes are left out. The nodes of
 * new cycles are added.
 * @param limit The largest number of edges to examine, roughly.
 */
export function findCycles(
  graph: Digraph,
  base: Base,
  touched: Set<number>,
  limit = edgesLookedAt,
): Cycle[] {
  const search = new WalkSearch(graph, limit);
  const found: Cycle[] = [];
  for (const { kind, walks, through, rest } of searches[base]) {
    for (const nodes of components(graph, walks)) {
      if (found.length >= cyclesKept) return found;
      if (nodes.some((node) => touched.has(node))) continue;
      const within = new Set(nodes);
      let cycle: Hop[] | null = null;
      for (const walk of rest) cycle ??= search.cycleThrough(through, within, walk);
      const hops = cycle ?? [];
      found.push({ kind: cycle === null ? kind : kindOf(cycle, base), hops });
      for (const node of hops.length > 0 ? hops.map(({ from }) => from) : nodes) touched.add(node);
    }
  }
  return found;
}

/**
 * The kind of a cycle. An edge for an inferred order of writes counts as an anti-dependency, since the opposite order
 * would form a cycle with an anti-dependency.
 */
export function kindOf(hops: readonly Hop[], base: Base): CycleKind {
  const isAnti = (type: number): boolean => type === edge.rw || type === edge.inferred;
  const count = hops.filter(({ type }) => isAnti(type)).length;
  if (count === 0) return hops.some(({ type }) => type === edge.wr) ? "G1c" : "G0";
  if (count === 1 || base === "read-atomic") return "G-single";
  const isAdjacent = hops.some(
    ({ type }, i) => isAnti(type) && isAnti((hops[(i + 1) % hops.length] as Hop).type),
  );
  return isAdjacent && base === "serializable" ? "G2-item" : "G-nonadjacent";
}

/**
 * Replaces a cycle that has one inferred edge and otherwise ordinary dependencies by a clearer cycle. The old cycle
 * proves that the versions of the inferred edge have the opposite order. Therefore the read from which that edge was
 * inferred returned an overwritten version, and the new cycle shows this. Null: the cycle has another form, or no walk
 * from the edge's first transaction to the reader was found.
 * @param readerOf Returns the transaction with the read from which an edge was inferred.
 * @returns The edges of the new cycle. The edge number of the last one is inverted by `~`.
 */
export function withoutInference(
  graph: Digraph,
  hops: readonly Hop[],
  readerOf: (hop: Hop) => number,
): Hop[] | null {
  const uncertain = hops.filter(({ type }) => type === edge.inferred || type === edge.rw);
  const hop = uncertain[0];
  if (hop === undefined || hop.type !== edge.inferred || uncertain.length > 1) return null;
  const from = readerOf(hop);
  const way = new WalkSearch(graph, edgesLookedAt).walk(
    { node: hop.from, last: edge.wr },
    from,
    anyWalk((data & ~bitOf(edge.inferred)) | order),
  );
  return way === null ? null : [...way, { from, to: hop.from, type: edge.rw, edge: ~hop.edge }];
}
