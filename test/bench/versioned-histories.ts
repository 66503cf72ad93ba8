/** Histories of a store that behaves as one copy, as events with versions: for whole checkers. */
import { orderOf } from "../../checkers/order.ts";
import type { HistoryEvent, RunEvent, VersionedValue, VersionKind, VersionVector } from "../../checkers/index.ts";
import { Random } from "../../harness/sim/random.ts";

export interface VersionedShape {
  readonly operations: number;
  readonly keys: number;
  readonly clients: number;
  readonly versions: VersionKind;
}

interface Timed {
  readonly op: number;
  readonly client: number;
  readonly key: string;
  readonly f: "read" | "write";
  readonly startUs: number;
  readonly effectUs: number;
  readonly endUs: number;
}

interface Held {
  versions: readonly VersionedValue[];
  context: VersionVector;
}

/** Each client works alone on its turn; under siblings, a write carries the context of its client's last read of the key. */
export function versionedHistory({ operations, keys, clients, versions }: VersionedShape): HistoryEvent[] {
  const timed = timesOf(operations, keys, clients);
  const held = new Map<string, Held>();
  const lastRead = new Map<string, { readonly op: number; readonly context: VersionVector }>();
  const events: HistoryEvent[] = [];
  for (const index of orderOf(Float64Array.from(timed, ({ effectUs }) => effectUs))) {
    const { op, client, key, f, startUs, endUs } = timed[index] as Timed;
    const at = held.get(key) ?? { versions: [], context: {} };
    const seen = lastRead.get(`${client} ${key}`);
    const asks = { e: "invoke", atUs: startUs, op, client: `c${client}`, process: client, node: "n1", f, key } as const;
    if (f === "read") {
      lastRead.set(`${client} ${key}`, { op, context: at.context });
      events.push(asks, { e: "ok", atUs: endUs, op, versions: at.versions, ...(versions === "siblings" ? { context: at.context } : {}) });
      continue;
    }
    const counter = (at.context["a"] ?? 0) + 1;
    const version = versions === "stamps" ? String(counter).padStart(9, "0") : `a:${counter}`;
    const mine = { version, value: `v${op}` };
    const stands = versions === "stamps" ? [] : at.versions.filter(({ version: dot }) => Number(dot.slice(2)) > (seen?.context["a"] ?? 0));
    held.set(key, { versions: [...stands, mine], context: { a: counter } });
    events.push({ ...asks, value: mine.value, ...(versions === "siblings" && seen !== undefined ? { contextOf: seen.op } : {}) }, { e: "ok", atUs: endUs, op, versions: [mine], ...(versions === "siblings" ? { context: { a: counter } } : {}) });
  }
  const order = orderOf(Float64Array.from(events, (event) => ("atUs" in event ? event.atUs : 0)));
  return [runOf(keys, versions), ...Array.from(order, (index) => events[index] as HistoryEvent), { e: "end", atUs: 1e12 }];
}

function timesOf(operations: number, keys: number, clients: number): Timed[] {
  const random = new Random(operations, "versioned");
  const free = new Float64Array(clients);
  return Array.from({ length: operations }, (_, op) => {
    const client = op % clients;
    const startUs = (free[client] as number) + random.between(1, 100);
    const effectUs = startUs + random.between(1, 1_000);
    const endUs = effectUs + random.between(1, 1_000);
    free[client] = endUs;
    // Reads more often than writes, so that siblings do not pile up.
    return { op, client, key: `k${random.between(0, keys - 1)}`, f: random.oneIn(3) ? "write" : "read", startUs, effectUs, endUs };
  });
}

function runOf(keys: number, versions: VersionKind): RunEvent {
  return {
    e: "run", format: "quorate-history/1", on: "sim", nodes: ["n1"], versions, n: 1, r: 1, w: 1,
    preference: Object.fromEntries(Array.from({ length: keys }, (_, key) => [`k${key}`, ["n1"]])),
    promised: versions === "stamps" ? ["linearizable"] : ["siblings-1", "siblings-2"], claimed: [],
    bounds: { convergeUs: 1_000_000, skewUs: 0, reconnectUs: 100_000 }, stamps: versions === "stamps" ? "quorum" : "none",
    repair: { read: "off", antiEntropy: false }, evidence: false,
  };
}
