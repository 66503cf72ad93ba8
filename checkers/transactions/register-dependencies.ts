/**
 * Derives the order of transactions on registers. A read names one version and none of those before it, so most of the
 * order of a key's versions must be inferred.
 *
 * Version v is before version u if a transaction that read or wrote v comes before one that wrote u: the opposite order
 * would be a cycle. Version v is also before u if that transaction comes before one that read u, under levels that
 * forbid reading what a dependency has overwritten. Under read atomic these are direct dependencies; under snapshot
 * isolation and above, all dependencies (B. Tan and others, "Cobra", OSDI 2020; Plume, OOPSLA 2024).
 */
import { type Dependencies, edge, precedes, sessionsOf } from "./dependencies.ts";
import { countBelow } from "../numbers/order.ts";
import { type Touch, touchesOf } from "./touches.ts";
import { initialVersion, outcomes, step, type TransactionColumns } from "./transaction-table.ts";
import type { Base, Order } from "./levels.ts";
import type { Writers } from "./writers.ts";

export class RegisterVersions {
  readonly columns: TransactionColumns;
  readonly writer: Int32Array;
  readonly touches: readonly (readonly Touch[])[];
  /** For each version, the transactions that read it before they wrote its key. */
  readonly readers: readonly (readonly number[])[];
  /** For each key, the transactions that read its initial state before they wrote it. */
  readonly initialReaders: readonly (readonly number[])[];
  /** For each key, the versions that were the last write to the key in their transaction. */
  readonly versions: readonly (readonly number[])[];

  constructor(columns: TransactionColumns, { writer }: Writers) {
    this.columns = columns;
    this.writer = writer;
    this.touches = touchesOf(columns);
    const readers: number[][] = columns.values.map(() => []);
    const initialReaders: number[][] = columns.keys.map(() => []);
    const versions: number[][] = columns.keys.map(() => []);
    for (const { t, key, found, left } of this.touches.flat()) {
      if (found === initialVersion) initialReaders[key]?.push(t);
      else if (found !== undefined) readers[found]?.push(t);
      if (left !== undefined && writer[left] === t) versions[key]?.push(left);
    }
    this.readers = readers;
    this.initialReaders = initialReaders;
    this.versions = versions;
  }

  writerOf(version: number): number {
    return version < 0 ? -1 : (this.writer[version] as number);
  }
}

/** Adds the edges between transactions on registers that the level implies. */
export function addRegisterDependencies(
  dependencies: Dependencies,
  versions: RegisterVersions,
  { base, order }: { readonly base: Base; readonly order: Order },
): void {
  const inference = new Inference(dependencies, versions, base);
  inference.reads();
  if (base === "read-committed") return;
  inference.ownReads();
  inference.dependedOn();
  if (order !== "none") inference.sessions();
  if (order === "realtime") inference.realTime();
}

/**
 * Why `before` is an older version than `after`: the transaction `known`, which read or wrote `before`, comes before
 * the transaction `then`, which read or wrote `after`.
 */
interface Later {
  readonly key: number;
  readonly before: number;
  readonly after: number;
  readonly known: number;
  readonly then: number;
}

class Inference {
  readonly #dependencies: Dependencies;
  readonly #versions: RegisterVersions;
  /**
   * Whether dependencies of dependencies count too, and reads of overwritten versions. True for snapshot isolation and
   * above.
   */
  readonly #isTransitive: boolean;
  /** A node that stands for the writer of all initial versions. −1: the level does not need one. */
  readonly #initial: number;

