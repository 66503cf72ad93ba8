/** Explains a cycle: names each edge, and the values that prove it. */
import { type Dependencies, edge, type Evidence } from "./dependencies.ts";
import { lastOf, type TransactionWords } from "./transaction-words.ts";
import { initialVersion, step, type TransactionColumns } from "./transaction-table.ts";
import type { Hop } from "../numbers/digraph.ts";
import type { ListOrders } from "./list-orders.ts";

export class CycleWords {
  readonly #columns: TransactionColumns;
  readonly #words: TransactionWords;
  readonly #dependencies: Dependencies;
  readonly #orders: ListOrders | null;

  constructor({
    columns,
    words,
    dependencies,
    orders,
  }: {
    readonly columns: TransactionColumns;
    readonly words: TransactionWords;
    readonly dependencies: Dependencies;
    readonly orders: ListOrders | null;
  }) {
    this.#columns = columns;
    this.#words = words;
    this.#dependencies = dependencies;
    this.#orders = orders;
  }

  /**
   * The evidence of a hop. If withoutInference made the hop, the number of its edge is inverted by `~`: the first
   * transaction of the hop read a version that the second overwrote.
   */
  evidence({ edge: number }: Hop): Evidence {
    if (number >= 0) return this.#dependencies.evidence(number);
    const inferred = this.#dependencies.evidence(~number);
    const { key, before, after } = inferred;
    const known = this.#words.writerOf(after);
    return { key, before: after, after: before, known, then: this.#words.writerOf(before) };
  }

  /** For each edge of the cycle, in order: why the first transaction comes before the second. */
  edges(hops: readonly Hop[]): string[] {
    const names = new Map(hops.map(({ from }, i) => [from, `T${i + 1}`]));
    return hops.map((hop) => this.#because(hop, (t) => names.get(t) ?? this.#words.name(t)));
  }

  /** A text about the whole cycle, with a short name for each transaction. */
  sentence(hops: readonly Hop[]): string {
    const names = new Map(hops.map(({ from }, i) => [from, `T${i + 1}`]));
    const list = hops.map(({ from }) => `${names.get(from) ?? ""} is ${this.#words.name(from)}`);
    const nameOf = (t: number): string => names.get(t) ?? this.#words.name(t);
    const steps = hops.map(
      (hop) =>
        `${nameOf(hop.from)} comes before ${nameOf(hop.to)}, because ${this.#because(hop, nameOf)}`,
    );
    return `${list.join("; ")}. ${steps.join(". ")}. So each comes before itself.`;
  }

  #because(hop: Hop, nameOf: (t: number) => string): string {
    const { from, to, type } = hop;
    const a = nameOf(from);
    const b = nameOf(to);
    switch (type) {
      case edge.session:
        return `the same process ran ${b} after ${a}`;
      case edge.realtime:
        return `${a} ended before ${b} began`;
      default:
        return this.#data(hop, nameOf);
    }
  }

  #data(hop: Hop, nameOf: (t: number) => string): string {
    const { from, to, type } = hop;
    const { key, before, after } = this.evidence(hop);
    const a = nameOf(from);
    const b = nameOf(to);
    if (key < 0) return `${a} wrote before ${b}`;
    const k = this.#words.key(key);
    const isList = this.#columns.model === "list-append";
    const reason = this.#reason(hop, nameOf);
    switch (type) {
      case edge.wr:
        return `${b} ${this.#read(to, key, after)}, and ${a} wrote ${this.#words.value(after)}`;
      case edge.ww:
        return isList
          ? `${b} appended ${this.#written(to, key, after)} to ${k} after ${this.#words.value(before)}, which ${a} appended`
          : `${a} wrote ${k} before ${b} did`;
      case edge.rw: {
        const wrote = this.#written(to, key, after);
        return isList
          ? `${a} ${this.#read(from, key, before)}, without ${wrote}, which ${b} appended`
          : `${a} ${this.#read(from, key, before)}, which ${b} overwrote with ${wrote}${reason}`;
      }
      default: {
        const other =
          after === initialVersion
            ? "the initial state"
            : `${this.#words.value(after)}, which ${b} wrote`;
        return `${this.#words.value(before)}, which ${a} wrote to ${k}, is older than ${other}${reason}`;
      }
    }
  }

  /** A clause that says why the first version of a hop is older than the second. Empty if reads show that. */
  #reason(hop: Hop, nameOf: (t: number) => string): string {
    const { before, after, known, then } = this.evidence(hop);
    if (known < 0 || then < 0 || known === then) return "";
    const did = (t: number, version: number): string =>
      `${nameOf(t)} ${this.#words.writerOf(version) === t ? "wrote" : "read"} ${this.#words.value(version)}`;
    return ` (${did(known, before)} before ${after === initialVersion ? `${nameOf(then)} read nothing` : did(then, after)})`;
  }

  #read(t: number, key: number, version: number): string {
    const at = this.#readStep(t, key, version);
    return at < 0 ? `read ${this.#words.key(key)}` : this.#words.readOf(at);
  }

  #readStep(t: number, key: number, version: number): number {
    const { firstStep, kind, key: keyOf } = this.#columns;
    for (let at = firstStep[t] as number; at < (firstStep[t + 1] as number); at++)
      if (kind[at] === step.read && keyOf[at] === key && lastOf(this.#columns, at) === version)
        return at;
    return -1;
  }

  /**
   * The value that a transaction wrote to the key. If the version is not known: a value of the transaction that no read
   * shows.
   */
  #written(t: number, key: number, version: number): string {
    if (version >= 0) return this.#words.value(version);
    const { firstStep, kind, key: keyOf, version: versionOf } = this.#columns;
    for (let at = firstStep[t] as number; at < (firstStep[t + 1] as number); at++) {
      const of = versionOf[at] as number;
      if (kind[at] !== step.write || keyOf[at] !== key) continue;
      if (this.#orders === null || this.#orders.place[of] === -1) return this.#words.value(of);
    }
    return "its value";
  }
}
