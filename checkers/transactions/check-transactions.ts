/** Judges transactions for one isolation level. */
import { addListDependencies } from "./list-dependencies.ts";
import { addRegisterDependencies, RegisterVersions } from "./register-dependencies.ts";
import { bitOf, type Digraph } from "../numbers/digraph.ts";
import { findCycles, hasCycle, withoutInference } from "./cycles.ts";
import { CycleWords } from "./cycle-words.ts";
import { Dependencies, edge } from "./dependencies.ts";
import { findReadAnomalies } from "./read-anomalies.ts";
import { fracturedReads } from "./fractured-reads.ts";
import {
  type CycleAnomalyKind,
  type CycleKind,
  forbids,
  type Order,
  type TransactionAnomalyKind,
  type TransactionLevel,
  transactionLevels,
} from "./levels.ts";
import { type ListOrders, listOrders } from "./list-orders.ts";
import { numbered, type OperationNames, type WorkloadResult } from "../language/workload-result.ts";
import { ordering, saturate } from "./register-saturation.ts";
import { outcomes, type TransactionColumns, type TransactionTable } from "./transaction-table.ts";
import { type Schedule, schedule } from "./schedule.ts";
import { touchesOf } from "./touches.ts";
import { TransactionWords } from "./transaction-words.ts";
import { WorkloadFindings } from "../language/workload-findings.ts";
import { type Writers, writersOf } from "./writers.ts";

/** The isolation level by which transactions are judged, with options. */
export interface TransactionQuestion {
  readonly level: TransactionLevel;
  /** Names operations in sentences. Default: "operation 7". */
  readonly nameOf?: OperationNames;
  /**
   * The largest number of steps of the search for an order. A search is needed only if the order of some writes is
   * unknown. Default: 5,000,000.
   */
  readonly steps?: number;
}

/** The result of judging transactions. */
export type TransactionResult = WorkloadResult<TransactionAnomalyKind>;

const defaultSteps = 5_000_000;

/**
 * Judges transactions on lists or registers by an isolation level. As in Elle, an indeterminate transaction counts as
 * having happened if and only if a read shows one of its writes. Takes linear time except for sorting, as long as reads
 * show the order of writes.
 *
 * @param table The transactions. Only their times matter, not their order in the table.
 * @param question The isolation level, with options.
 * @returns Invalid with the anomalies that the level forbids. Valid if there are none and, under snapshot isolation and
 * above, an order exists that explains all reads. Unknown if no such anomaly was found, but two transactions may have
 * written the same value to a key, the search for an order ended without a result, or no transaction succeeded.
 */
export function checkTransactions(
  table: TransactionTable,
  question: TransactionQuestion,
): TransactionResult {
  return new TransactionCheck(table.columns(), question).run();
}

class TransactionCheck {
  readonly #columns: TransactionColumns;
  readonly #question: TransactionQuestion;
  readonly #writers: Writers;
  readonly #orders: ListOrders | null;
  readonly #registers: RegisterVersions | null;
  readonly #words: TransactionWords;
  readonly #findings: WorkloadFindings<TransactionAnomalyKind>;
  readonly #base;
  readonly #order: Order;

  constructor(columns: TransactionColumns, question: TransactionQuestion) {
    const { base, order } = transactionLevels[question.level];
    this.#columns = columns;
    this.#question = question;
    this.#base = base;
    this.#order = order;
    this.#writers = writersOf(columns);
    const isList = columns.model === "list-append";
    this.#orders = isList ? listOrders(columns, this.#writers) : null;
    this.#registers = isList ? null : new RegisterVersions(columns, this.#writers);
    this.#words = new TransactionWords(columns, this.#writers, question.nameOf ?? numbered);
    this.#findings = new WorkloadFindings((kind) => forbids(base, kind));
  }

