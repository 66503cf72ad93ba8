/**
 * Decides whether the operations on a set are linearizable.
 *
 * Without removals, the answer is exact and takes nearly linear time. Each read or query puts each add before or after
 * itself, so an order exists if and only if these demands and real time do not form a cycle. The reads of the whole set
 * must form a chain in which each contains the one before. Therefore a point between two neighbours of the chain
 * replaces an edge for each pair of an add and a read.
 *
 * With removals, the answer needs a search within a budget. If nobody reads the whole set, each element is searched
 * alone, since linearizability is local (Herlihy and Wing, TOPLAS 1990; Lee and Mathur, OOPSLA 2025, also decide such
 * histories for each element).
 */
import {
  addRealTime,
  bitOf,
  components,
  DigraphBuilder,
  type Hop,
  pass,
  WalkSearch,
} from "../numbers/digraph.ts";
import { addToGroup } from "../numbers/groups.ts";
import { defaultBudget, search, type SearchBudget, type SearchProblem } from "../search/search.ts";
import { setKinds, setOutcomes } from "./set-table.ts";
import type { SetFacts } from "./set-facts.ts";
import type { SetAnomalyKind } from "./set-rules.ts";
import type { SetWords } from "./set-words.ts";
import type { WorkloadFindings } from "../language/workload-findings.ts";

type Findings = WorkloadFindings<SetAnomalyKind>;

const shows = 1;
const realTime = 2;
const edgesLookedAt = 20_000_000;
const everyEdge = { types: bitOf(shows) | bitOf(realTime), apart: -1 };

export function checkLinearizable(
  facts: SetFacts,
  words: SetWords,
  findings: Findings,
  budget: SearchBudget = { ...defaultBudget, steps: 2_000_000 },
): void {
  if (facts.removes.size > 0) new RemovalSearch(facts, words, findings).run(budget);
  else new GrowingSet(facts, words, findings).run();
}

/** Judges a set without removals by a graph of its adds, queries and reads. */
class GrowingSet {
  readonly #facts: SetFacts;
  readonly #words: SetWords;
  readonly #findings: Findings;
  readonly #builder: DigraphBuilder;

  constructor(facts: SetFacts, words: SetWords, findings: Findings) {
    this.#facts = facts;
    this.#words = words;
    this.#findings = findings;
    this.#builder = new DigraphBuilder(facts.columns.size);
  }

  run(): void {
    if (!this.#addReads()) return;
    this.#addQuestions();
    addRealTime(this.#builder, this.#intervals(), realTime);
    const graph = this.#builder.graph();
    const walks = new WalkSearch(graph, edgesLookedAt);
    for (const nodes of components(graph, everyEdge)) {
      const cycle = walks.cycleThrough(shows, new Set(nodes), everyEdge);
      this.#findings.found("no-order", () => this.#explain(cycle));
    }
  }

  /** The elements that the read in this row returned, including duplicates. */
  #shown(row: number): Int32Array {
    const { element, length, shown } = this.#facts.columns;
    const from = element[row] as number;
    return shown.subarray(from, from + (length[row] as number));
  }

  /** The rows of the reads of the whole set, sorted by the number of returned elements. */
  #bySize(): readonly number[] {
    const { reads, sizes } = this.#facts;
    return [...reads].sort((a, b) => (sizes[a] as number) - (sizes[b] as number));
  }

