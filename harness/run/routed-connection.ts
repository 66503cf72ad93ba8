/** A connection to the cluster as a whole: the store's client library, on connections of the cluster's, on the cluster's time. */
import {
  type ClientRequest,
  ClientRouter,
  type Connect,
  type StoreSettings,
} from "../../store/index.ts";
import type { ClientConnection, ClientHandlers, Cluster } from "../platforms/cluster.ts";

export function connectRouted(
  cluster: Cluster,
  client: string,
  settings: StoreSettings,
  handlers: ClientHandlers,
): ClientConnection {
  let closed = false;
  const connect: Connect = (node, { open, reply, closed: lost }) =>
    cluster.connect(client, node, { open, reply, peerReply: reply, closed: lost });
  const router = new ClientRouter(settings, connect, (delayMs, fire) =>
    cluster.clock.setTimer(delayMs, fire),
  );
  return {
    send(request) {
      if (!isOperation(request))
        throw new TypeError(`expected a get or put for the client library, got ${request.type}`);
      router.request(request, (reply) => {
        if (!closed) handlers.reply(reply);
      });
    },
    close() {
      closed = true;
      router.close();
    },
  };
}

function isOperation(request: {
  readonly type: string;
}): request is ClientRequest & { readonly type: "get" | "put" } {
  return request.type === "get" || request.type === "put";
}
