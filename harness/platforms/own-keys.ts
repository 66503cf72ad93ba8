/**
 * Separates histories on nodes that run on between them: each history's requests name keys that no other history names.
 * Keys inside a request's arguments (steps of transactions) are not separated.
 */
import type { TargetClients } from "./session.ts";

/**
 * Wraps clients. Callers use keys as they are, and the wrapped clients get the key of each request with `prefix` in
 * front. Arguments of requests are passed on unchanged.
 */
export function ownKeys(clients: TargetClients, prefix: string): TargetClients {
  return {
    session(client, node) {
      const session = clients.session(client, node);
      return {
        perform: (request, timeoutMs, done) =>
          session.perform({ ...request, key: `${prefix}${request.key}` }, timeoutMs, done),
        close: () => session.close(),
      };
    },
    ...(clients.inspect === undefined
      ? {}
      : {
          inspect: (node, done) =>
            clients.inspect?.(node, ({ state, ...rest }) =>
              done({
                ...rest,
                state: Object.fromEntries(
                  Object.entries(state).flatMap(([key, held]) =>
                    key.startsWith(prefix) ? [[key.slice(prefix.length), held]] : [],
                  ),
                ),
              }),
            ) ?? (() => {}),
        }),
    ...(clients.change === undefined
      ? {}
      : {
          change: (...asked: Parameters<NonNullable<TargetClients["change"]>>) =>
            clients.change?.(...asked),
        }),
    ...(clients.settle === undefined
      ? {}
      : { settle: async (timeoutMs: number) => clients.settle?.(timeoutMs) }),
    ...(clients.setClock === undefined
      ? {}
      : {
          setClock: (client: string, aheadMs: number) => clients.setClock?.(client, aheadMs),
        }),
    ...(clients.close === undefined ? {} : { close: () => clients.close?.() }),
  };
}
