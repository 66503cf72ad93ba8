/**
 * Helpers for scripts and examples: one sends a single request, the other waits for an action such as setting a port.
 */
import type { NodeName } from "../../checkers/index.ts";
import type { Cluster } from "../platforms/cluster.ts";
import type { ClientRequest, Outcome } from "../platforms/session.ts";

/**
 * Sends one request to a node in a new session.
 *
 * @returns The outcome of the request, which has `timeoutMs` of the cluster's time.
 * @example
 * const outcome = await ask(cluster, "n1", { op: 1, f: "write", key: "k0", value: "v1" });
 */
export async function ask(
  cluster: Cluster,
  node: NodeName,
  request: ClientRequest,
  timeoutMs = 5000,
): Promise<Outcome> {
  let outcome: Outcome | undefined;
  const session = cluster.connect("script", node);
  session.perform(request, timeoutMs, (now) => {
    outcome = now;
  });
  await cluster.until(() => outcome !== undefined, timeoutMs + 1000);
  session.close();
  if (outcome !== undefined) return outcome;
  throw new Error(`${node} did not finish a ${request.f} within ${timeoutMs + 1000} ms`);
}

/**
 * Calls `act`, for example to set a port, and lets the cluster's time pass until `act` calls `done`, for at most
 * `timeoutMs`. Rejects with the error that `done` gets, or if the time is up.
 */
export async function perform(
  cluster: Cluster,
  act: (done: (error: Error | null) => void) => void,
  timeoutMs = 30_000,
): Promise<void> {
  let outcome: Error | null | undefined;
  act((error) => {
    outcome = error;
  });
  await cluster.until(() => outcome !== undefined, timeoutMs);
  if (outcome === undefined) throw new Error(`the action did not end within ${timeoutMs} ms`);
  if (outcome !== null) throw outcome;
}
