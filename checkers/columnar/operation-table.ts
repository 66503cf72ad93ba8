/**
 * A history's operations as columns of numbers, built event by event. Each operation is a row, in the order of
 * invocations. Names are replaced by their numbers. A row takes about a hundred bytes, where objects and strings would
 * take a thousand. operation-view.ts shows rows as Operations.
 */
import { HistoryError } from "../language/history-error.ts";
import { grown } from "./growing-array.ts";
import { Names } from "./numbered-names.ts";
import type {
  FailEvent,
  HistoryEvent,
  InvokeEvent,
  Json,
  OkEvent,
  VersionedValue,
  VersionVector,
} from "../language/history.ts";

/** The names of the functions 0, 1 and 2 in column `f`. A table gives other functions the next numbers. */
export const functions = ["read", "write", "delete"] as const;
export const isRead = 0;
export const isWrite = 1;
export const isDelete = 2;

/** The values of column `outcome`. An operation that stays open counts as indeterminate. */
export const isOpen = 0;
export const isOk = 1;
export const isFail = 2;
export const isInfo = 3;

/** An invocation as numbers. In an optional field, −1 means that the field is absent. */
export interface InvokeRow {
  atUs: number;
  op: number;
  client: number;
  process: number;
  node: number;
  f: number;
  key: number;
  value: number;
  r: number;
  w: number;
  contextOf: number;
  final: number;
}

/**
 * The result of an operation as numbers: the first `size` elements of `versions` and `values` (a value of −1 is a
 * tombstone), and the first `entries` elements of `actors` and `counters`, which are the context (`entries` is −1
 * without a context). The arrays may be longer, since the line reader uses them again.
 */
export interface Returned {
  readonly size: number;
  readonly versions: readonly number[];
  readonly values: readonly number[];
  readonly entries: number;
  readonly actors: readonly number[];
  readonly counters: readonly number[];
}

/**
 * An operation with this number `op` or a higher one does not enlarge the array of rows: unless the array is long
 * enough already, the operation's row goes into a map.
 */
const mostDense = 1 << 24;

export class OperationTable {
  readonly clients = new Names();
  readonly nodes = new Names();
  readonly keys = new Names();
  /** Values and versions are numbered separately for each key, so that each number belongs to one key. */
  readonly values = new Names();
  readonly versions = new Names();
  readonly actors = new Names();

  count = 0;
  op = new Float64Array(64);
  startUs = new Float64Array(64);
  /** The time of the completion. Infinity: the operation is still open. */
  endUs = new Float64Array(64);
  client = new Int32Array(64);
  process = new Float64Array(64);
  node = new Int32Array(64);
  key = new Int32Array(64);
  f = new Uint8Array(64);
  outcome = new Uint8Array(64);
  final = new Uint8Array(64);
  /** The number of the value that a write wrote. −1: the operation is no write, or its value is absent. */
  value = new Int32Array(64);
  /** The number `op` of the operation whose context a write carried. −1: none. */
  contextOf = new Float64Array(64);
  /** The index at which a row's versions begin in `version` and `versionValue`. `versionCount` is their number. */
  firstVersion = new Int32Array(64);
  versionCount = new Int32Array(64);
  version = new Int32Array(64);
  versionValue = new Int32Array(64);
  /**
   * The index at which a row's context begins in `actor` and `counter`. `actorCount` is the number of its entries, or
   * −1 if there is no context.
   */
  firstActor = new Int32Array(64);
  actorCount = new Int32Array(64);
  actor = new Int32Array(64);
  counter = new Float64Array(64);

  #versionsUsed = 0;
  #actorsUsed = 0;
  /** For each operation number `op`, the operation's row plus one. 0: there is no such operation. */
  #dense = new Int32Array(64);
  readonly #sparse = new Map<number, number>();
  /** The fields `r` and `w` of invocations that have them, by row. */
  readonly r = new Map<number, number>();
  readonly w = new Map<number, number>();
  /** The fields `pr`, `pw` and `dw` of an invocation, by row. The line reader refuses lines that have them. */
  readonly further = new Map<number, Pick<InvokeEvent, "pr" | "pw" | "dw">>();
  readonly errors = new Map<number, FailEvent>();
  /** The arguments and results of operations of workloads other than registers and siblings, by row. */
  readonly args = new Map<number, Json>();
  readonly results = new Map<number, Json>();
  readonly #functions: string[] = [...functions];

