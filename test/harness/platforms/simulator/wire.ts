/** A connection that speaks the store's own protocol with a simulated node. */
import type { Cluster } from "../../../../harness/platforms/cluster.ts";
import type { SimCluster } from "../../../../harness/platforms/simulator/index.ts";
import {
  type ClientReply,
  type ClientRequest,
  isClientReply,
  type Message,
} from "../../../../store/index.ts";

export interface Wire {
  send(request: ClientRequest): void;
  close(): void;
}

export function wire(
  cluster: Cluster,
  client: string,
  node: string,
  handlers: { open?(): void; reply(reply: ClientReply): void; closed(reason: string): void },
): Wire {
  const stream = (cluster as SimCluster).dial(client, node, {
    open: () => handlers.open?.(),
    message: (received) => {
      const message = received as Message;
      if (isClientReply(message)) handlers.reply(message);
      else stream.close(`a client cannot receive ${message.type}`);
    },
    close: (reason) => handlers.closed(reason),
  });
  return {
    send: (request) => stream.send(request),
    close: () => stream.close("the client is done"),
  };
}

/**
 * Sends one request on a connection of its own. Resolves with the reply, or with the reason why the connection closed.
 */
export async function ask(
  cluster: Cluster,
  node: string,
  request: ClientRequest,
): Promise<ClientReply | string> {
  const heard: (ClientReply | string)[] = [];
  const connection = wire(cluster, "c1", node, {
    reply: (reply) => heard.push(reply),
    closed: (reason) => heard.push(reason),
  });
  connection.send(request);
  await cluster.until(() => heard.length > 0, 5_000);
  connection.close();
  return heard[0] ?? "no answer";
}
