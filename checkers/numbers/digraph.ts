/**
 * Directed graphs with typed edges in flat arrays, their strongly connected components and shortest cycles.
 *
 * A node is either an operation or a pass-through node. A pass-through node says "each of these comes before each of
 * those" with a linear number of edges instead of one edge for each pair. An edge of type `pass` leaves a pass-through
 * node and continues the edge that led to that node.
 */
import { GrowingInt32 } from "./growing-int32.ts";
import { orderOf, upTo } from "./order.ts";

/**
 * The type of an edge that continues the edge before it and has the length 0. All other types are numbers from 1 to 30.
 */
export const pass = 0;

export interface Digraph {
  readonly size: number;
  /**
   * The edges that leave node v have the indices from `first[v]` to before `first[v + 1]` in `to`, `type` and `edge`.
   */
  readonly first: Int32Array;
  readonly to: Int32Array;
  readonly type: Uint8Array;
  /** The number that `DigraphBuilder.edge` returned for each edge. */
  readonly edge: Int32Array;
}

export class DigraphBuilder {
  #size: number;
  readonly #from = new GrowingInt32();
  readonly #to = new GrowingInt32();
  readonly #type = new GrowingInt32();

  constructor(size: number) {
    this.#size = size;
  }

  /** Adds a node and returns its number. */
  node(): number {
    return this.#size++;
  }

  /** Adds an edge and returns its number. */
  edge(from: number, to: number, type: number): number {
    this.#from.push(from);
    this.#to.push(to);
    this.#type.push(type);
    return this.#from.length - 1;
  }

  /** The number of edges so far. */
  get edges(): number {
    return this.#from.length;
  }

