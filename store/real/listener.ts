/** A port that accepts streams only if the connecting end sends the secret of the name it claims. */
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
  /** The header in which the connecting end claims a name. */
  readonly nameHeader: string;
  /** The secret of a name. Undefined if nobody with that name may connect. */
  secretOf(name: string): string | undefined;
  readonly frameBytes: number;
  /** Called for each accepted stream. `wire` is the network connection under the WebSocket `socket`. */
  accepted(name: string, socket: WebSocket, wire: Duplex): void;
  /** The answer to a plain request for `/health` with the right secret. If absent, the port answers it with 404. */
  readonly health?: () => object;
}

export interface Listener {
  /** The port number that is in use. */
  readonly port: number;
  close(): void;
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Answers and then destroys the connection, so that a client that never closes its end keeps no socket open. */
const refuse = (socket: Duplex, status: string): void => {
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
};

const listening = (server: Server, address: Address): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(address.port, address.host, () =>
      resolve((server.address() as AddressInfo).port),
    );
  });

/** Begins to accept connections. Rejects if the address cannot be used. */
export const listen = async (options: ListenerOptions): Promise<Listener> => {
  const { health } = options;
  const nameIn = ({ headers }: IncomingMessage): string => {
    const name = headers[options.nameHeader];
    return typeof name === "string" ? name : "";
  };
  const knows = (request: IncomingMessage): boolean => {
    const expected = options.secretOf(nameIn(request));
    const got = request.headers[secretHeader];
    return (
      expected !== undefined &&
      typeof got === "string" &&
      timingSafeEqual(digest(got), digest(expected))
    );
  };
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.frameBytes,
    perMessageDeflate: false,
  });
  const server = createServer((request, response) => {
    const found = request.url === "/health" && health !== undefined;
    const status = !knows(request) ? 401 : found ? 200 : 404;
    response.writeHead(status, { "content-type": "application/json" });
    response.end(status === 200 && found ? JSON.stringify(health()) : "");
  });
  server.on("upgrade", (request, socket, head) => {
    // From here on, the HTTP server no longer handles errors of this socket. Without this handler, a reset would end
    // the process, even if its sender does not know the secret.
    socket.on("error", () => socket.destroy());
    const name = nameIn(request);
    if (name === "") return refuse(socket, "400 Bad Request");
    if (!knows(request)) return refuse(socket, "401 Unauthorized");
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