  /** The name of the function with this number. */
  functionName(f: number): string {
    return this.#functions[f] ?? "?";
  }

  /** The row of an operation, or −1 if there is no such operation. */
  rowOf(op: number): number {
    return op < this.#dense.length ? (this.#dense[op] as number) - 1 : (this.#sparse.get(op) ?? -1);
  }

  /** Adds an operation. No earlier operation may have its number `op`. */
  invoke(from: InvokeRow): void {
    const row = this.count++;
    if (row === this.op.length) this.#grow(row + 1);
    this.op[row] = from.op;
    this.startUs[row] = from.atUs;
    this.endUs[row] = Infinity;
    this.client[row] = from.client;
    this.process[row] = from.process;
    this.node[row] = from.node;
    this.key[row] = from.key;
    this.f[row] = from.f;
    this.outcome[row] = isOpen;
    this.final[row] = from.final;
    this.value[row] = from.value;
    this.contextOf[row] = from.contextOf;
    this.actorCount[row] = -1;
    if (from.r >= 0) this.r.set(row, from.r);
    if (from.w >= 0) this.w.set(row, from.w);
    this.#remember(from.op, row);
  }

  /** Completes an operation as successful. The operation must be open and must have begun at `atUs` or earlier. */
  succeed(
    row: number,
    atUs: number,
    { size, versions, values, entries, actors, counters }: Returned,
  ): void {
    this.endUs[row] = atUs;
    this.outcome[row] = isOk;
    const first = this.#versionsUsed;
    this.version = grown(this.version, first + size);
    this.versionValue = grown(this.versionValue, first + size);
    for (let i = 0; i < size; i++) {
      this.version[first + i] = versions[i] as number;
      this.versionValue[first + i] = values[i] as number;
    }
    this.firstVersion[row] = first;
    this.versionCount[row] = size;
    this.#versionsUsed += size;
    if (entries < 0) return;
    const firstActor = this.#actorsUsed;
    this.actor = grown(this.actor, firstActor + entries);
    this.counter = grown(this.counter, firstActor + entries);
    for (let i = 0; i < entries; i++) {
      this.actor[firstActor + i] = actors[i] as number;
      this.counter[firstActor + i] = counters[i] as number;
    }
    this.firstActor[row] = firstActor;
    this.actorCount[row] = entries;
    this.#actorsUsed += entries;
  }

  /**
   * Adds the invocation or completion of an operation. Ignores all other events. Throws HistoryError if the event
   * contradicts earlier ones.
   */
  add(event: HistoryEvent): void {
    switch (event.e) {
      case "invoke":
        return this.#addInvoke(event);
      case "ok": {
        const row = this.#completed(event);
        if (event.result !== undefined) this.results.set(row, event.result);
        return this.succeed(row, event.atUs, this.#returned(event, this.key[row] as number));
      }
      case "fail":
      case "info": {
        const row = this.#completed(event);
        this.endUs[row] = event.atUs;
        this.outcome[row] = event.e === "fail" ? isFail : isInfo;
        this.errors.set(row, event);
        return;
      }
      default:
        return;
    }
  }

  versionsOf(row: number): VersionedValue[] {
    const first = this.firstVersion[row] as number;
    return Array.from({ length: this.versionCount[row] as number }, (_, i) => {
      const value = this.versionValue[first + i] as number;
      return {
        version: this.versions.textOf(this.version[first + i] as number),
        value: value < 0 ? null : this.values.textOf(value),
      };
    });
  }

  contextAt(row: number): VersionVector | undefined {
    const size = this.actorCount[row] as number;
    if (size < 0) return undefined;
    const first = this.firstActor[row] as number;
    return Object.fromEntries(
      Array.from({ length: size }, (_, i) => [
        this.actors.textOf(this.actor[first + i] as number),
        this.counter[first + i] as number,
      ]),
    );
  }

  #addInvoke(event: InvokeEvent): void {
    if (this.rowOf(event.op) >= 0)
      throw new HistoryError(
        "repeated-operation",
        "an op number that was not used before",
        `op ${event.op} again`,
      );
    const key = this.keys.ofText(event.key);
    if (event.pr !== undefined || event.pw !== undefined || event.dw !== undefined)
      this.further.set(this.count, event);
    if (event.args !== undefined) this.args.set(this.count, event.args);
    this.invoke({
      atUs: event.atUs,
      op: event.op,
      process: event.process,
      key,
      client: this.clients.ofText(event.client),
      node: this.nodes.ofText(event.node),
      f: this.#functionNumber(event.f),
      value:
        event.f === "write" && event.value !== undefined
          ? this.values.ofText(event.value, key)
          : -1,
      r: event.r ?? -1,
      w: event.w ?? -1,
      contextOf: event.contextOf ?? -1,
      final: event.final === true ? 1 : 0,
    });
  }

