/** A port where streams are accepted from those who know the cluster's secret. */
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import type { Address } from "./config.ts";
import { secretHeader } from "./headers.ts";

export interface ListenerOptions {
  readonly address: Address;
  readonly secret: string;
  /** The header that names who asks. */
  readonly nameHeader: string;
  readonly frameBytes: number;
  /** `wire` carries the socket's frames. */
  accepted(name: string, socket: WebSocket, wire: Duplex): void;
  /** The answer to a plain `GET /health`. */
  health(): object;
}

export interface Listener {
  /** The port that it really listens on. */
  readonly port: number;
  close(): void;
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

const refuse = (socket: Duplex, status: string): void => {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
};

const listening = (server: Server, address: Address): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(address.port, address.host, () =>
      resolve((server.address() as AddressInfo).port),
    );
  });

/** Rejects where the address cannot be listened on. */
export const listen = async (options: ListenerOptions): Promise<Listener> => {
  const expected = digest(options.secret);
  const knows = (request: IncomingMessage): boolean =>
    timingSafeEqual(digest(String(request.headers[secretHeader] ?? "")), expected);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.frameBytes,
    perMessageDeflate: false,
  });
  const server = createServer((request, response) => {
    const status = !knows(request) ? 401 : request.url === "/health" ? 200 : 404;
    response.writeHead(status, { "content-type": "application/json" });
    response.end(status === 200 ? JSON.stringify(options.health()) : "");
  });
  server.on("upgrade", (request, socket, head) => {
    const name = request.headers[options.nameHeader];
    if (!knows(request)) return refuse(socket, "401 Unauthorized");
    if (typeof name !== "string" || name === "") return refuse(socket, "400 Bad Request");
    sockets.handleUpgrade(request, socket, head, (accepted) =>
      options.accepted(name, accepted, socket),
    );
  });
  const port = await listening(server, options.address);
  return {
    port,
    close: () => {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
      server.closeAllConnections();
    },
  };
};
