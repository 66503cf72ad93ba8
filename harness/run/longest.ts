/** How long the parts of a run may take at most: what waits for them gives up then, and what is promised may count on it. */
import type { Plan } from "../../generators/index.ts";
import { slowSyncMs } from "../platforms/cluster.ts";
import type { Target } from "../targets/target.ts";

/** How long the environment (not the store) may take: engine calls, process starts. */
export const environmentMs = 30_000;

/** A client waits a little longer than the store itself does. */
export const clientTimeoutMs = (target: Target, settings: Plan["settings"]): number =>
  target.facts(settings).requestTimeoutMs + 500;

/** If every operation of the busiest client took its whole timeout. */
export function longestOperationsMs(
  { clients, operations, settings }: Plan,
  target: Target,
): number {
  const timeoutMs = clientTimeoutMs(target, settings);
  const perClient = new Array<number>(clients).fill(0);
  for (const { client, afterMs } of operations)
    perClient[client] = (perClient[client] ?? 0) + afterMs + timeoutMs;
  return Math.max(0, ...perClient) + 10_000;
}

/** A sweep that asks for each of `keys` once. */
export const longestSweepMs = (target: Target, settings: Plan["settings"], keys: number): number =>
  (clientTimeoutMs(target, settings) + 1) * keys + 1000;

/**
 * From the first request to the last, but for the waits that the settings bound (links up again, replicas equal): operations and faults; then
 * healing, restarting, inspecting, what nodes still keep for others, and two sweeps, each with a last try once links are up.
 */
export function longestRunMs(plan: Plan, target: Target): number {
  const faultsEndMs = Math.max(0, ...plan.faults.map(({ atMs, durationMs }) => atMs + durationMs));
  return (
    longestOperationsMs(plan, target) +
    faultsEndMs +
    5 * environmentMs +
    target.facts(plan.settings).requestTimeoutMs +
    slowSyncMs +
    4 * longestSweepMs(target, plan.settings, plan.keys)
  );
}
