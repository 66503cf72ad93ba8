/**
 * Generates histories of a store that behaves like a single copy, except for one wrong read of each key if the shape
 * asks for it. Each client sends its next request after the last one was answered, and 1 % of the writes are
 * indeterminate.
 */
import { isRead, isWrite, type OperationTable } from "../../checkers/columnar/operation-table.ts";
import { ModelBuilder, type Model } from "../../checkers/model/model.ts";
import { orderOf } from "../../checkers/numbers/order.ts";
import type { HistoryEvent, RunEvent, VersionKind } from "../../checkers/index.ts";
import { Random } from "../../harness/platforms/simulator/random.ts";

export interface Shape {
  readonly operations: number;
  readonly keys: number;
  readonly clients: number;
  readonly versions: VersionKind;
  /**
   * Whether one read of each key is wrong: it returns a value that was overwritten some writes earlier, or misses a
   * sibling.
   */
  readonly broken: boolean;
}

interface Held {
  /** The operations whose values the key has now. */
  standing: number[];
  writes: number;
  past: number[];
  toBreak: number;
}

/** All operations of a history, before they become rows of a table. */
interface Drawn {
  readonly startUs: Float64Array;
  readonly endUs: Float64Array;
  readonly key: Int32Array;
  readonly write: Uint8Array;
  /**
   * For a write, its number among the writes of its key. For a read, the number of writes of its key that its context
   * covers.
   */
  readonly number: Int32Array;
  /** For each read, the write operations whose versions it returned. For each write, the write itself. */
  readonly returned: (readonly number[] | undefined)[];
  /** For a write, the read whose context it carries. −1: none. */
  readonly contextOf: Int32Array;
}

/** The model of a history with this shape, made without the history's text. */
export function modelFor(shape: Shape): Model {
  const builder = new ModelBuilder();
  builder.add(runOf(shape));
  fill(builder.table, shape, draw(shape));
  builder.add({ e: "end", atUs: 1e12 });
  return builder.finish();
}

/** The events of a history with this shape. */
export function* eventsFor(shape: Shape): Generator<HistoryEvent> {
  const { clients, versions } = shape;
  const { startUs, endUs, key, write, number, returned, contextOf } = draw(shape);
  yield runOf(shape);
  for (const at of timeline(startUs, endUs)) {
    const op = at >>> 1;
    const name = `k${key[op]}`;
    if ((at & 1) === 0) {
      // Has the fields in the order in which runs write them.
      const by = {
        e: "invoke",
        atUs: startUs[op] as number,
        op,
        client: `c${op % clients}`,
        process: op % clients,
        node: "n1",
      } as const;
      const carried = (contextOf[op] as number) < 0 ? {} : { contextOf: contextOf[op] as number };
      yield write[op] === 1
        ? { ...by, f: "write", key: name, value: `v${op}`, ...carried }
        : { ...by, f: "read", key: name };
      continue;
    }
    const shown = (returned[op] ?? []).map((by) => ({
      version: versionName(versions, number[by] as number),
      value: `v${by}`,
    }));
    yield {
      e: "ok",
      atUs: endUs[op] as number,
      op,
      versions: shown,
      ...(versions === "siblings" ? { context: { "n1.1": number[op] as number } } : {}),
    };
  }
  yield { e: "end", atUs: 1e12 };
}

function fill(
  table: OperationTable,
  { clients, versions }: Shape,
  { startUs, endUs, key, write, number, returned, contextOf }: Drawn,
): void {
  const node = table.nodes.ofText("n1");
  const actors = versions === "siblings" ? [table.actors.ofText("n1.1")] : [];
  for (const at of timeline(startUs, endUs)) {
    const op = at >>> 1;
    if ((at & 1) === 0) {
      const of = table.keys.ofText(`k${key[op]}`);
      const value = write[op] === 1 ? table.values.ofText(`v${op}`, of) : -1;
      const client = table.clients.ofText(`c${op % clients}`);
      table.invoke({
        atUs: startUs[op] as number,
        op,
        client,
        process: op % clients,
        node,
        f: write[op] === 1 ? isWrite : isRead,
        key: of,
        value,
        r: -1,
        w: -1,
        contextOf: contextOf[op] as number,
        final: 0,
      });
      continue;
    }
    const row = table.rowOf(op);
    const of = table.key[row] as number;
    const shown = returned[op] ?? [];
    table.succeed(row, endUs[op] as number, {
      size: shown.length,
      versions: shown.map((by) =>
        table.versions.ofText(versionName(versions, number[by] as number), of),
      ),
      values: shown.map((by) => table.values.ofText(`v${by}`, of)),
      entries: versions === "siblings" ? 1 : -1,
      actors,
      counters: actors.map(() => number[op] as number),
    });
  }
}

