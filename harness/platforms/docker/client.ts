/** A client's connection to a node in a container: the store's protocol over a published port. */
import { WebSocket } from "ws";
import type { RawData } from "ws";
import {
  clientHeader,
  decode,
  encode,
  isClientReply,
  isPeerReply,
  secretHeader,
} from "../../../store/index.ts";
import type { Sent } from "../../../store/index.ts";
import type { ClientConnection, ClientHandlers } from "../cluster.ts";

export interface ClientOptions {
  readonly client: string;
  readonly port: number;
  readonly secret: string;
  readonly frameBytes: number;
  readonly handlers: ClientHandlers;
  /** After each callback. */
  happened(): void;
}

/** Never calls back before it returned. */
export const connectClient = (options: ClientOptions): ClientConnection => {
  const { handlers, happened, frameBytes } = options;
  const socket = new WebSocket(`ws://127.0.0.1:${options.port}`, {
    headers: { [secretHeader]: options.secret, [clientHeader]: options.client },
    maxPayload: frameBytes,
    perMessageDeflate: false,
  });
  const early: string[] = [];
  let over = false;
  let trouble = "";

  const finish = (reason: string): void => {
    if (over) return;
    over = true;
    socket.terminate();
    handlers.closed(reason);
    happened();
  };

  socket.on("open", () => {
    if (over) return socket.terminate();
    for (const text of early.splice(0)) socket.send(text);
    handlers.open();
    happened();
  });
  socket.on("message", (data: RawData) => {
    if (over) return;
    const frame = decode(data.toString(), frameBytes);
    if (frame.ok && isClientReply(frame.message)) handlers.reply(frame.message);
    else if (frame.ok && isPeerReply(frame.message) && handlers.peerReply !== undefined)
      handlers.peerReply(frame.message);
    else return finish(`the node sent what is no reply: ${data.toString().slice(0, 200)}`);
    happened();
  });
  socket.on("error", (error: Error) => {
    trouble = error.message;
  });
  socket.on("close", (code: number, reason: Buffer) =>
    finish(trouble || reason.toString() || `connection lost (${code})`),
  );

  return {
    send: (request: Sent) => {
      if (over) return;
      const text = encode(request);
      if (socket.readyState === socket.CONNECTING) early.push(text);
      else socket.send(text, () => {});
    },
    close: () => {
      if (over) return;
      over = true;
      socket.terminate();
      setImmediate(() => handlers.closed("the client is done"));
    },
  };
};
