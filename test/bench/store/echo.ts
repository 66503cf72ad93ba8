/**
 * A server that has only `ws`, in a process of its own like a node. Answers each frame with a frame about as long as
 * the store's reply.
 */
import { WebSocketServer } from "ws";
import { gotFrame, storedFrame } from "./frames.ts";

/** Starts the server. Prints the port on standard output once the server listens. */
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