  /**
   * The row of the operation that the event completes. Throws HistoryError if that operation is not open or began
   * later.
   */
  #completed(event: OkEvent | FailEvent): number {
    const row = this.rowOf(event.op);
    if (row < 0 || this.outcome[row] !== isOpen)
      throw new HistoryError(
        "no-open-operation",
        `an operation that was invoked and is still open`,
        `${event.e} of op ${event.op}, which is not open`,
      );
    const startUs = this.startUs[row] as number;
    if (event.atUs < startUs)
      throw new HistoryError(
        "time-runs-backwards",
        `the completion of op ${event.op} at ${startUs} µs, its start, or later`,
        String(event.atUs),
      );
    return row;
  }

  #functionNumber(name: string): number {
    const known = this.#functions.indexOf(name);
    if (known >= 0) return known;
    if (this.#functions.length > 255)
      throw new HistoryError("bad-structure", "at most 256 kinds of operation", name);
    return this.#functions.push(name) - 1;
  }

  /**
   * The result of a successful operation as numbers. If a value has no version, the value itself serves as its version,
   * since values of a key are unique.
   */
  #returned({ versions = [], context }: OkEvent, key: number): Returned {
    const actors = Object.keys(context ?? {});
    return {
      size: versions.length,
      entries: context === undefined ? -1 : actors.length,
      versions: versions.map(({ version, value }) =>
        this.versions.ofText(version ?? value ?? "", key),
      ),
      values: versions.map(({ value }) => (value === null ? -1 : this.values.ofText(value, key))),
      actors: actors.map((actor) => this.actors.ofText(actor)),
      counters: actors.map((actor) => context?.[actor] ?? 0),
    };
  }

  #remember(op: number, row: number): void {
    // An operation number far above the number of rows goes into the map, so that the array does not become large for
    // few rows.
    if (op < mostDense && op < 16 * (row + 64)) {
      if (op >= this.#dense.length) {
        this.#dense = grown(this.#dense, op + 1);
        for (const [known, at] of this.#sparse)
          if (known < this.#dense.length) this.#dense[known] = at + 1;
      }
      this.#dense[op] = row + 1;
    } else if (op < this.#dense.length) this.#dense[op] = row + 1;
    else this.#sparse.set(op, row);
  }

  #grow(size: number): void {
    this.op = grown(this.op, size);
    this.startUs = grown(this.startUs, size);
    this.endUs = grown(this.endUs, size);
    this.client = grown(this.client, size);
    this.process = grown(this.process, size);
    this.node = grown(this.node, size);
    this.key = grown(this.key, size);
    this.f = grown(this.f, size);
    this.outcome = grown(this.outcome, size);
    this.final = grown(this.final, size);
    this.value = grown(this.value, size);
    this.contextOf = grown(this.contextOf, size);
    this.firstVersion = grown(this.firstVersion, size);
    this.versionCount = grown(this.versionCount, size);
    this.firstActor = grown(this.firstActor, size);
    this.actorCount = grown(this.actorCount, size);
  }
}
