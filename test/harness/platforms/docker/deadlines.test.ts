/** Tests an engine that stops answering. A server on a socket imitates it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { connectEngine } from "../../../../harness/platforms/docker/connect-engine.ts";
import type { Engine } from "../../../../harness/platforms/docker/engine.ts";
import { EnvironmentError } from "../../../../harness/errors.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** The time after which a request to the engine is given up. It is short, since tests wait that long. */
const deadlineMs = 300;
const folder = mkdtempSync(join(tmpdir(), "quorate-engine-"));
const socket = join(folder, "docker.sock");
const hostBefore = process.env["DOCKER_HOST"];
let server: Server;
let answer: Answer;
/** The number of requests that are still open. */
let open = 0;

beforeEach(async () => {
  process.env["DOCKER_HOST"] = `unix://${socket}`;
  server = createServer((request, response) => {
    open++;
    response.on("close", () => open--);
    answer(request, response);
  });
  server.on("upgrade", (_request, upgraded) => {
    open++;
    upgraded.on("close", () => open--);
    upgraded.on("error", () => {});
    upgraded.on("end", () => upgraded.destroy());
    upgraded.resume();
    upgraded.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
});
afterEach(async () => {
  if (hostBefore === undefined) delete process.env["DOCKER_HOST"];
  else process.env["DOCKER_HOST"] = hostBefore;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(socket, { force: true });
});

const json = (response: ServerResponse, value: object, status = 200): void => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
};

const failure = async (work: Promise<unknown>): Promise<EnvironmentError> => {
  const thrown: unknown = await work.then(
    () => new Error("it succeeded"),
    (error: unknown) => error,
  );
  if (thrown instanceof EnvironmentError) return thrown;
  throw thrown;
};

const calls: readonly [string, (engine: Engine) => Promise<unknown>, string][] = [
  ["version", (engine) => engine.version(), "say its version"],
  ["start", (engine) => engine.start("box"), "start box"],
  ["kill", (engine) => engine.kill("box"), "kill box"],
  ["pause", (engine) => engine.pause("box"), "pause box"],
  ["limit", (engine) => engine.limit("box", { memoryMiB: 64 }), "limit box"],
  ["isRunning", (engine) => engine.isRunning("box"), "look at box"],
  ["run", (engine) => engine.run("box", ["ls"]), "run ls in box"],
  ["logs", (engine) => engine.logs("box", 0), "read the log of box"],
  ["labelled", (engine) => engine.labelled("a=b"), "list containers"],
  ["createVolume", (engine) => engine.createVolume("v", {}), "make the volume v"],
  ["removeContainer", (engine) => engine.removeContainer("box"), "remove box"],
];

it.each(calls)(
  "gives %s up when the engine does not answer, and says what was asked",
  async (_, call, doing) => {
    answer = () => {};
    const { code, expected } = await failure(call(connectEngine({ deadlineMs })));
    expect(code).toBe("engine-stalled");
    expect(expected).toBe(`the Docker engine to ${doing} within 0.3 s`);
    // The request must be closed. Otherwise the process could not end before the engine answers.
    await expect.poll(() => open).toBe(0);
  },
);

it("gives an answer up that stops in its middle", async () => {
  answer = (_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.write('{"Version":');
  };
  expect(await failure(connectEngine({ deadlineMs }).version())).toMatchObject({
    code: "engine-stalled",
  });
  await expect.poll(() => open).toBe(0);
});

it("gives a command up that never ends", async () => {
  answer = (_request, response) => json(response, { Id: "e1" }, 201);
  const { code, expected } = await failure(connectEngine({ deadlineMs }).run("box", ["sleep"]));
  expect([code, expected]).toEqual([
    "engine-stalled",
    "the Docker engine to run sleep in box within 0.3 s",
  ]);
  await expect.poll(() => open).toBe(0);
});

it("names what may be left: what was made, or was being made, and not removed", async () => {
  answer = (request, response) => {
    if (request.method === "DELETE") response.writeHead(204).end();
    else json(response, { Id: "x", Name: "x", Warning: "" }, 201);
  };
  const engine = connectEngine({ deadlineMs: 2_000 });
  await engine.createVolume("kept", {});
  await engine.createVolume("removed", {});
  await engine.createNetwork({ name: "net", labels: {}, internal: false });
  await engine.removeVolume("removed");
  answer = () => {};
  const { got } = await failure(
    engine.createContainer({
      name: "box",
      image: "i",
      labels: {},
      command: [],
      network: "net",
      volumes: {},
      capabilities: [],
      memoryMiB: 64,
    }),
  );
  expect(got).toBe("no answer; this run may have left box, net, kept");
});
