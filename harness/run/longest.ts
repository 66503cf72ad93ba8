/** Upper bounds for the durations of a run's parts. Waits give up after these times, and promises rely on them. */
import type { Plan } from "../../generators/index.ts";
import { slowSyncMs } from "../platforms/cluster.ts";
import type { Target } from "../targets/target.ts";

/** How long the environment (not the store) may take for engine calls and process starts, in ms. */
export const environmentMs = 30_000;

/**
 * Returns how long a client waits for a request, in ms: slightly longer than the store's own timeout, unless the target
 * sets another time.
 */
export function clientTimeoutMs(target: Target, settings: Plan["settings"]): number {
  const { clientTimeoutMs, requestTimeoutMs } = target.facts(settings);
  return clientTimeoutMs ?? requestTimeoutMs + 500;
}

/**
 * How long a change of membership may take once all faults are over, in ms. In this time each key goes to its new
 * owner, and what a former owner still holds is handed over.
 */
export const longestChangeMs = ({ settings, keys }: Plan, target: Target): number =>
  environmentMs + 2 * keys * (target.finalPhase(settings, true).keyMovesWithinMs ?? 0);

/**
 * How long the operations take if every request of the busiest client takes its whole timeout, plus 10 s, in ms. An
 * operation consists of at most `requestsEach` requests.
 */
export function longestOperationsMs(
  { clients, operations, settings }: Plan,
  target: Target,
  requestsEach: number,
): number {
  const timeoutMs = clientTimeoutMs(target, settings) * requestsEach;
  const perClient = new Array<number>(clients).fill(0);
  for (const { client, afterMs } of operations)
    perClient[client] = (perClient[client] ?? 0) + afterMs + timeoutMs;
  return Math.max(0, ...perClient) + 10_000;
}

/** The longest time that final reads with this many requests take, in ms. */
export const longestSweepMs = (
  target: Target,
  settings: Plan["settings"],
  requests: number,
): number => (clientTimeoutMs(target, settings) + 1) * requests + 1000;

/**
 * The longest time from the first request to the last, in ms, without the waits that the settings bound (until links
 * are up again, until replicas are equal). Covers operations and faults, then healing, restarting, inspecting, handing
 * over, and two rounds of final reads, each with a last try once links are up.
 */
export function longestRunMs(plan: Plan, target: Target, requestsEach: number): number {
  const faultsEndMs = Math.max(0, ...plan.faults.map(({ atMs, durationMs }) => atMs + durationMs));
  return (
    longestOperationsMs(plan, target, requestsEach) +
    faultsEndMs +
    5 * environmentMs +
    target.facts(plan.settings).requestTimeoutMs +
    slowSyncMs +
    4 * longestSweepMs(target, plan.settings, plan.keys * requestsEach)
  );
}