const versionName = (versions: VersionKind, number: number): string =>
  versions === "stamps" ? `${String(number).padStart(16, "0")}.n1.000001.000001` : `n1.1:${number}`;

/**
 * The starts and ends of all operations in the order of time: 2 · op for a start, and 2 · op + 1 for an end.
 * Indeterminate operations have no end.
 */
function timeline(startUs: Float64Array, endUs: Float64Array): Int32Array {
  const times = new Float64Array(2 * startUs.length);
  for (let op = 0; op < startUs.length; op++) {
    times[2 * op] = startUs[op] as number;
    times[2 * op + 1] = endUs[op] as number;
  }
  return orderOf(times).filter((at) => times[at] !== Infinity);
}

function draw({ operations, keys, clients, versions, broken }: Shape): Drawn {
  const random = new Random(operations + 31 * keys + 7 * clients, "histories");
  const startUs = new Float64Array(operations);
  const endUs = new Float64Array(operations);
  const effectUs = new Float64Array(operations);
  const key = new Int32Array(operations);
  const write = new Uint8Array(operations);
  const free = new Float64Array(clients);
  for (let op = 0; op < operations; op++) {
    // Clients take turns, since their operations take about the same time.
    const client = op % clients;
    const from = Math.max(
      (free[client] as number) + random.between(1, 100),
      op > 0 ? (startUs[op - 1] as number) : 0,
    );
    startUs[op] = from;
    endUs[op] = from + random.between(200, 2_000);
    effectUs[op] = random.between(from, endUs[op] as number);
    free[client] = endUs[op] as number;
    key[op] = random.between(0, keys - 1);
    write[op] = random.oneIn(versions === "stamps" ? 2 : 3) ? 1 : 0;
  }
  const number = new Int32Array(operations);
  const contextOf = new Int32Array(operations).fill(-1);
  const returned: (readonly number[] | undefined)[] = new Array(operations);
  const held = Array.from({ length: keys }, (): Held => ({
    standing: [],
    writes: 0,
    past: [],
    toBreak: broken ? Math.floor(operations / keys / 4) : -1,
  }));
  const lastRead = new Map<number, number>();
  for (const op of orderOf(effectUs)) {
    const of = held[key[op] as number] as Held;
    const client = (op % clients) * keys + (key[op] as number);
    const seen = versions === "siblings" ? lastRead.get(client) : undefined;
    // If the client's last read of the key has not ended by then, the write has no context.
    const source =
      seen !== undefined && (endUs[seen] as number) < (startUs[op] as number) ? seen : undefined;
    // Blind writes are rare, since they increase the number of siblings.
    if (versions === "siblings" && source === undefined && of.writes > 0 && !random.oneIn(100))
      write[op] = 0;
    if (write[op] === 1) {
      number[op] = ++of.writes;
      if (source !== undefined) contextOf[op] = source;
      of.standing =
        versions === "stamps"
          ? [op]
          : [
              ...of.standing.filter(
                (one) =>
                  (number[one] as number) > (source === undefined ? 0 : (number[source] as number)),
              ),
              op,
            ];
      of.past.push(op);
      returned[op] = [op];
      if (random.oneIn(100)) endUs[op] = Infinity;
      continue;
    }
    number[op] = of.writes;
    const breaks = of.toBreak >= 0 && of.writes > of.toBreak && of.standing.length > 0;
    if (breaks) of.toBreak = -1;
    returned[op] = !breaks
      ? of.standing
      : versions === "stamps"
        ? of.past.slice(-100, -99)
        : of.standing.slice(1);
    if (!breaks) lastRead.set(client, op);
  }
  return { startUs, endUs, key, write, number, returned, contextOf };
}

const runOf = ({ keys, versions }: Shape): RunEvent => ({
  e: "run",
  format: "quorate-history/2",
  target: { name: "bundled", version: "0", settings: {} },
  on: "sim",
  workload: versions === "stamps" ? "register" : "siblings",
  capabilities: { versions, inspection: true, evidence: false },
  nodes: ["n1"],
  n: 1,
  r: 1,
  w: 1,
  preference: Object.fromEntries(Array.from({ length: keys }, (_, key) => [`k${key}`, ["n1"]])),
  promised: versions === "stamps" ? ["linearizable"] : ["siblings-1", "siblings-2"],
  claimed: [],
  bounds: { convergeUs: 1_000_000, skewUs: 0, reconnectUs: 100_000 },
  stamps: versions === "stamps" ? "quorum" : "none",
  repair: { read: "off", antiEntropy: false },
});
