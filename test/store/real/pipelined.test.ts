/** Tests a client that sends far more requests at once than it or its node can handle. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import {
  clientHeader,
  decode,
  defaultSettings,
  encode,
  secretHeader,
} from "../../../store/index.ts";
import type { Message } from "../../../store/index.ts";
import { type Nodes, startNodes } from "../../bench/store/nodes.ts";

/**
 * The number of gets. Together, their replies are five times as large as the buffer of a link. Set QUORATE_TEST_GETS to
 * 20000 for a long test.
 */
const gets = Number(process.env["QUORATE_TEST_GETS"] ?? 700);
const value = "x".repeat(130_000);

let nodes: Nodes;
beforeAll(async () => {
  // The nodes record no evidence, since it would contain each large frame. A busy machine may take minutes for all gets.
  nodes = await startNodes(3, false, { requestTimeoutMs: 300_000 });
});
afterAll(() => nodes.stop());

const asClient = async (port: number): Promise<WebSocket> => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, {
    headers: { [secretHeader]: nodes.secret, [clientHeader]: "c1" },
    perMessageDeflate: false,
  });
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  return socket;
};

const reply = (socket: WebSocket): Promise<Message> =>
  new Promise((resolve, reject) => {
    socket.once("close", () => reject(new Error("the node closed the connection")));
    socket.once("message", (data: Buffer) => {
      const frame = decode(data.toString(), defaultSettings.frameBytes);
      if (frame.ok) resolve(frame.message);
      else reject(new Error(frame.why));
    });
  });

describe("a client that pipelines gets of a large value", () => {
  it("has an answer to each, and costs its node no link to a peer", async () => {
    const socket = await asClient(nodes.ports[0] ?? 0);
    socket.send(encode({ type: "put", id: 1, key: "k", value }));
    expect(await reply(socket)).toMatchObject({ type: "stored" });
    const linksLost = (): number => nodes.printed().split("link down").length - 1;
    const before = linksLost();

    const answers = new Map<string, number>();
    await new Promise<void>((resolve, reject) => {
      let left = gets;
      socket.on("close", () => reject(new Error("the node closed the connection")));
      socket.on("message", (data: Buffer) => {
        const type = /^\{"type":"([a-z]+)"/.exec(data.toString("latin1", 0, 40))?.[1] ?? "none";
        answers.set(type, (answers.get(type) ?? 0) + 1);
        if (--left === 0) resolve();
      });
      for (let id = 2; id < gets + 2; id++) socket.send(encode({ type: "get", id, key: "k" }));
    });
    socket.removeAllListeners("close");
    socket.terminate();
    expect(linksLost()).toBe(before);
    expect(Object.fromEntries(answers)).toEqual({ got: gets });
  });
});
