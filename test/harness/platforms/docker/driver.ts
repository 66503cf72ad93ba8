/** Helpers for tests that make promises of a cluster's callbacks. */
import type { Cluster } from "../../../../harness/index.ts";
import type { ClientReply, ClientRequest, ErrorCode } from "../../../../store/index.ts";

/** The time to wait for an answer. It is long, since no test asserts how long something takes. */
export const patienceMs = 20_000;

type Done = (error: Error | null) => void;

export const fault = (act: (done: Done) => void): Promise<void> =>
  new Promise((resolve, reject) => act((error) => (error === null ? resolve() : reject(error))));

/**
 * Sends one request in a session of its own, and resolves with the reply in the store's terms. Null if there was no
 * answer, a closed connection or a timeout.
 */
export const ask = (
  cluster: Cluster,
  node: string,
  request: ClientRequest,
  timeoutMs = patienceMs,
): Promise<ClientReply | null> =>
  request.type === "inspect"
    ? inspect(cluster, node, timeoutMs)
    : perform(cluster, node, request, timeoutMs);

const perform = (
  cluster: Cluster,
  node: string,
  request: ClientRequest,
  timeoutMs: number,
): Promise<ClientReply | null> =>
  new Promise((resolve) => {
    if (request.type !== "put" && request.type !== "get")
      throw new TypeError(`expected a put or get, got ${request.type}`);
    const { type, id, key, value, context, ...levels } = {
      value: null,
      context: undefined,
      ...request,
    };
    const session = cluster.connect("tester", node);
    const asked = {
      op: id,
      f: type === "get" ? "read" : value === null ? "delete" : "write",
      key,
      levels: levels as Readonly<Record<string, string | number>>,
      ...(value === null ? {} : { value }),
      ...(context === undefined ? {} : { context }),
    };
    session.perform(asked, timeoutMs, (outcome) => {
      session.close();
      if (outcome.kind !== "ok")
        return resolve(
          unheard.has(outcome.code)
            ? null
            : { type: "error", id, code: outcome.code as ErrorCode, message: outcome.message },
        );
      const [first] = outcome.versions ?? [];
      if (type === "put")
        return resolve({ type: "stored", id, key, version: first?.version ?? "" });
      resolve({
        type: "got",
        id,
        key,
        state:
          first === undefined
            ? null
            : { kind: "stamped", stamp: first.version ?? "", value: first.value },
      });
    });
  });

/** The error codes with which a client itself reports that no answer came. */
const unheard: ReadonlySet<string> = new Set([
  "client-timeout",
  "connection-lost",
  "not-connected",
]);

const inspect = (cluster: Cluster, node: string, timeoutMs: number): Promise<ClientReply | null> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => {
      stop();
      resolve(null);
    }, timeoutMs);
    const stop = cluster.inspect(node, ({ state }) => {
      clearTimeout(timer);
      const entries = Object.entries(state).map(([key, { versions }]) => ({
        key,
        state: {
          kind: "stamped" as const,
          stamp: versions[0]?.version ?? "",
          value: versions[0]?.value ?? null,
        },
      }));
      resolve({ type: "inspected", id: 0, entries, more: false });
    });
  });

/**
 * Repeats a request until the reply has the type `wanted`. A node that starts, or whose links come back, refuses
 * requests for a while.
 */
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
