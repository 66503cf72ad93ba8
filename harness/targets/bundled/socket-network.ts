/** A client's connections to nodes in containers: the store's protocol over published ports. */
import type { RawData } from "ws";
import {
  clientHeader,
  decode,
  encode,
  type Message,
  secretHeader,
  type StoreSettings,
} from "../../../store/index.ts";
import type { Reach } from "../../platforms/reach.ts";
import type { ClientNetwork } from "../../platforms/session.ts";
import { ws } from "../../rare-packages.ts";
import { clientSecretOf } from "./secrets.ts";

export function socketNetwork(reach: Reach, { frameBytes }: StoreSettings): ClientNetwork<Message> {
  const { WebSocket } = ws();
  return {
    clock: reach.clock,
    dial(client, node, handlers) {
      const { host, port } = reach.address(node);
      const socket = new WebSocket(`ws://${host}:${port}`, {
        headers: { [secretHeader]: clientSecretOf(reach.secret), [clientHeader]: client },
        maxPayload: frameBytes,
        perMessageDeflate: false,
      });
      const early: string[] = [];
      let over = false;
      let problem = "";

      const finish = (reason: string): void => {
        if (over) return;
        over = true;
        socket.terminate();
        handlers.close(reason);
      };
      socket.on("open", () => {
        if (over) return socket.terminate();
        for (const text of early.splice(0)) socket.send(text);
        handlers.open?.();
      });
      socket.on("message", (data: RawData) => {
        if (over) return;
        const frame = decode(data.toString(), frameBytes);
        if (frame.ok) handlers.message(frame.message);
        else finish(`the node sent something that is no reply: ${data.toString().slice(0, 200)}`);
      });
      socket.on("error", (error: Error) => {
        problem = error.message;
      });
      socket.on("close", (code: number, reason: Buffer) =>
        finish(problem || reason.toString() || `connection lost (${code})`),
      );
      return {
        send: (message) => {
          if (over) return;
          const text = encode(message);
          if (socket.readyState === socket.CONNECTING) early.push(text);
          else socket.send(text, () => {});
        },
        close: (reason) => {
          if (over) return;
          over = true;
          socket.terminate();
          setImmediate(() => handlers.close(reason));
        },
      };
    },
  };
}
