/**
 * A socket that passes all data on to the Docker engine, and that can stop passing data on, like an engine that hangs.
 */
import { createConnection, createServer, type Socket } from "node:net";

export interface EngineProxy {
  readonly path: string;
  /** The ids of the runs that created containers through this proxy. */
  readonly runs: ReadonlySet<string>;
  /** Stops passing data in both directions, on old and new connections. */
  stall(): void;
  resume(): void;
  close(): Promise<void>;
}

const enginePath = (): string =>
  (process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock").replace(/^unix:\/\//, "");

/**
 * Matches a request that creates a container, and captures the run's id. The head of such a request arrives in one
 * piece.
 */
const creation = /^POST \S*\/containers\/create\?name=quorate-([0-9a-f]{8})-/gm;

export async function openEngineProxy(path: string): Promise<EngineProxy> {
  const sockets = new Set<Socket>();
  const runs = new Set<string>();
  let isStalled = false;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const engine = createConnection({ path: enginePath(), allowHalfOpen: true });
    client.on("data", (bytes) => {
      for (const [, run = ""] of bytes.toString("latin1").matchAll(creation)) runs.add(run);
    });
    for (const [from, to] of [
      [client, engine],
      [engine, client],
    ] as const) {
      sockets.add(from);
      from.on("data", (bytes) => {
        if (!to.write(bytes)) {
          from.pause();
          to.once("drain", () => (isStalled ? undefined : from.resume()));
        }
      });
      from.on("end", () => to.end());
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      if (isStalled) from.pause();
    }
  });
  await new Promise<void>((listening) => server.listen(path, listening));
  return {
    path,
    runs,
    stall: () => {
      isStalled = true;
      for (const socket of sockets) socket.pause();
    },
    resume: () => {
      isStalled = false;
      for (const socket of sockets) socket.resume();
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
