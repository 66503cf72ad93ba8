/** For scripts and examples: one request to one node, answered. */
import type { NodeName } from "../../checkers/index.ts";
import type { ClientReply, ClientRequest } from "../../store/index.ts";
import type { Cluster } from "../platforms/cluster.ts";

/** Resolves with the node's reply; rejects when the connection is lost or the cluster's time is up first. */
export async function ask(
  cluster: Cluster,
  node: NodeName,
  request: ClientRequest,
  timeoutMs = 5000,
): Promise<ClientReply> {
  let reply: ClientReply | undefined;
  let lost: string | undefined;
  const connection = cluster.connect("script", node, {
    open: () => connection.send(request),
    reply: (arrived) => {
      reply = arrived;
    },
    closed: (reason) => {
      lost = reason;
    },
  });
  await cluster.until(() => reply !== undefined || lost !== undefined, timeoutMs);
  connection.close();
  if (reply !== undefined) return reply;
  throw new Error(
    `${node} did not answer a ${request.type}: ${lost ?? `nothing within ${timeoutMs} ms`}`,
  );
}

/** Turns a fault's callback into a promise that the cluster's own time carries. */
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
  if (outcome === undefined) throw new Error(`not done within ${timeoutMs} ms`);
  if (outcome !== null) throw outcome;
}