  /**
   * Adds the edges of the reads. An element that the read shows and smaller reads do not comes before the read. An
   * element that the read does not show comes after it. Returns false if the reads do not form a chain, and reports the
   * first two reads that break the chain.
   */
  #addReads(): boolean {
    const { columns, firstBegun } = this.#facts;
    const placedBy = new Int32Array(columns.elements.length).fill(-1);
    const seenBy = new Int32Array(columns.elements.length).fill(-1);
    const builder = this.#builder;
    let placed = 0;
    let smaller = -1;
    let before = builder.node();
    let after = before;
    for (const row of this.#bySize()) {
      let kept = 0;
      const added: number[] = [];
      for (const of of this.#shown(row)) {
        if (seenBy[of] === row) continue;
        seenBy[of] = row;
        if (placedBy[of] === -1) added.push(of);
        else kept++;
      }
      if (kept < placed) {
        this.#foundFork(smaller, row);
        return false;
      }
      // A read without a new element uses the same nodes of the graph as the read before it.
      if (added.length > 0 || smaller < 0) {
        before = builder.node();
        builder.edge(after, before, pass);
        for (const of of added) {
          placedBy[of] = row;
          const add = firstBegun[of] as number;
          if (add < 0) continue;
          builder.edge(add, before, shows);
          builder.edge(after, add, pass);
        }
        after = builder.node();
      }
      placed += added.length;
      smaller = row;
      builder.edge(before, row, pass);
      builder.edge(row, after, shows);
    }
    for (let of = 0; of < placedBy.length; of++) {
      const add = firstBegun[of] as number;
      if (placedBy[of] === -1 && add >= 0) builder.edge(after, add, pass);
    }
    return true;
  }

  #foundFork(smaller: number, larger: number): void {
    const words = this.#words;
    this.#findings.found("forked-reads", () => {
      const inLarger = new Set(this.#shown(larger));
      const inSmaller = new Set(this.#shown(smaller));
      const missing = words.element([...inSmaller].find((of) => !inLarger.has(of)) ?? -1);
      const other = words.element([...inLarger].find((of) => !inSmaller.has(of)) ?? -1);
      return {
        sentence: `${words.name(smaller)} shows ${missing} and not ${other}; ${words.name(larger)} shows ${other} and not ${missing}: no order of the adds explains both.`,
        operations: [words.op(smaller), words.op(larger)],
      };
    });
  }

  #addQuestions(): void {
    const { columns, firstBegun } = this.#facts;
    for (let row = 0; row < columns.size; row++) {
      const add = firstBegun[columns.element[row] as number] as number;
      if (columns.kind[row] === setKinds.present && add >= 0) this.#builder.edge(add, row, shows);
      if (columns.kind[row] === setKinds.absent && add >= 0) this.#builder.edge(row, add, shows);
    }
  }

  /**
   * The start and the latest end of each operation in the graph. An element that was added several times is in the set
   * from some time between the first start of an add and the first acknowledgement of one.
   */
  #intervals(): { readonly invoke: Float64Array; readonly end: Float64Array } {
    const { columns, firstBegun, firstAcknowledged } = this.#facts;
    const invoke = columns.invoke.slice().fill(-Infinity);
    const end = columns.end.slice().fill(Infinity);
    const take = (row: number, ending: number): void => {
      invoke[row] = columns.invoke[row] as number;
      if (ending >= 0) end[row] = columns.end[ending] as number;
    };
    for (const [of, add] of firstBegun.entries())
      if (add >= 0) take(add, firstAcknowledged[of] as number);
    for (const [row, kind] of columns.kind.entries()) if (kind >= setKinds.read) take(row, row);
    return { invoke, end };
  }

  #explain(cycle: readonly Hop[] | null): {
    readonly sentence: string;
    readonly operations: readonly number[];
  } {
    if (cycle === null)
      return {
        sentence: "No order explains what was read, but the proof is too long to show.",
        operations: [],
      };
    return {
      sentence: `No order explains what was read: ${cycle.map((hop) => this.#because(hop)).join("; ")}.`,
      operations: cycle.map(({ from }) => this.#words.op(from)),
    };
  }

  #because({ from, to, type }: Hop): string {
    const words = this.#words;
    const { kind, element } = this.#facts.columns;
    if (type === realTime) return `${words.name(from)} ended before ${words.name(to)} began`;
    const before = `${words.name(from)} comes before ${words.name(to)}`;
    if (kind[from] === setKinds.add)
      return `${before}, which shows ${words.element(element[from] as number)}`;
    if (kind[to] === setKinds.add)
      return `${before}, because ${words.name(from)} does not show ${words.element(element[to] as number)}`;
    return `${before}, which shows more`;
  }
}

