/** Tests what only the real Host has, such as handshakes and invalid frames. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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
import type { Message } from "../../../store/index.ts";
import { createRealWorld } from "./world.ts";
import type { RealWorld } from "./world.ts";

const frameBytes = 4096;
const alone = { ...defaultSettings, nodes: 1, n: 1, r: 1, w: 1, frameBytes };

describe("the real Host's sockets", () => {
  let world: RealWorld;
  const sockets: WebSocket[] = [];
  beforeEach(async () => {
    world = await createRealWorld(alone);
    await world.boot("n1", (host) => createNode(host, alone));
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.terminate();
    await world.end();
  });

  const connect = (port: number, headers: Record<string, string>): WebSocket => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { headers });
    sockets.push(socket);
    return socket;
  };
  const asClient = (): WebSocket =>
    connect(world.clientPort("n1"), { [secretHeader]: world.clientSecret, [clientHeader]: "c1" });
  /** The HTTP status with which the node refused a handshake. */
  const refusal = (socket: WebSocket): Promise<number> =>
    new Promise((resolve, reject) => {
      socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
      socket.on("open", () => reject(new Error("the handshake was accepted")));
      socket.on("error", () => {});
    });
  const opened = (socket: WebSocket): Promise<void> =>
    new Promise((resolve, reject) => {
      socket.once("open", () => resolve());
      socket.once("error", reject);
    });
  const reply = (socket: WebSocket): Promise<Message> =>
    new Promise((resolve, reject) => {
      const closed = (code: number): void => reject(new Error(`closed with ${code}`));
      socket.once("close", closed);
      socket.once("message", (data) => {
        socket.off("close", closed);
        const frame = decode(data.toString(), frameBytes);
        if (frame.ok) resolve(frame.message);
        else reject(new Error(frame.why));
      });
    });

  it("turns away, with 401, who does not know the secret, on both ports", async () => {
    expect(
      await refusal(
        connect(world.clientPort("n1"), { [secretHeader]: "a guess", [clientHeader]: "c1" }),
      ),
    ).toBe(401);
    expect(await refusal(connect(world.clientPort("n1"), { [clientHeader]: "c1" }))).toBe(401);
    expect(
      await refusal(
        connect(world.peerPort("n1"), { [secretHeader]: "a guess", [peerHeader]: "n2" }),
      ),
    ).toBe(401);
  });

  it("turns away a client's secret on the peers' port, and a peer's on the clients' port", async () => {
    const peer = { [secretHeader]: world.clientSecret, [peerHeader]: "n2" };
    expect(await refusal(connect(world.peerPort("n1"), peer))).toBe(401);
    const client = { [secretHeader]: world.peerSecret("n1", "n2"), [clientHeader]: "c1" };
    expect(await refusal(connect(world.clientPort("n1"), client))).toBe(401);
  });

  it.each(["n3", "n1", "n4", "constructor", "__proto__"])(
    "turns away n2 that claims to be %s: its secret proves its own name only",
    async (name) => {
      const headers = { [secretHeader]: world.peerSecret("n1", "n2"), [peerHeader]: name };
      expect(await refusal(connect(world.peerPort("n1"), headers))).toBe(401);
    },
  );

  it("turns away, with 400, who does not say who it is", async () => {
    expect(
      await refusal(connect(world.clientPort("n1"), { [secretHeader]: world.clientSecret })),
    ).toBe(400);
    expect(
      await refusal(
        connect(world.peerPort("n1"), {
          [secretHeader]: world.peerSecret("n1", "n2"),
          [clientHeader]: "c1",
        }),
      ),
    ).toBe(400);
  });

  it("answers a frame that is no message with bad-frame under its id, and serves on", async () => {
    const socket = asClient();
    await opened(socket);
    for (const [frame, id] of [
      ["not JSON", 0],
      ["[]", 0],
      ['{"type":"get","id":5,"key":"k","surprise":1}', 5],
      ['{"type":"fly","id":6}', 6],
    ] as const) {
      socket.send(frame);
      expect(await reply(socket)).toMatchObject({ type: "error", id, code: "bad-frame" });
    }
    socket.send(Buffer.from([1, 2, 3]));
    expect(await reply(socket)).toMatchObject({ type: "error", id: 0, code: "bad-frame" });
    socket.send(encode({ type: "inspect", id: 8 }));
    expect(await reply(socket)).toMatchObject({ type: "inspected", id: 8, entries: [] });
  });

  it("records a frame that is laid out in lines in one line", async () => {
    const socket = asClient();
    await opened(socket);
    socket.send('{"type":"get",\r\n "id":41,\n "key":"a\\nb"}');
    await reply(socket);
    expect(
      world
        .evidence("n1")
        .filter(
          (event) => event.e === "received" && event.frame === "client-read" && event.trace === 41,
        ),
    ).toMatchObject([{ peer: "c1", key: "a\nb" }]);
  });

  it("drops a peer's link on a frame that is no message, and lives on", async () => {
    const socket = asClient();
    await opened(socket);
    let seen: Message | undefined;
    // Waits until the node has recovered. Until then it refuses peers.
    while (seen?.type !== "inspected") {
      socket.send(encode({ type: "inspect", id: 1 }));
      seen = await reply(socket);
    }
    const peer = connect(world.peerPort("n1"), {
      [secretHeader]: world.peerSecret("n1", "n2"),
      [peerHeader]: "n2",
    });
    await opened(peer);
    const closed = new Promise<string>((resolve) =>
      peer.once("close", (_code, reason) => resolve(reason.toString())),
    );
    peer.send("not JSON");
    expect(await closed).toContain("bad-frame");
    socket.send(encode({ type: "inspect", id: 2 }));
    expect(await reply(socket)).toMatchObject({ type: "inspected", id: 2 });
  });

  it("cuts off who sends a frame that is too large, and lives on", async () => {
    const large = asClient();
    await opened(large);
    const code = new Promise<number>((resolve) => large.once("close", resolve));
    large.send(JSON.stringify({ type: "put", id: 1, key: "k", value: "x".repeat(2 * frameBytes) }));
    expect(await code).toBe(1009);
    const socket = asClient();
    await opened(socket);
    let seen: Message | undefined;
    // The node may still be recovering its log. How long that takes depends on the disk.
    while (seen === undefined || seen.type === "error") {
      socket.send(encode({ type: "inspect", id: 2 }));
      seen = await reply(socket);
    }
    expect(seen).toMatchObject({ type: "inspected", id: 2, entries: [] });
  });

  it("writes and reads through a node, and has it after a restart", async () => {
    const socket = asClient();
    await opened(socket);
    const put = async (id: number): Promise<Message> => {
      socket.send(encode({ type: "put", id, key: "k", value: "v1" }));
      return reply(socket);
    };
    // The node's link to itself may not be up yet. Until then, it cannot write to its own replica.
    let answer = await put(1);
    for (let id = 2; answer.type === "error"; id++) answer = await put(id);
    expect(answer).toMatchObject({ type: "stored", key: "k" });
    await world.kill("n1");
    await world.boot("n1", (host) => createNode(host, alone));
    const again = asClient();
    await opened(again);
    let seen: Message | undefined;
    for (let id = 100; seen === undefined || seen.type === "error"; id++) {
      again.send(encode({ type: "inspect", id }));
      seen = await reply(again);
    }
    expect(seen).toMatchObject({
      type: "inspected",
      entries: [{ key: "k", state: { value: "v1" } }],
    });
  });
});
