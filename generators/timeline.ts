/**
 * A rough forecast of a plan: when operations would begin, and how likely each is to find its quorum. It only guides
 * how plans are drawn, mutated and shrunk, and orders the printed steps. No verdict depends on it.
 */
import type { Effect } from "./faults/fault-kind.ts";
import { type Kinds, kindOf } from "./kinds.ts";
import { keyName, type Plan, type PlannedFault, type PlannedOperation } from "./plan.ts";
import type { ClusterFacts } from "./target.ts";
import type { Workload } from "./workloads/workload.ts";

const nominalLatencyMs = 5;

/** The times at which operations would begin if no operation took any time, in ms. */
export function nominalStartsMs(operations: readonly PlannedOperation[]): number[] {
  const nowMs = new Map<number, number>();
  return operations.map(({ client, afterMs }) => {
    const startMs = (nowMs.get(client) ?? 0) + afterMs;
    nowMs.set(client, startMs);
    return startMs;
  });
}

export interface Forecast {
  readonly facts: ClusterFacts;
  readonly workload: Workload;
  readonly kinds: Kinds;
  readonly operations: readonly PlannedOperation[];
  readonly named: Pick<Plan, "keyNames">;
}

/** Expected shares, from 0 to 1, of operations that find a quorum. */
export interface Shares {
  /** The shares of all operations and of writes, averaged over all keys that an operation could have. */
  readonly all: number;
  readonly writes: number;
  /** The smaller one of the shares of writes and of other operations, by the replicas of the keys that they have. */
  readonly byKey: number;
}

/**
 * Makes a function that forecasts which shares of the operations and of the writes find a quorum under the given
 * faults. The forecast is pessimistic about the end of a fault, which counts until its links should be open again. It
 * treats a fault with a trigger as one that begins at `atMs`.
 */
export function createForecast(forecast: Forecast): (faults: readonly PlannedFault[]) => Shares {
  const { facts, workload, kinds, operations, named } = forecast;
  const ownersOf = new Map<number, readonly number[]>();
  const asked = operations.map((operation) => {
    const writes = workload.operations[operation.f]?.writes ?? false;
    const { overRegister } = workload;
    const heard = overRegister === undefined ? operation.f : writes ? "write" : "read";
    const owners = ownersOf.get(operation.key) ?? facts.replicasOf(keyName(operation.key, named));
    ownersOf.set(operation.key, owners);
    return { operation, needed: facts.needed({ ...operation, f: heard }), writes, owners };
  });
  return (faults) => {
    const spans = faults.map((planned) => ({
      fromMs: planned.atMs,
      toMs: clearMs(planned, facts),
      effects: kindOf(kinds, planned.fault).effects(planned.fault, facts),
    }));
    const dead = spans.flatMap(({ fromMs, effects }, index) =>
      deadNodes(kinds, faults[index], effects).map((node) => ({ node, fromMs })),
    );
    const nowMs = new Map<number, number>();
    const sums = { all: 0, writes: 0, expected: 0, expectedWrites: 0, found: 0, foundWrites: 0 };
    for (const one of asked) {
      const { client, afterMs } = one.operation;
      const startMs = (nowMs.get(client) ?? 0) + afterMs;
      const active = spans.filter(({ fromMs, toMs }) => fromMs <= startMs && startMs < toMs);
      const { chance, isFound } = quorum(
        facts,
        one,
        active,
        dead.filter(({ fromMs }) => fromMs <= startMs).map(({ node }) => node),
      );
      sums.all++;
      sums.expected += chance;
      if (isFound) sums.found++;
      if (one.writes) {
        sums.writes++;
        sums.expectedWrites += chance;
        if (isFound) sums.foundWrites++;
      }
      // Failed operations are assumed to be short too, since a refusal is immediate. If each took a timeout, the
      // forecast would skip the time of the fault after only a few operations.
      nowMs.set(client, startMs + nominalLatencyMs);
    }
    return {
      all: share(sums.expected, sums.all),
      writes: share(sums.expectedWrites, sums.writes),
      byKey: Math.min(
        share(sums.foundWrites, sums.writes),
        share(sums.found - sums.foundWrites, sums.all - sums.writes),
      ),
    };
  };
}

const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);

/** The nodes that the fault leaves dead for good. The time until others own their data depends on the store. */
function deadNodes(
  kinds: Kinds,
  planned: PlannedFault | undefined,
  effects: readonly Effect[],
): readonly number[] {
  if (planned === undefined) return [];
  const leaving = kindOf(kinds, planned.fault).leaves?.(planned.fault) ?? [];
  return leaving.filter((node) =>
    effects.some((effect) => effect.effect === "data-lost" && effect.node === node),
  );
}

/**
 * The time at which the fault's links should be open again. After a heal, a link waits for a backoff, which has grown
 * with the duration of the fault up to `reconnectMs`.
 */
function clearMs(fault: PlannedFault, { reconnectMs }: ClusterFacts): number {
  return fault.atMs + fault.durationMs + Math.min(fault.durationMs, reconnectMs);
}

/**
 * The probability that enough replicas of a random preference list are reachable for the coordinator, and whether
 * enough of the key's own replicas are.
 */
function quorum(
  facts: ClusterFacts,
  asked: {
    readonly operation: PlannedOperation;
    readonly needed: number;
    readonly writes: boolean;
    readonly owners: readonly number[];
  },
  active: readonly { readonly effects: readonly Effect[] }[],
  dead: readonly number[],
): { readonly chance: number; readonly isFound: boolean } {
  const { needed, owners, operation } = asked;
  const { node } = operation;
  const out = new Set<number>();
  /** Nodes that cannot store writes in time. They still coordinate and answer reads. */
  const cannotWrite = new Set<number>();
  for (const { effects } of active)
    for (const effect of effects)
      switch (effect.effect) {
        case "node-down":
        case "node-slow":
          out.add(effect.node);
          break;
        case "clients-apart":
          if (effect.node === node) out.add(node);
          break;
        case "apart":
          // A cut in one direction is enough, since either the request or its acknowledgement is lost.
          if (effect.from === node) out.add(effect.to);
          if (effect.to === node) out.add(effect.from);
          break;
        case "writes-refused":
        case "syncs-slow":
          cannotWrite.add(effect.node);
          break;
        case "data-lost":
        case "clock-off":
        case "unknown":
      }
  if (out.has(node)) return { chance: 0, isFound: false };
  if (asked.writes) for (const other of cannotWrite) out.add(other);
  const up = owners.filter((owner) => !out.has(owner) && !dead.includes(owner)).length;
  return {
    chance: atLeast(needed, facts.replicas, facts.nodes - out.size, facts.nodes),
    isFound: !dead.includes(node) && up >= Math.min(needed, owners.length),
  };
}

/**
 * The hypergeometric probability that at least `need` of `drawn` items are good, if `good` of all `total` items are.
 */
function atLeast(need: number, drawn: number, good: number, total: number): number {
  let sum = 0;
  for (let hits = need; hits <= Math.min(drawn, good); hits++)
    sum += choose(good, hits) * choose(total - good, drawn - hits);
  return sum / choose(total, drawn);
}

function choose(from: number, count: number): number {
  if (count < 0 || count > from) return 0;
  let result = 1;
  for (let i = 1; i <= count; i++) result = (result * (from - count + i)) / i;
  return result;
}