/**
 * Judges a set with removals by the general search. A state is a set of elements. States are numbered in the order of
 * their first use.
 */
class RemovalSearch {
  readonly #facts: SetFacts;
  readonly #words: SetWords;
  readonly #findings: Findings;

  constructor(facts: SetFacts, words: SetWords, findings: Findings) {
    this.#facts = facts;
    this.#words = words;
    this.#findings = findings;
  }

  run(budget: SearchBudget): void {
    const { columns, reads } = this.#facts;
    const { size, outcome, element, elements } = columns;
    const groups = new Map<number, number[]>();
    for (let row = 0; row < size; row++) {
      if (outcome[row] === setOutcomes.fail) continue;
      // If somebody reads the whole set, one search must cover all elements.
      const group = reads.length > 0 ? 0 : (element[row] as number);
      addToGroup(groups, group, row);
    }
    for (const [of, rows] of groups) {
      const what = reads.length > 0 ? "the set" : (elements[of] ?? "?");
      const result = search(this.#problem(rows), budget);
      if (result.found === "unknown")
        this.#findings.undecided(
          `No order of the operations on ${what} was found: ${result.reason}.`,
        );
      if (result.found !== "none") continue;
      const stuck = rows[result.stuck] as number;
      this.#findings.found("no-order", () => ({
        sentence: `No order of the operations on ${what} that respects real time explains all results: the operations before ${this.#words.name(stuck)} have such an order, but none includes ${this.#words.name(stuck)}.`,
        operations: [this.#words.op(stuck)],
      }));
    }
  }

  #problem(rows: readonly number[]): SearchProblem {
    const { invoke, end, kind, element, length, shown } = this.#facts.columns;
    const numbers = new Map<bigint, number>([[0n, 0]]);
    const states: bigint[] = [0n];
    const bits = new Map<number, bigint>();
    const bit = (of: number): bigint => {
      let known = bits.get(of);
      if (known === undefined) bits.set(of, (known = 1n << BigInt(bits.size)));
      return known;
    };
    const number = (state: bigint): number => {
      let known = numbers.get(state);
      if (known === undefined) {
        numbers.set(state, (known = states.length));
        states.push(state);
      }
      return known;
    };
    const whole = rows.map((row) => {
      if (kind[row] !== setKinds.read) return 0n;
      const from = element[row] as number;
      let all = 0n;
      for (let at = from; at < from + (length[row] as number); at++)
        all |= bit(shown[at] as number);
      return all;
    });
    const step = (state: number, operation: number): number => {
      const row = rows[operation] as number;
      const now = states[state] as bigint;
      if (kind[row] === setKinds.read) return now === whole[operation] ? state : -1;
      const one = bit(element[row] as number);
      if (kind[row] === setKinds.add) return number(now | one);
      if (kind[row] === setKinds.remove) return number(now & ~one);
      return ((now & one) !== 0n) === (kind[row] === setKinds.present) ? state : -1;
    };
    const kinds = new Map<string, number>();
    const kindOf = (row: number): number => {
      const text = `${kind[row] ?? 0} ${element[row] ?? 0}`;
      const known = kinds.get(text) ?? kinds.size;
      kinds.set(text, known);
      return known;
    };
    return {
      initial: 0,
      start: Float64Array.from(rows, (row) => invoke[row] as number),
      end: Float64Array.from(rows, (row) => end[row] as number),
      pure: Uint8Array.from(rows, (row) => ((kind[row] as number) >= setKinds.read ? 1 : 0)),
      kind: Int32Array.from(rows, kindOf),
      step,
    };
  }
}
