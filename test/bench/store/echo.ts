/** A bare `ws` server in a separate process, like a node. Answers each frame with one as long as the store's reply. */
import { WebSocketServer } from "ws";
import { gotFrame, storedFrame } from "./frames.ts";

/** Prints its port on stdout once it listens. */
export function serveEcho(): void {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
  server.on("listening", () => {
    const address = server.address();
    if (typeof address === "object" && address !== null) process.stdout.write(`${address.port}\n`);
  });
  server.on("connection", (socket) => {
    socket.on("message", (data) =>
      socket.send((data as Buffer).toString().startsWith('{"type":"get"') ? gotFrame : storedFrame),
    );
  });
}
