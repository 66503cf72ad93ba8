/**
 * A rough forecast of a plan, without running it: when operations would begin, and how likely each is to find its quorum.
 * It only steers generation (so that most operations can succeed) and orders the readable form; no verdict rests on it.
 */
import { readQuorum, stampQuorum, type StoreSettings, writeQuorum } from "../store/index.ts";
import type { Fault, PlannedFault, PlannedOperation } from "./plan.ts";
import { linkPairs } from "./links.ts";
import { cutPairs } from "./reach.ts";

const nominalLatencyMs = 5;

interface Forecast {
  readonly settings: StoreSettings;
  readonly operations: readonly PlannedOperation[];
  readonly faults: readonly PlannedFault[];
}

/** When each operation would begin if none took any time. */
export function nominalStartsMs(operations: readonly PlannedOperation[]): number[] {
  const nowMs = new Map<number, number>();
  return operations.map(({ client, afterMs }) => {
    const startMs = (nowMs.get(client) ?? 0) + afterMs;
    nowMs.set(client, startMs);
    return startMs;
  });
}

/** The expected share of operations that find a quorum, 0 to 1. Pessimistic: a fault counts until its links are surely back. */
export function expectedSuccess(forecast: Forecast): number {
  return expectedShares(forecast).all;
}

/** The same, and of writes and deletes alone. */
export function expectedShares({ settings, operations, faults }: Forecast): {
  readonly all: number;
  readonly puts: number;
} {
  const nowMs = new Map<number, number>();
  let expected = 0;
  let puts = 0;
  let expectedPuts = 0;
  for (const operation of operations) {
    const startMs = (nowMs.get(operation.client) ?? 0) + operation.afterMs;
    const active = faults.filter(
      (fault) => fault.atMs <= startMs && startMs < clearMs(fault, settings),
    );
    const chance = quorumChance(settings, operation, active);
    expected += chance;
    if (operation.f !== "read") {
      puts++;
      expectedPuts += chance;
    }
    // A refused operation ends at once: charged a timeout, a client was thought to outlast a fault in which all its operations failed.
    nowMs.set(operation.client, startMs + nominalLatencyMs);
  }
  return {
    all: operations.length === 0 ? 1 : expected / operations.length,
    puts: puts === 0 ? 1 : expectedPuts / puts,
  };
}

/** After a heal links wait out a backoff that has grown with the fault, up to its cap. */
function clearMs(fault: PlannedFault, settings: StoreSettings): number {
  return fault.atMs + fault.durationMs + Math.min(fault.durationMs, settings.reconnectCapMs);
}

/** With a preference list drawn at random: P(enough of its n replicas are within the coordinator's reach). */
function quorumChance(
  settings: StoreSettings,
  operation: PlannedOperation,
  active: readonly PlannedFault[],
): number {
  const out = new Set<number>();
  for (const { fault } of active) {
    if (
      fault.kind === "kill" ||
      fault.kind === "pause" ||
      fault.kind === "disk" ||
      fault.kind === "power"
    )
      fault.nodes.forEach((node) => out.add(node));
    // Such a node hardly answers in time.
    else if (fault.kind === "limit" && fault.processorPercent < 15)
      fault.nodes.forEach((node) => out.add(node));
    else if (fault.kind === "clients" && fault.nodes.includes(operation.node))
      out.add(operation.node);
    for (const [from, to] of silentPairs(fault, settings)) {
      // Acknowledgements go the other way, so one direction cut is enough.
      if (from === operation.node) out.add(to);
      if (to === operation.node) out.add(from);
    }
  }
  if (out.has(operation.node)) return 0;
  // Such a node still coordinates, and answers reads.
  for (const { fault } of active)
    if (operation.f !== "read" && (fault.kind === "disk-full" || fault.kind === "slow-disk"))
      fault.nodes.forEach((node) => out.add(node));
  const takesStamp =
    operation.f !== "read" && settings.versions === "stamps" && settings.stamps === "quorum";
  const { needed, primaries, durable } =
    operation.f === "read" ? readQuorum(settings, operation) : writeQuorum(settings, operation);
  const quorum = Math.max(needed, primaries, durable, takesStamp ? stampQuorum(settings) : 0);
  return atLeast(quorum, settings.n, settings.nodes - out.size, settings.nodes);
}

/** Links over which no answer comes in time. */
function silentPairs(
  fault: Fault,
  { nodes, requestTimeoutMs }: StoreSettings,
): [from: number, to: number][] {
  if (fault.kind === "partition") return cutPairs(fault.partition, nodes);
  if (
    fault.kind === "delay" &&
    (fault.direction === "both" ? 2 : 1) * (fault.delayMs + fault.jitterMs) >= requestTimeoutMs
  )
    return linkPairs(fault, nodes);
  // What peers say by themselves fills such a link.
  if (fault.kind === "rate" && fault.bytesPerS < 5000) return linkPairs(fault, nodes);
  return [];
}

/** Hypergeometric: P(at least `need` of `drawn` are good) when `good` of `total` are. */
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
