/**
 * Collects the edges between transactions with their evidence, as in Adya's direct serialization graph (thesis, section
 * 3.1.3).
 */
import { addRealTime, type Digraph, DigraphBuilder, pass } from "../numbers/digraph.ts";
import { GrowingInt32 } from "../numbers/growing-int32.ts";
import { outcomes, type TransactionColumns } from "./transaction-table.ts";
import type { Order } from "./levels.ts";

/** The types of edges from one transaction (the first) to another (the second). */
export const edge = {
  /** The second transaction's version of a key comes after the first transaction's, directly as far as reads show. */
  ww: 1,
  /** The second transaction read a version that the first one wrote. */
  wr: 2,
  /** The first transaction read a version, and the second one wrote a later version. */
  rw: 3,
  /** The same process ran the first transaction before the second one. */
  session: 4,
  /** The first transaction ended before the second one began. */
  realtime: 5,
  /**
   * Both transactions wrote the same key, and the second one's version must be the later one: another transaction read
   * that version although the first transaction, or a reader of its version, came before that read.
   */
  inferred: 6,
} as const;

/**
 * The key and the versions that prove an edge. An edge without evidence, such as one of session or real time, has −1 in
 * all fields.
 */
export interface Evidence {
  readonly key: number;
  /** The version that the first transaction wrote or read. −1: the initial version. */
  readonly before: number;
  /** The version that the second transaction wrote or read. −1: any version that it wrote to the key. */
  readonly after: number;
  /**
   * Why `after` is later than `before`, if reads do not show that: the transaction `known` read or wrote `before`, and
   * came before the transaction `then`, which read or wrote `after`. −1: reads show it.
   */
  readonly known: number;
  readonly then: number;
}

export class Dependencies {
  readonly #builder: DigraphBuilder;
  readonly #key = new GrowingInt32();
  readonly #before = new GrowingInt32();
  readonly #after = new GrowingInt32();
  readonly #known = new GrowingInt32();
  readonly #then = new GrowingInt32();

  constructor(size: number) {
    this.#builder = new DigraphBuilder(size);
  }

  /** Adds a pass-through node and returns its number. */
  node(): number {
    return this.#builder.node();
  }

  edge(from: number, to: number, type: number, evidence: Partial<Evidence> = {}): void {
    this.#builder.edge(from, to, type);
    this.#note(evidence);
  }

  #note({ key = -1, before = -1, after = -1, known = -1, then = -1 }: Partial<Evidence>): void {
    this.#key.push(key);
    this.#before.push(before);
    this.#after.push(after);
    this.#known.push(known);
    this.#then.push(then);
  }

  /**
   * Adds an edge from each transaction of `from` to each of `to` except itself. Uses pass-through nodes, so that the
   * number of edges is linear. Neither list may contain a transaction twice.
   */
  toAllOthers(
    from: readonly number[],
    to: readonly number[],
    type: number,
    evidence: Partial<Evidence>,
  ): void {
    if (from.length === 0 || to.length === 0) return;
    const onwards: number[] = [];
    const back: number[] = [];
    const placeOf = new Map<number, number>();
    for (const [i, target] of to.entries()) {
      placeOf.set(target, i);
      onwards.push(this.node());
      back.push(this.node());
    }
    for (const [i, target] of to.entries()) {
      this.edge(onwards[i] as number, target, pass);
      this.edge(back[i] as number, target, pass);
      if (i > 0) this.edge(back[i] as number, back[i - 1] as number, pass);
      if (i + 1 < to.length) this.edge(onwards[i] as number, onwards[i + 1] as number, pass);
    }
    for (const one of from) {
      const own = placeOf.get(one) ?? -1;
      const after = onwards[own + 1];
      const before = own < 0 ? undefined : back[own - 1];
      if (after !== undefined) this.edge(one, after, type, evidence);
      if (before !== undefined) this.edge(one, before, type, evidence);
    }
  }

  /** Adds the edges that `order` demands: none, those of sessions, or those of sessions and of real time. */
  addOrder(columns: TransactionColumns, order: Order): void {
    if (order !== "none")
      for (const [from, to] of sessionPairs(columns)) this.edge(from, to, edge.session);
    if (order !== "realtime") return;
    addRealTime(this.#builder, withoutFailed(columns), edge.realtime);
    while (this.#key.length < this.#builder.edges) this.#note({});
  }

  /** The graph of all edges so far. */
  graph(): Digraph {
    return this.#builder.graph();
  }

  evidence(number: number): Evidence {
    return {
      key: this.#key.view()[number] as number,
      before: this.#before.view()[number] as number,
      after: this.#after.view()[number] as number,
      known: this.#known.view()[number] as number,
      then: this.#then.view()[number] as number,
    };
  }
}

/** The times of all transactions. A failed transaction gets a start of −∞, so that it does not affect the order. */
function withoutFailed({ invoke, end, outcome }: TransactionColumns): {
  readonly invoke: Float64Array;
  readonly end: Float64Array;
} {
  if (!outcome.includes(outcomes.fail)) return { invoke, end };
  const begun = invoke.slice();
  for (let t = 0; t < begun.length; t++) if (outcome[t] === outcomes.fail) begun[t] = -Infinity;
  return { invoke: begun, end };
}

/** For each process, its transactions without failed ones, in the order of their starts. */
export function sessionsOf({ size, process, invoke, outcome }: TransactionColumns): number[][] {
  const sessions: number[][] = [];
  for (let t = 0; t < size; t++)
    if (outcome[t] !== outcomes.fail) (sessions[process[t] as number] ??= []).push(t);
  for (const session of sessions)
    session?.sort((a, b) => (invoke[a] as number) - (invoke[b] as number) || a - b);
  return sessions.filter((session) => session !== undefined);
}

/**
 * Whether the transaction a of a session certainly comes before the later transaction b. False if a is indeterminate,
 * since a may take effect later.
 */
export const precedes = (
  { end, invoke, outcome }: TransactionColumns,
  a: number,
  b: number,
): boolean => outcome[a] === outcomes.ok && (end[a] as number) <= (invoke[b] as number);

/** Pairs of transactions of one session: each transaction, after the last one that certainly came before it. */
function* sessionPairs(columns: TransactionColumns): Generator<readonly [number, number]> {
  for (const session of sessionsOf(columns)) {
    let last = -1;
    for (const t of session) {
      if (last >= 0 && precedes(columns, last, t)) yield [last, t];
      if (columns.outcome[t] === outcomes.ok) last = t;
    }
  }
}