  constructor(dependencies: Dependencies, versions: RegisterVersions, base: Base) {
    this.#dependencies = dependencies;
    this.#versions = versions;
    this.#isTransitive = base === "snapshot-isolation" || base === "serializable";
    this.#initial = base === "read-atomic" ? dependencies.node() : -1;
    if (this.#initial < 0) return;
    const { size } = versions.columns;
    for (let t = 0; t < size; t++) dependencies.edge(this.#initial, t, edge.ww);
  }

  reads(): void {
    const { columns, writer, initialReaders, versions } = this.#versions;
    const { size, firstStep, kind, key, version, outcome } = columns;
    for (let t = 0; t < size; t++) {
      if (outcome[t] !== outcomes.ok) continue;
      for (let at = firstStep[t] as number; at < (firstStep[t + 1] as number); at++) {
        const of = version[at] as number;
        if (kind[at] !== step.read || of === initialVersion) continue;
        const from = writer[of] as number;
        if (from >= 0 && from !== t)
          this.#dependencies.edge(from, t, edge.wr, {
            key: key[at] as number,
            before: of,
            after: of,
          });
      }
    }
    if (!this.#isTransitive) return;
    for (const [key, readers] of initialReaders.entries()) {
      const writers = (versions[key] ?? []).map((of) => writer[of] as number);
      this.#dependencies.toAllOthers(readers, writers, edge.rw, { key, before: initialVersion });
    }
  }

  /** The version that a transaction read first is older than the version that it wrote last. */
  ownReads(): void {
    for (const { t, key, found, left } of this.#versions.touches.flat())
      if (found !== undefined && left !== undefined)
        this.#later({ key, before: found, after: left, known: t, then: t }, true);
  }

  /**
   * If a transaction read from another one, each version that the other wrote is not newer than what the transaction
   * read of that key.
   */
  dependedOn(): void {
    const { columns, touches } = this.#versions;
    const foundAt = new Map<number, number>();
    for (let t = 0; t < columns.size; t++) {
      const mine = touches[t] as readonly Touch[];
      const sources = new Set<number>();
      foundAt.clear();
      for (const { key, found } of mine) {
        if (found === undefined) continue;
        foundAt.set(key, found);
        const from = this.#versions.writerOf(found);
        if (from >= 0 && from !== t) sources.add(from);
      }
      if (foundAt.size < 2) continue;
      for (const from of sources)
        for (const { key, left } of touches[from] as readonly Touch[]) {
          const after = foundAt.get(key);
          if (left !== undefined && after !== undefined && after !== left)
            this.#later({ key, before: left, after, known: from, then: t }, false);
        }
    }
  }

  sessions(): void {
    const { columns, touches } = this.#versions;
    for (const session of sessionsOf(columns)) {
      const last = new Map<number, { readonly t: number; readonly version: number }>();
      for (const t of session) {
        const mine = touches[t] as readonly Touch[];
        for (const { key, found, left } of mine) {
          const before = last.get(key);
          const after = found ?? left;
          if (before === undefined || after === undefined || before.version === after) continue;
          if (precedes(columns, before.t, t))
            this.#later(
              { key, before: before.version, after, known: before.t, then: t },
              found === undefined,
            );
        }
        if (columns.outcome[t] !== outcomes.ok) continue;
        for (const { key, found, left } of mine) {
          const version = left ?? (this.#isTransitive ? found : undefined);
          if (version !== undefined) last.set(key, { t, version });
        }
      }
    }
  }

  /**
   * Infers the order of versions from real time. Each version has two times: F, the earliest end of a transaction that
   * shows it, and S, the latest start of a transaction that used it. If F(v) < S(u), v is older than u.
   */
  realTime(): void {
    const { columns, versions, initialReaders } = this.#versions;
    for (const key of columns.keys.keys()) {
      const of = [...(versions[key] ?? [])];
      // Snapshot isolation and above have edges from the readers of the initial version, which put that version first.
      // Read atomic has none.
      if (!this.#isTransitive && (initialReaders[key]?.length ?? 0) > 0) of.push(initialVersion);
      this.#realTimeOf(
        key,
        of.map((version) => this.#zone(key, version)),
      );
    }
  }

  #zone(key: number, version: number): Zone {
    const { columns, readers, initialReaders } = this.#versions;
    const { invoke, end } = columns;
    const writer = this.#versions.writerOf(version);
    const zone = { version, first: Infinity, known: -1, last: -Infinity, then: -1, writer };
    const touch = (t: number, isKnown: boolean): void => {
      if (isKnown && (end[t] as number) < zone.first) {
        zone.first = end[t] as number;
        zone.known = t;
      }
      if ((invoke[t] as number) > zone.last) {
        zone.last = invoke[t] as number;
        zone.then = t;
      }
    };
    if (writer >= 0) touch(writer, true);
    const from = version === initialVersion ? initialReaders[key] : readers[version];
    for (const t of from ?? []) touch(t, this.#isTransitive);
    return zone;
  }

  /**
   * Adds the order of a key's versions by their times. A pair v and u is left out if its order follows from two others:
   * v is older than the version with the largest S, and that version is older than u.
   */
  #realTimeOf(key: number, zones: Zone[]): void {
    zones.sort((a, b) => a.first - b.first);
    const firsts = Float64Array.from(zones, ({ first }) => first);
    const best = new Int32Array(zones.length);
    const second = new Int32Array(zones.length);
    let top = -1;
    let next = -1;
    for (const [i, { last }] of zones.entries()) {
      if (top < 0 || last > (zones[top] as Zone).last) {
        next = top;
        top = i;
      } else if (next < 0 || last > (zones[next] as Zone).last) next = i;
      best[i] = top;
      second[i] = next;
    }
    for (const [i, u] of zones.entries()) {
      const prefix = countBelow(firsts, u.last);
      if (prefix === 0) continue;
      const largest = best[prefix - 1] === i ? second[prefix - 1] : best[prefix - 1];
      const chosen = zones[largest as number];
      if (chosen === undefined) continue;
      this.#zonesLater(key, chosen, u);
      for (let at = prefix - 1; at >= 0 && (firsts[at] as number) >= chosen.last; at--)
        if (at !== i && at !== largest) this.#zonesLater(key, zones[at] as Zone, u);
    }
  }

  #zonesLater(key: number, v: Zone, u: Zone): void {
    const { invoke } = this.#versions.columns;
    const isWritten = u.writer >= 0 && v.first < (invoke[u.writer] as number);
    this.#later(
      {
        key,
        before: v.version,
        after: u.version,
        known: v.known,
        then: isWritten ? u.writer : u.then,
      },
      isWritten,
    );
  }

  /**
   * Adds the edges that follow from `before` being older than `after`.
   * @param isWritten Whether edges already lead from `before` to the writer of `after`, so that another edge between
   * the two writers would add nothing.
   */
  #later({ key, before, after, known, then }: Later, isWritten: boolean): void {
    const from = this.#versions.writerOf(before);
    const to = after === initialVersion ? this.#initial : this.#versions.writerOf(after);
    if (to < 0) return;
    const evidence = { key, before, after, known, then };
    if (!isWritten && from >= 0 && from !== to)
      this.#dependencies.edge(from, to, edge.inferred, evidence);
    if (!this.#isTransitive || before === initialVersion) return;
    for (const reader of this.#versions.readers[before] ?? [])
      if (reader !== to) this.#dependencies.edge(reader, to, edge.rw, evidence);
  }
}

interface Zone {
  readonly version: number;
  /** F: the time by which the version certainly existed. `known` is the transaction that shows this. */
  readonly first: number;
  readonly known: number;
  /** S: the time at which the last transaction that used the version began. `then` is that transaction. */
  readonly last: number;
  readonly then: number;
  readonly writer: number;
}
