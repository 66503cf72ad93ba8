import { createServer, type Server } from "node:http";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { openHttp } from "../../../../harness/targets/software/http-session.ts";

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

const serve = async (server: Server | ReturnType<typeof createTcpServer>): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    if ("closeAllConnections" in server) server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
};

const session = (port: number): ReturnType<typeof openHttp> => {
  const opened = openHttp("127.0.0.1", port, { method: "GET", path: "/probe" });
  closing.push(() => opened.close());
  return opened;
};

const put = { method: "PUT", path: "/k", body: "v" } as const;

describe("openHttp", () => {
  it("gives status and body of an answer", async () => {
    const port = await serve(createServer((request, response) => response.end(request.method)));
    expect(await session(port).request(put, 1000)).toMatchObject({ status: 200, body: "PUT" });
  });

  it("is sure that nothing was sent where nobody listens", async () => {
    const port = await serve(createTcpServer());
    closing.splice(0).forEach((close) => close());
    expect(await session(port).request(put, 1000)).toMatchObject({
      kind: "fail",
      code: "not-connected",
    });
  });

  it("is sure that nothing was sent where a proxy takes the connection for a dead node", async () => {
    const port = await serve(createTcpServer((socket) => socket.destroy()));
    expect(await session(port).request(put, 1000)).toMatchObject({
      kind: "fail",
      code: "not-connected",
    });
  });

  it("does not know what became of a request whose connection broke", async () => {
    const port = await serve(
      createServer((request, response) =>
        request.method === "PUT" ? request.socket.destroy() : response.end(),
      ),
    );
    expect(await session(port).request(put, 1000)).toMatchObject({
      kind: "info",
      code: "connection-lost",
    });
  });

  it("does not know what became of a request that nobody answers in time", async () => {
    const port = await serve(
      createServer((request, response) => {
        if (request.method !== "PUT") response.end();
      }),
    );
    expect(await session(port).request(put, 50)).toMatchObject({
      kind: "info",
      code: "client-timeout",
    });
  });
});
