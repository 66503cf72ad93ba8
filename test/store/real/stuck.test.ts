/** Tests real sockets whose other ends do not read their replies, or send invalid frames. */
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import {
  clientHeader,
  createNode,
  decode,
  defaultSettings,
  encode,
  peerHeader,
  secretHeader,
} from "../../../store/index.ts";
import type { Message, StoreSettings } from "../../../store/index.ts";
import { change, frameOf } from "../fuzz/mutate.ts";
import { createRealWorld } from "./world.ts";
import type { RealWorld } from "./world.ts";

const alone: StoreSettings = {
  ...defaultSettings,
  nodes: 1,
  n: 1,
  r: 1,
  w: 1,
  frameBytes: 262_144,
  bufferBytes: 1 << 20,
};

let world: RealWorld | undefined;
const sockets: WebSocket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await world?.end();
});

async function served(): Promise<RealWorld> {
  world = await createRealWorld(alone);
  await world.boot("n1", (host) => createNode(host, alone));
  return world;
}

async function opened(port: number, headers: Record<string, string>): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { headers });
  sockets.push(socket);
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  return socket;
}

const asClient = ({ clientPort, clientSecret }: RealWorld): Promise<WebSocket> =>
  opened(clientPort("n1"), { [secretHeader]: clientSecret, [clientHeader]: "c1" });

/** Sends one frame, and resolves with the reply. */
const ask = (socket: WebSocket, text: string): Promise<Message> =>
  new Promise((resolve, reject) => {
    const closed = (code: number): void => reject(new Error(`closed with ${code} on ${text}`));
    socket.once("close", closed);
    socket.once("message", (data: Buffer) => {
      socket.off("close", closed);
      const frame = decode(data.toString(), alone.frameBytes);
      if (frame.ok) resolve(frame.message);
      else reject(new Error(frame.why));
    });
    socket.send(text);
  });

/** Repeats a put until it succeeds. Until the node is ready, it refuses puts. */
async function stored(socket: WebSocket, value: string): Promise<void> {
  for (;;)
    if ((await ask(socket, encode({ type: "put", id: 1, key: "k", value }))).type === "stored")
      return;
}

describe("the real Host", () => {
  it("holds back a client that asks and does not read, and serves the others meanwhile", async () => {
    const here = await served();
    const other = await asClient(here);
    await stored(other, "x".repeat(20_000));
    const stuck = await asClient(here);
    stuck.pause();
    const asked = 4000;
    for (let id = 0; id < asked; id++) stuck.send(encode({ type: "get", id, key: "k" }));
    // By the end of these requests, the node has also read all requests of `stuck`, in whatever pieces they came.
    for (let id = 0; id < 200; id++)
      expect((await ask(other, encode({ type: "get", id, key: "k" }))).type).toBe("got");
    let received = 0;
    const all = new Promise<void>((resolve, reject) => {
      stuck.on("message", () => {
        if (++received === asked) resolve();
      });
      stuck.once("close", () => reject(new Error(`closed after ${received} replies`)));
    });
    stuck.resume();
    await all;
    expect((await ask(other, encode({ type: "get", id: 1, key: "k" }))).type).toBe("got");
  });

  it("answers random and mutated frames, and lives on", async () => {
    const here = await served();
    const client = await asClient(here);
    await stored(client, "v");
    for (const text of fc.sample(change.map(frameOf), { seed: 7, numRuns: 1500 })) {
      const { type } = await ask(client, text);
      expect(["error", "got", "stored", "inspected"], text).toContain(type);
    }
    for (const texts of fc.sample(fc.array(change.map(frameOf), { minLength: 5, maxLength: 20 }), {
      seed: 7,
      numRuns: 60,
    })) {
      const peer = await opened(here.peerPort("n1"), {
        [secretHeader]: here.peerSecret("n1", "n2"),
        [peerHeader]: "n2",
      });
      for (const text of texts) peer.send(text);
      peer.close();
      await new Promise((resolve) => peer.once("close", resolve));
    }
    expect((await ask(client, encode({ type: "inspect", id: 1 }))).type).toBe("inspected");
  });
});
