/** Starts the example store as three processes on this machine, and defines a target that reaches it by HTTP. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineTarget } from "../../../../harness/targets/define-target.ts";
import {
  DefiniteError,
  type PromiseClient,
  promiseClients,
} from "../../../../harness/targets/promise-client.ts";
import type { Target } from "../../../../harness/targets/target.ts";

const program = join(import.meta.dirname, "../../../../examples/own-store/store.mjs");

function ownClient(url: string): PromiseClient {
  const change = async (key: string, method: string, signal: AbortSignal, body?: string) => {
    const { status } = await fetch(`${url}/kv/${key}`, {
      method,
      signal,
      ...(body === undefined ? {} : { body }),
    });
    if (status === 503) throw new DefiniteError("too few replicas", "too-few-replicas");
    if (status !== 204) throw new Error(`status ${status}`);
  };
  return {
    async read(key, { signal }) {
      const response = await fetch(`${url}/kv/${key}`, { signal });
      if (response.status === 404) return null;
      if (response.status !== 200) throw new Error(`status ${response.status}`);
      return response.text();
    },
    write: (key, value, { signal }) => change(key, "PUT", signal, value),
    delete: (key, { signal }) => change(key, "DELETE", signal),
  };
}

export const ownStore: Target = defineTarget({
  name: "own-store",
  version: "1",
  nodes: 3,
  requestTimeoutMs: 2_000,
  promises: () => ["no-thin-air", "no-aborted-read"],
  external: { clients: promiseClients(({ host, port }) => ownClient(`http://${host}:${port}`)) },
});

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
    });
  });

export interface OwnCluster {
  readonly addresses: readonly string[];
  stop(): Promise<void>;
}

/** Resolves once all three nodes are ready. */
export async function startOwnStore(): Promise<OwnCluster> {
  const ports = await Promise.all([freePort(), freePort(), freePort()]);
  const folder = mkdtempSync(join(tmpdir(), "quorate-test-"));
  const peers = ports.map((port, index) => `n${index + 1}=http://127.0.0.1:${port}`).join(",");
  const children = ports.map((port, index): ChildProcess => {
    const name = `n${index + 1}`;
    return spawn(process.execPath, [program], {
      env: {
        ...process.env,
        NAME: name,
        PORT: String(port),
        PEERS: peers,
        DATA: join(folder, name),
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
  });
  await Promise.all(
    children.flatMap(({ stdout }) => (stdout === null ? [] : [once(stdout, "data")])),
  );
  return {
    addresses: ports.map((port) => `127.0.0.1:${port}`),
    async stop() {
      await Promise.all(
        children.map(async (child) => {
          const gone = once(child, "close");
          child.kill("SIGKILL");
          await gone;
        }),
      );
      rmSync(folder, { recursive: true });
    },
  };
}
