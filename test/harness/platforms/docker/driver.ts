/** Promises around a cluster's callbacks, for tests. */
import type { Cluster } from "../../../../harness/index.ts";
import type { ClientReply, ClientRequest } from "../../../../store/index.ts";

/** Generous: nothing is asserted about time. */
export const patienceMs = 20_000;

type Done = (error: Error | null) => void;

export const fault = (act: (done: Done) => void): Promise<void> =>
  new Promise((resolve, reject) => act((error) => (error === null ? resolve() : reject(error))));

/** One request on a connection of its own; null: no answer, the connection closed or the time ran out. */
export const ask = (
  cluster: Cluster,
  node: string,
  request: ClientRequest,
  timeoutMs = patienceMs,
): Promise<ClientReply | null> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => connection.close(), timeoutMs);
    const connection = cluster.connect("tester", node, {
      open: () => connection.send(request),
      reply: (reply) => {
        clearTimeout(timer);
        resolve(reply);
        connection.close();
      },
      closed: () => {
        clearTimeout(timer);
        resolve(null);
      },
    });
  });

/** Asks until the answer is what is wanted: a node that starts, or whose links come back, refuses for a while. */
export const askUntil = async (
  cluster: Cluster,
  node: string,
  request: ClientRequest,
  wanted: ClientReply["type"],
): Promise<ClientReply> => {
  const deadline = performance.now() + patienceMs;
  let last: ClientReply | null = null;
  while (performance.now() < deadline) {
    last = await ask(cluster, node, request);
    if (last?.type === wanted) return last;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(
    `${node} never answered ${request.type} with ${wanted}; last: ${JSON.stringify(last)}`,
  );
};