  graph(): Digraph {
    const from = this.#from.view();
    const to = this.#to.view();
    const type = this.#type.view();
    const first = new Int32Array(this.#size + 1);
    for (const node of from) first[node + 1] = (first[node + 1] as number) + 1;
    for (let node = 0; node < this.#size; node++)
      first[node + 1] = (first[node + 1] as number) + (first[node] as number);
    const next = first.slice();
    const sorted = {
      size: this.#size,
      first,
      to: new Int32Array(to.length),
      type: new Uint8Array(to.length),
      edge: new Int32Array(to.length),
    };
    for (let edge = 0; edge < from.length; edge++) {
      const node = from[edge] as number;
      const place = next[node] as number;
      next[node] = place + 1;
      sorted.to[place] = to[edge] as number;
      sorted.type[place] = type[edge] as number;
      sorted.edge[place] = edge;
    }
    return sorted;
  }
}

/** Says which walks through a graph are allowed. */
export interface Walks {
  /** A set of allowed types: an edge of type t is allowed if bit t is 1. */
  readonly types: number;
  /** A type of which no edge may directly follow another. −1: there is no such type. */
  readonly apart: number;
}

export const bitOf = (type: number): number => 1 << type;

/**
 * The strongly connected components with more than one node, each as a list of its nodes (R. Tarjan, SIAM J. Comput.
 * 1972, without recursion). With `apart`, each node is searched as two states: the last edge had that type, or it had
 * not.
 */
export function components(graph: Digraph, { types, apart }: Walks): number[][] {
  const { size, first, to, type } = graph;
  const states = apart < 0 ? 1 : 2;
  const total = size * states;
  const index = new Int32Array(total);
  const low = new Int32Array(total);
  const isOpen = new Uint8Array(total);
  const cursor = new Int32Array(total);
  const open: number[] = [];
  const path: number[] = [];
  const found: number[][] = [];
  let counter = 0;
  const enter = (state: number): void => {
    index[state] = low[state] = ++counter;
    isOpen[state] = 1;
    cursor[state] = first[states === 1 ? state : state >>> 1] as number;
    open.push(state);
    path.push(state);
  };
  for (let root = 0; root < total; root++) {
    if (index[root] !== 0) continue;
    enter(root);
    while (path.length > 0) {
      const state = path[path.length - 1] as number;
      const node = states === 1 ? state : state >>> 1;
      const place = cursor[state] as number;
      if (place < (first[node + 1] as number)) {
        cursor[state] = place + 1;
        const next = follow(state, place);
        if (next < 0) continue;
        if (index[next] === 0) enter(next);
        else if (isOpen[next] === 1 && (index[next] as number) < (low[state] as number))
          low[state] = index[next] as number;
        continue;
      }
      path.pop();
      const parent = path[path.length - 1];
      if (parent !== undefined && (low[state] as number) < (low[parent] as number))
        low[parent] = low[state] as number;
      if (low[state] !== index[state]) continue;
      if (open[open.length - 1] === state) {
        open.pop();
        isOpen[state] = 0;
        continue;
      }
      const nodes = new Set<number>();
      for (let member = -1; member !== state;) {
        member = open.pop() as number;
        isOpen[member] = 0;
        nodes.add(states === 1 ? member : member >>> 1);
      }
      found.push([...nodes]);
    }
  }
  return found;

  function follow(state: number, place: number): number {
    const of = type[place] as number;
    const target = to[place] as number;
    if (of === pass) return states === 1 ? target : target * 2 + (state & 1);
    if (((types >>> of) & 1) === 0) return -1;
    if (states === 1) return target;
    if (of !== apart) return target * 2;
    return (state & 1) === 1 ? -1 : target * 2 + 1;
  }
}

/** An edge together with the `pass` edges that continue it. */
export interface Hop {
  readonly from: number;
  readonly to: number;
  readonly type: number;
  /** The number of the edge that `DigraphBuilder.edge` returned. */
  readonly edge: number;
}

/** Finds shortest walks and cycles, with a limit on the number of examined edges. All searches use the same arrays. */
export class WalkSearch {
  readonly #graph: Digraph;
  readonly #distance: Int32Array;
  /** For each state: the index of the edge that led to it. `#before` has the previous state. */
  readonly #place: Int32Array;
  readonly #before: Int32Array;
  readonly #round: Int32Array;
  #rounds = 0;
  #left: number;

  /** @param limit All searches together give up soon after they examined this many edges. */
  constructor(graph: Digraph, limit: number) {
    this.#graph = graph;
    const states = graph.size * 2;
    this.#distance = new Int32Array(states);
    this.#place = new Int32Array(states);
    this.#before = new Int32Array(states);
    this.#round = new Int32Array(states);
    this.#left = limit;
  }

  get isSpent(): boolean {
    return this.#left <= 0;
  }

  /**
   * The shortest cycle that consists of an edge of `type` between nodes of `within` and a walk back that `rest` allows.
   * Null: none was found. If the limit was reached (`isSpent`), there may be a shorter one.
   */
  cycleThrough(type: number, within: ReadonlySet<number>, rest: Walks): Hop[] | null {
    const { first, to, type: typeOf, edge } = this.#graph;
    let best: Hop[] | null = null;
    for (const from of within) {
      for (let place = first[from] as number; place < (first[from + 1] as number); place++) {
        if (typeOf[place] !== type || !within.has(to[place] as number)) continue;
        const longest = best === null ? Infinity : best.length - 2;
        const start = { node: to[place] as number, last: type };
        const back = this.walk(start, from, { ...rest, within, longest });
        if (back === null) continue;
        // If the first edge leads to a pass-through node, its hop goes on to the first operation on the way back.
        const head = back[0];
        best =
          head !== undefined && head.type === pass
            ? [{ from, to: head.to, type, edge: edge[place] as number }, ...back.slice(1)]
            : [{ from, to: to[place] as number, type, edge: edge[place] as number }, ...back];
        if (best.length === 2) return best;
      }
      if (this.isSpent) break;
    }
    return best;
  }

  /**
   * A shortest walk from `start` to `goal`. Null: none was found within `longest` edges, or before the limit was
   * reached. If `start` is a pass-through node, the first hop has the type `pass`.
   */
  walk(
    start: { readonly node: number; readonly last: number },
    goal: number,
    walks: Walks & { readonly within?: ReadonlySet<number>; readonly longest?: number },
  ): Hop[] | null {
    const { first, to, type } = this.#graph;
    const { types, apart, within, longest = Infinity } = walks;
    const round = ++this.#rounds;
    const begin = start.node * 2 + (start.last === apart ? 1 : 0);
    this.#round[begin] = round;
    this.#distance[begin] = 0;
    this.#place[begin] = -1;
    let layer = [begin];
    for (let distance = 0; layer.length > 0 && distance <= longest; distance++) {
      const next: number[] = [];
      for (let at = 0; at < layer.length; at++) {
        const state = layer[at] as number;
        if (this.#distance[state] !== distance) continue;
        const node = state >>> 1;
        if (node === goal && (apart < 0 || start.last !== apart || (state & 1) === 0))
          return this.#hops(state);
        for (let place = first[node] as number; place < (first[node + 1] as number); place++) {
          this.#left--;
          const of = type[place] as number;
          const target = to[place] as number;
          if (within !== undefined && !within.has(target)) continue;
          let then: number;
          if (of === pass) then = target * 2 + (state & 1);
          else if (((types >>> of) & 1) === 0 || (of === apart && (state & 1) === 1)) continue;
          else then = target * 2 + (of === apart ? 1 : 0);
          const length = distance + (of === pass ? 0 : 1);
          if (this.#round[then] === round && (this.#distance[then] as number) <= length) continue;
          this.#round[then] = round;
          this.#distance[then] = length;
          this.#place[then] = place;
          this.#before[then] = state;
          (of === pass ? layer : next).push(then);
        }
      }
      if (this.isSpent) return null;
      layer = next;
    }
    return null;
  }

  #hops(end: number): Hop[] {
    const { to, type, edge } = this.#graph;
    const places: number[] = [];
    const nodes: number[] = [];
    for (
      let state = end;
      (this.#place[state] as number) >= 0;
      state = this.#before[state] as number
    ) {
      places.push(this.#place[state] as number);
      nodes.push((this.#before[state] as number) >>> 1);
    }
    const hops: Hop[] = [];
    for (let i = places.length - 1; i >= 0; i--) {
      const place = places[i] as number;
      const last = hops[hops.length - 1];
      if (type[place] === pass && last !== undefined)
        hops[hops.length - 1] = { ...last, to: to[place] as number };
      else
        hops.push({
          from: nodes[i] as number,
          to: to[place] as number,
          type: type[place] as number,
          edge: edge[place] as number,
        });
    }
    return hops;
  }
}

/**
 * Adds the order of real time to the graph: each operation that ended precedes each operation that began later. An edge
 * of `type` leads from each operation that ended into a chain of pass-through nodes, and the chain leads to the
 * operations that began later.
 * @param end The end of each operation. Infinity: the operation never ended.
 */
export function addRealTime(
  builder: DigraphBuilder,
  { invoke, end }: { readonly invoke: Float64Array; readonly end: Float64Array },
  type: number,
): void {
  const ended = orderOf(
    end,
    upTo(end.length).filter((node) => end[node] !== Infinity),
  );
  const begun = orderOf(invoke);
  let place = -1;
  let next = 0;
  for (const node of begun) {
    while (
      next < ended.length &&
      (end[ended[next] as number] as number) < (invoke[node] as number)
    ) {
      const chained = builder.node();
      if (place >= 0) builder.edge(place, chained, pass);
      builder.edge(ended[next] as number, chained, type);
      place = chained;
      next++;
    }
    if (place >= 0) builder.edge(place, node, pass);
  }
}
