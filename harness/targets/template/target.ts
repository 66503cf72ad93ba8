/**
 * A target to copy: a store of three nodes with an HTTP interface (examples/own-store/store.mjs). Copy this file, adapt
 * it to your store, and run `npx quorate run --target target.ts`. docs/add-a-target.md explains it step by step, and
 * testTarget checks the result.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DefiniteError, defineTarget, type PromiseClient, promiseClients } from "quorate";

const port = 7000;
const program = join(import.meta.dirname, "../../../examples/own-store/store.mjs");

/**
 * One client's connection to one node. An operation resolves when the store has answered.
 *
 * The error that an operation throws says whether a write may have taken effect. DefiniteError: the store certainly did
 * nothing. Any other error (a timeout, a lost connection, an unclear error): the write may still show up later. If in
 * doubt, do not throw a DefiniteError. For reads every error means the same, since a failed read changes nothing.
 */
function client(url: string): PromiseClient {
  const change = async (
    key: string,
    { signal }: { readonly signal: AbortSignal },
    method: "PUT" | "DELETE",
    body?: string,
  ): Promise<void> => {
    const { status } = await fetch(`${url}/kv/${key}`, {
      method,
      signal,
      ...(body === undefined ? {} : { body }),
    });
    // This store documents 503 as "nothing was written".
    if (status === 503) throw new DefiniteError("too few replicas", "too-few-replicas");
    if (status !== 204) throw new Error(`status ${status}`);
  };
  return {
    // Resolves with null if the key does not exist.
    async read(key, { signal }) {
      const response = await fetch(`${url}/kv/${key}`, { signal });
      if (response.status === 404) return null;
      if (response.status !== 200) throw new Error(`status ${response.status}`);
      return response.text();
    },
    write: (key, value, about) => change(key, about, "PUT", value),
    delete: (key, about) => change(key, about, "DELETE"),
  };
}

const clients = promiseClients(({ host, port: at }) => client(`http://${host}:${at}`));

export default defineTarget({
  name: "template",
  // The version of the store, not of this file. Histories and reports show this version.
  version: "1",
  nodes: 3,
  // The time after which the store itself gives up a request, in ms. Clients wait half a second longer.
  requestTimeoutMs: 2_000,
  // The workloads whose operations the client supports. Other workloads, such as set, are built from these reads,
  // writes and deletes.
  workloads: ["register"],
  // What the store's documentation promises. `effects` says what the plan's faults do. Do not promise what these
  // effects break.
  promises: (_, { effects }) => [
    "no-thin-air",
    "no-aborted-read",
    "linearizable",
    ...(effects.some(({ effect }) => effect === "data-lost") ? [] : (["durable"] as const)),
  ],
  // What the harness can see of the store. Guarantees that need more cannot be judged.
  capabilities: { versions: "none", inspection: false, evidence: false },
  // Nodes in containers, each with a disk and a network on which faults act.
  containers: {
    image: { from: "machine" },
    clientPort: port,
    dataPath: "/data",
    programs: async () => ({ "/control/store.mjs": readFileSync(program) }),
    node: ({ node, nodes, addressOf, controlFolder }) => ({
      command: ["node", `${controlFolder}/store.mjs`],
      environment: {
        NAME: node,
        PORT: String(port),
        DATA: "/data",
        PEERS: nodes.map((peer) => `${peer}=http://${addressOf(peer)}:${port}`).join(","),
      },
    }),
    ready: { http: "/health" },
    clients,
  },
  // How clients reach a running cluster: `--on external --addresses host:port,host:port,host:port`.
  external: { clients },
});
