/**
 * A world of real Hosts in one process, which are connected by this machine's own network. Each has a folder of its
 * own.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { defaultSettings, parseRecorded } from "../../../store/index.ts";
import type { Host, NodeConfig, StoreSettings } from "../../../store/index.ts";
import { openRealHost } from "../../../store/real/host.ts";
import type { RealHost } from "../../../store/real/host.ts";
import type { HostWorld } from "../host-suite.ts";

const names = ["n1", "n2", "n3", "nobody"];
/** The longest wait. It is long, since no test asserts how long something takes. */
const patienceMs = 20_000;

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

export interface RealWorld extends HostWorld {
  readonly clientSecret: string;
  /** The secret that the nodes `a` and `b` share. */
  peerSecret(a: string, b: string): string;
  /** The port at which the node listens for peers. */
  peerPort(node: string): number;
  /** The port at which the running node listens for clients. */
  clientPort(node: string): number;
  dataDirectory(node: string): string;
}

export const createRealWorld = async (changes: Partial<StoreSettings> = {}): Promise<RealWorld> => {
  const root = mkdtempSync(join(tmpdir(), "quorate-host-"));
  const ports = new Map(
    await Promise.all(names.map(async (name) => [name, await freePort()] as const)),
  );
  const portOf = (name: string): number => ports.get(name) ?? 0;
  const running = new Map<string, RealHost>();
  const clientPorts = new Map<string, number>();
  const clientSecret = "the clients' secret of this test";
  const peerSecret = (a: string, b: string): string =>
    `the secret of ${[a, b].sort().join(" and ")}`;
  const dataDirectory = (node: string): string => join(root, node, "data");
  const recordDirectory = (node: string): string => join(root, node, "record");

  const configOf = (node: string): NodeConfig => ({
    node,
    settings: { ...defaultSettings, ...changes },
    peers: Object.fromEntries(
      names.map((name) => [name, { host: "127.0.0.1", port: portOf(name) }]),
    ),
    clients: { host: "127.0.0.1", port: 0 },
    clientSecret,
    peerSecrets: Object.fromEntries(
      names.filter((name) => name !== node).map((name) => [name, peerSecret(node, name)]),
    ),
    dataDirectory: dataDirectory(node),
    recordDirectory: recordDirectory(node),
    evidence: true,
    bugBundle: null,
  });

  const until = async (condition: () => boolean): Promise<void> => {
    const deadline = performance.now() + patienceMs;
    while (!condition()) {
      if (performance.now() > deadline)
        throw new Error(`still not so after ${patienceMs} ms: ${condition.toString()}`);
      await delay(2);
    }
  };

  return {
    clientSecret,
    peerSecret,
    peerPort: portOf,
    clientPort: (node) => clientPorts.get(node) ?? 0,
    dataDirectory,
    boot: async (node, program: (host: Host) => void) => {
      const host = openRealHost(configOf(node), { print: () => {}, halted: () => {} });
      program(host);
      clientPorts.set(node, await host.listen());
      running.set(node, host);
      return host;
    },
    kill: async (node) => running.get(node)?.revoke(),
    wipe: (node) => rmSync(dataDirectory(node), { recursive: true }),
    tear: (node, log) => {
      const file = join(dataDirectory(node), `${log}.log`);
      truncateSync(file, statSync(file).size - 3);
    },
    evidence: (node) =>
      readdirSync(recordDirectory(node))
        .sort()
        .flatMap((file) => readFileSync(join(recordDirectory(node), file), "utf8").split("\n"))
        .filter((line) => line !== "")
        .flatMap(parseRecorded),
    until,
    pass: (ms) => delay(ms),
    end: async () => {
      for (const host of running.values()) host.revoke();
      // A write that is under way when its Host is revoked may still need the folder.
      await delay(5);
      rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};
