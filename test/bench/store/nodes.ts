/** Starts nodes of the store on this machine, each in a process of its own, with the same program as in containers. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { nodeProgram } from "../../../harness/targets/bundled/program.ts";
import {
  defaultSettings,
  type NodeConfig,
  secretHeader,
  type StoreSettings,
} from "../../../store/index.ts";

export interface Nodes {
  /** The ports at which the nodes listen for clients. */
  readonly ports: readonly number[];
  readonly peerPorts: readonly number[];
  readonly secret: string;
  /** The names of the nodes whose processes have ended. */
  ended(): readonly string[];
  /** The text that all nodes have printed so far. */
  printed(): string;
  stop(): void;
}

const secret = "a secret of this benchmark";
const startMs = 20_000;

/**
 * Starts `count` nodes. N is the number of nodes, and R and W are majorities, unless `settings` say otherwise. Resolves
 * once each node has links to all others.
 */
export async function startNodes(
  count: number,
  evidence: boolean,
  settings: Partial<StoreSettings> = {},
): Promise<Nodes> {
  const root = mkdtempSync(join(tmpdir(), "quorate-bench-"));
  const program = join(root, "main.cjs");
  writeFileSync(program, await nodeProgram());
  const names = Array.from({ length: count }, (_, i) => `n${i + 1}`);
  const free = await freePorts(2 * count);
  const ports = free.slice(count);
  const majority = Math.floor(count / 2) + 1;
  const peers = Object.fromEntries(
    names.map((name, i) => [name, { host: "127.0.0.1", port: free[i] ?? 0 }]),
  );
  const processes = names.map((node, i): ChildProcess => {
    const directory = join(root, node);
    mkdirSync(directory);
    const config: NodeConfig = {
      node,
      peers,
      clientSecret: secret,
      peerSecrets: Object.fromEntries(names.map((peer) => [peer, secret])),
      evidence,
      bugBundle: null,
      settings: {
        ...defaultSettings,
        nodes: count,
        n: count,
        r: majority,
        w: majority,
        ...settings,
      },
      clients: { host: "127.0.0.1", port: ports[i] ?? 0 },
      dataDirectory: join(directory, "data"),
      recordDirectory: join(directory, "record"),
    };
    writeFileSync(join(directory, "settings.json"), JSON.stringify(config));
    return spawn(process.execPath, [program, join(directory, "settings.json")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
  });
  let text = "";
  for (const { stdout } of processes)
    stdout?.on("data", (part: Buffer) => (text += part.toString()));
  const stop = (): void => {
    for (const one of processes) one.kill("SIGKILL");
    rmSync(root, { recursive: true, force: true });
  };
  try {
    for (const port of ports) await linked(port, count - 1);
  } catch (error) {
    stop();
    throw error;
  }
  const ended = (): readonly string[] =>
    names.filter((_, i) => processes[i]?.exitCode !== null || processes[i]?.signalCode !== null);
  return { ports, peerPorts: free.slice(0, count), secret, ended, printed: () => text, stop };
}

async function linked(port: number, links: number): Promise<void> {
  for (const until = performance.now() + startMs; performance.now() < until; await delay(50))
    if ((await linksOf(port)) >= links) return;
  throw new Error(
    `expected a node on port ${port} with ${links} links within ${startMs} ms; it did not come so far`,
  );
}

const linksOf = (port: number): Promise<number> =>
  new Promise((resolve) => {
    const request = get(
      { host: "127.0.0.1", port, path: "/health", headers: { [secretHeader]: secret } },
      (response) => {
        let text = "";
        response.on("data", (part: Buffer) => (text += part.toString()));
        response.on("end", () =>
          resolve(
            response.statusCode === 200
              ? (JSON.parse(text) as { links: readonly string[] }).links.length
              : -1,
          ),
        );
      },
    );
    // Not up yet.
    request.on("error", () => resolve(-1));
  });

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer();
          server.once("error", reject);
          server.listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
