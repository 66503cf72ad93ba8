/** Clients that keep `inFlight` requests under way on a few sockets, until `requests` requests have been answered. */
import { WebSocket } from "ws";
import { clientHeader, secretHeader } from "../../../store/index.ts";
import { frameOf } from "./frames.ts";

export interface Drive {
  readonly ports: readonly number[];
  readonly secret: string;
  readonly kind: "read" | "write";
  readonly inFlight: number;
  readonly requests: number;
}

const mostSockets = 6;

/**
 * Resolves with the number of requests answered a second. Rejects if a reply is not one of success, or if a connection
 * is lost.
 */
export async function drive({ ports, secret, kind, inFlight, requests }: Drive): Promise<number> {
  // On one socket, requests would wait for one another. So up to six sockets act as that many clients, spread evenly
  // over the nodes.
  const count = Math.min(inFlight, mostSockets);
  const sockets = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      connect(ports[i % ports.length] ?? 0, secret, `c${i + 1}`),
    ),
  );
  const expected = kind === "read" ? '{"type":"got"' : '{"type":"stored"';
  const started = performance.now();
  await new Promise<void>((resolve, reject) => {
    let sent = 0;
    let answered = 0;
    const next = (socket: WebSocket): void => {
      if (sent < requests) socket.send(frameOf(kind, sent++));
    };
    for (const socket of sockets) {
      socket.on("message", (data) => {
        const text = (data as Buffer).toString();
        if (!text.startsWith(expected))
          return reject(new Error(`expected a reply like ${expected}, got ${text.slice(0, 200)}`));
        if (++answered === requests) resolve();
        else next(socket);
      });
      socket.on("close", () => reject(new Error("the server closed the connection")));
    }
    for (let i = 0; i < inFlight; i++) next(sockets[i % count] as WebSocket);
  });
  const seconds = (performance.now() - started) / 1000;
  for (const socket of sockets) {
    socket.removeAllListeners("close");
    socket.terminate();
  }
  return requests / seconds;
}

const connect = (port: number, secret: string, name: string): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, {
      headers: { [secretHeader]: secret, [clientHeader]: name },
      perMessageDeflate: false,
    });
    socket.once("open", () => resolve(socket));
    socket.once("error", reject);
  });
