/** How long the parts of a run may take at most: what waits for them gives up then, and what is promised may count on it. */
import type { Plan } from "../../generators/index.ts";
import { type StoreSettings } from "../../store/index.ts";
import { hintsKeptWithinMs } from "../targets/bundled/index.ts";

/** How long the environment (not the store) may take: engine calls, process starts. */
export const environmentMs = 30_000;

/** A client waits a little longer than the store itself does. */
export const clientTimeoutMs = ({ requestTimeoutMs }: StoreSettings): number =>
  requestTimeoutMs + 500;

/** If every operation of the busiest client took its whole timeout. */
export function longestOperationsMs({ clients, operations, settings }: Plan): number {
  const perClient = new Array<number>(clients).fill(0);
  for (const { client, afterMs } of operations)
    perClient[client] = (perClient[client] ?? 0) + afterMs + clientTimeoutMs(settings);
  return Math.max(0, ...perClient) + 10_000;
}

/** A sweep that asks for each of `keys` once. */
export const longestSweepMs = (settings: StoreSettings, keys: number): number =>
  (clientTimeoutMs(settings) + 1) * keys + 1000;

/**
 * From the first request to the last, but for the waits that the settings bound (links up again, replicas equal): operations and faults; then
 * healing, restarting, inspecting, kept hints, and two sweeps, each with a last try once links are up.
 */
export function longestRunMs(plan: Plan): number {
  const faultsEndMs = Math.max(0, ...plan.faults.map(({ atMs, durationMs }) => atMs + durationMs));
  return (
    longestOperationsMs(plan) +
    faultsEndMs +
    5 * environmentMs +
    hintsKeptWithinMs(plan.settings) +
    4 * longestSweepMs(plan.settings, plan.keys)
  );
}