  run(): TransactionResult {
    const columns = this.#columns;
    const writers = this.#writers;
    const orders = this.#orders;
    findReadAnomalies({ columns, writers, orders, words: this.#words }, this.#findings);
    const twice = writers.ambiguous[0];
    if (twice !== undefined)
      this.#findings.undecided(
        `${this.#words.value(twice)} was written to ${this.#words.keyOf(twice)} more than once, so nobody can tell whose write a read saw.`,
      );
    if (!this.#findCycles() && !this.#findings.isBroken && twice === undefined) this.#findOrder();
    const judged = columns.outcome.reduce((sum, one) => sum + (one === outcomes.ok ? 1 : 0), 0);
    return this.#findings.conclude(judged);
  }

  /**
   * Reports the cycles and fractured reads that the level forbids, and returns whether there are any. A healthy history
   * takes only one pass over one graph.
   */
  #findCycles(): boolean {
    const isFractured = this.#findFractured();
    const strictest = this.#dependencies(this.#order);
    if (!hasCycle(strictest.graph, this.#base)) return isFractured;
    const touched = new Set<number>();
    for (const order of weakerThan[this.#order]) {
      const { graph, dependencies } = this.#dependencies(order);
      if (hasCycle(graph, this.#base)) this.#show(graph, dependencies, order, touched);
    }
    this.#show(strictest.graph, strictest.dependencies, this.#order, touched);
    return true;
  }

  #dependencies(order: Order): { readonly graph: Digraph; readonly dependencies: Dependencies } {
    const dependencies = new Dependencies(this.#columns.size);
    const base = this.#base;
    if (this.#orders !== null)
      addListDependencies(dependencies, this.#columns, this.#writers, this.#orders);
    if (this.#registers !== null)
      addRegisterDependencies(dependencies, this.#registers, { base, order });
    dependencies.addOrder(this.#columns, order);
    if (this.#registers !== null && (base === "snapshot-isolation" || base === "serializable"))
      saturate(dependencies, this.#registers, {
        types: base === "serializable" ? ordering | bitOf(edge.rw) : ordering,
        order,
      });
    return { graph: dependencies.graph(), dependencies };
  }

  #show(graph: Digraph, dependencies: Dependencies, order: Order, touched: Set<number>): void {
    const cycleWords = new CycleWords({
      columns: this.#columns,
      words: this.#words,
      dependencies,
      orders: this.#orders,
    });
    for (const { kind, hops } of findCycles(graph, this.#base, touched))
      this.#findings.found(named(kind, order), () => {
        const shown = withoutInference(graph, hops, (hop) => cycleWords.evidence(hop).then) ?? hops;
        return {
          sentence:
            shown.length > 0
              ? cycleWords.sentence(shown)
              : "Some transactions each come before themselves, but the search found no cycle that is short enough to show.",
          operations: shown.map(({ from }) => this.#words.op(from)),
          ...(shown.length === 0 ? {} : { cycle: cycleWords.edges(shown) }),
        };
      });
  }

  #findFractured(): boolean {
    if (this.#orders === null || this.#base !== "read-atomic") return false;
    let isFractured = false;
    const of = [this.#columns, this.#writers, this.#orders, this.#order] as const;
    for (const { reader, at, writer, missed, because, saw } of fracturedReads(...of)) {
      isFractured = true;
      const words = this.#words;
      const order: Order =
        because === edge.realtime ? "realtime" : because === edge.session ? "session" : "none";
      const reasons: Readonly<Record<Order, string>> = {
        none: `the reader saw ${words.value(saw)} at ${words.keyOf(saw)}, which the transaction of the missed write also wrote`,
        session: "the same process ran that transaction before",
        realtime: "that transaction ended before this one began",
      };
      this.#findings.found(named("G-single", order), () => ({
        sentence: `${words.name(reader)} ${words.readOf(at)}, without ${words.value(missed)}, which ${words.name(writer)} wrote, although ${reasons[order]}.`,
        operations: [words.op(writer), words.op(reader)],
        key: words.keyOf(missed),
      }));
    }
    return isFractured;
  }

  /**
   * Searches for an order of the transactions if reads do not show the order of all writes. The absence of cycles is
   * then not enough for `valid`. Read committed and read atomic need no search.
   */
  #findOrder(): void {
    if (this.#base === "read-committed" || this.#base === "read-atomic") return;
    const isSnapshot = this.#base === "snapshot-isolation";
    const isPlaced = this.#placed();
    if (this.#orders !== null && !(isSnapshot && this.#hasOpenTail(isPlaced))) return;
    const touches = touchesOf(this.#columns);
    const { steps = defaultSteps } = this.#question;
    const search = (order: Order, apart: boolean, limit: number): Schedule =>
      schedule({
        touches,
        isPlaced,
        graph: this.#dependencies(order).graph,
        keys: this.#columns.keys.length,
        versions: this.#columns.values.length,
        isSnapshot: apart,
        steps: limit,
      });
    // Stores often run transactions in the order of real time, most of them one by one. If such an order exists, the
    // search finds it at once.
    const quick = Math.min(steps, 100_000 + 50 * this.#columns.size);
    if (search("realtime", false, quick).found === "order") return;
    if (isSnapshot && search("realtime", true, quick).found === "order") return;
    const found = search(this.#order, isSnapshot, steps);
    if (found.found === "unknown")
      this.#findings.undecided(
        `Reads do not show the order of all writes, and the search for an order ended after ${steps} tries.`,
      );
    if (found.found !== "none") return;
    const { placed, stuck } = found;
    const names = stuck.slice(0, 4).map((t) => this.#words.name(t));
    this.#findings.found("no-order", () => ({
      sentence: `No order of the transactions explains what all of them read: all orders were tried. The longest order has ${placed} of the transactions, and then ${names.length === 1 ? `${names.join()} cannot` : `none of ${names.join(", ")} can`} come next.`,
      operations: stuck.slice(0, 4).map((t) => this.#words.op(t)),
    }));
  }

  /**
   * For each transaction, 1 if it certainly happened: it succeeded, or it is indeterminate and a read shows one of its
   * writes.
   */
  #placed(): Uint8Array {
    const { size, outcome } = this.#columns;
    const { writer } = this.#writers;
    const isPlaced = new Uint8Array(size);
    for (let t = 0; t < size; t++) if (outcome[t] === outcomes.ok) isPlaced[t] = 1;
    for (let version = 0; version < writer.length; version++) {
      const by = writer[version] as number;
      const isSeen =
        this.#orders === null
          ? (this.#registers?.readers[version]?.length ?? 0) > 0
          : (this.#orders.place[version] as number) >= 0;
      if (by >= 0 && isSeen) isPlaced[by] = 1;
    }
    return isPlaced;
  }

  /** Whether several transactions that happened appended to one list elements that no read shows. */
  #hasOpenTail(isPlaced: Uint8Array): boolean {
    const { writer } = this.#writers;
    return (this.#orders?.tail ?? []).some((elements) => {
      const happened = elements
        .map((element) => writer[element] as number)
        .filter((t) => t >= 0 && isPlaced[t] === 1);
      return new Set(happened).size > 1;
    });
  }
}

const weakerThan: Readonly<Record<Order, readonly Order[]>> = {
  none: [],
  session: ["none"],
  realtime: ["none", "session"],
};

const named = (kind: CycleKind, order: Order): CycleAnomalyKind =>
  order === "none" ? kind : `${kind}-${order}`;
