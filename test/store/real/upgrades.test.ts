/** Tests a node's program against connections with a wrong secret, each of which is reset within a few milliseconds. */
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientHeader, peerHeader, secretHeader } from "../../../store/index.ts";
import { type Nodes, startNodes } from "../../bench/store/nodes.ts";
import { drive } from "../../bench/store/drive.ts";

/**
 * The number of connections. A node without protection against such resets died after 71 to 163 of them. Set
 * QUORATE_TEST_UPGRADES to 20000 for a long test.
 */
const upgrades = Number(process.env["QUORATE_TEST_UPGRADES"] ?? 600);
const atOnce = 20;

let nodes: Nodes;
beforeAll(async () => {
  nodes = await startNodes(3, true);
});
afterAll(() => nodes.stop());

/**
 * Asks for an upgrade to a WebSocket, and resets the connection `afterMs` later. Resolves once the connection has
 * ended.
 */
const resetUpgrade = (port: number, header: string, name: string, afterMs: number): Promise<void> =>
  new Promise((resolve) => {
    const socket: Socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.write(
        `GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
          `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${secretHeader}: a guess\r\n${header}: ${name}\r\n\r\n`,
        () => {
          if (afterMs === 0) socket.resetAndDestroy();
          else setTimeout(() => socket.resetAndDestroy(), afterMs);
        },
      );
    });
    // An error does not matter here: the node may answer first, or be dead. The end of the test checks whether it is
    // alive.
    socket.on("error", () => {});
    socket.once("close", () => resolve());
  });

const attack = async (port: number, header: string, name: string): Promise<void> => {
  for (let sent = 0; sent < upgrades; sent += atOnce)
    await Promise.all(
      Array.from({ length: atOnce }, (_, i) => resetUpgrade(port, header, name, i % 3)),
    );
};

describe("a node", () => {
  it("outlives upgrades with a wrong secret that are reset, on both of its ports", async () => {
    await attack(nodes.ports[0] ?? 0, clientHeader, "c1");
    await attack(nodes.peerPorts[0] ?? 0, peerHeader, "n2");
    const { ports, secret } = nodes;
    const served = await drive({ ports, secret, kind: "write", inFlight: 3, requests: 30 });
    expect(served).toBeGreaterThan(0);
    expect(nodes.ended()).toEqual([]);
  });
});
