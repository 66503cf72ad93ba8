/**
 * Tests nodes of a user's store that do not start. There must be one error with their last log lines, and nothing may
 * be left behind.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkConfig } from "../../../../harness/config/read-config.ts";
import { connectEngine } from "../../../../harness/platforms/docker/connect-engine.ts";
import { createDockerCluster } from "../../../../harness/platforms/docker/index.ts";
import { ofRun } from "../../../../harness/platforms/docker/labels.ts";
import { defineTarget } from "../../../../harness/targets/define-target.ts";
import { promiseClients } from "../../../../harness/targets/promise-client.ts";
import { docker } from "../../../support/docker.ts";

const file = join(mkdtempSync(join(tmpdir(), "quorate-config-")), "quorate.config.ts");
const serves = 'require("node:http").createServer((_, response) => response.end()).listen(7000)';
const isReadOnly =
  'require("node:assert").throws(() => require("node:fs").writeFileSync("/written", ""), { code: "EROFS" })';
const runsFromTmp =
  'require("node:fs").copyFileSync("/bin/sh", "/tmp/sh"); require("node:child_process").execFileSync("/tmp/sh", ["-c", "exit 0"])';

describe.skipIf(docker.skip)(`a node of a configuration's target${docker.reason}`, () => {
  it.each([
    [
      "exits at once",
      'console.error("no such table"); process.exit(3)',
      /its process ended; it said last: .*no such table/,
    ],
    [
      "never becomes ready",
      'console.log("waiting for a leader"); setInterval(() => {}, 1000)',
      /the node does not answer GET \/health; it said last: waiting for a leader/,
    ],
    [
      "answers that it is not ready",
      `console.log("hm"); ${serves.replace("response.end()", "response.writeHead(503).end()")}`,
      /the node answers GET \/health with 503; it said last: hm/,
    ],
    [
      "uses a taken port",
      `${serves}.on("listening", () => ${serves})`,
      /its process ended; it said last: .*EADDRINUSE/,
    ],
  ])("that %s is one clear error, and nothing is left", async (_, script, words) => {
    const run = randomBytes(4).toString("hex");
    const { target } = checkConfig(
      {
        target: {
          name: "mine",
          version: "1",
          nodes: 1,
          promises: ["linearizable"],
          clientCommand: ["true"],
          containers: {
            image: "host",
            port: 7000,
            ready: { http: "/health" },
            startTimeoutMs: 6000,
            node: { command: ["node", "-e", script] },
          },
        },
      },
      file,
    );
    const cluster = await createDockerCluster(target, { nodes: 1, run });
    const starting = cluster.start({
      settings: target.parseSettings({}),
      worldSeed: 1,
      evidence: false,
    });
    await expect(starting).rejects.toMatchObject({
      code: "node-not-up",
      expected: "n1 to serve within 6000 ms",
      got: expect.stringMatching(words) as string,
      hint: expect.stringContaining("startTimeoutMs") as string,
    });
    await cluster.stop();
    const left = await connectEngine().labelled(ofRun(run));
    expect(left).toEqual({ containers: [], networks: [], volumes: [] });
  });

  // Cassandra unpacks native libraries into /tmp and loads them from there.
  it("may run what it puts into /tmp, although its root is read-only", async () => {
    const target = defineTarget({
      name: "mine",
      version: "1",
      nodes: 1,
      promises: () => [],
      containers: {
        image: { from: "machine" },
        clientPort: 7000,
        dataPath: "/data",
        ready: { http: "/health" },
        node: () => ({ command: ["node", "-e", `${isReadOnly}; ${runsFromTmp}; ${serves}`] }),
        clients: promiseClients(() => ({})),
      },
    });
    const cluster = await createDockerCluster(target, { nodes: 1 });
    try {
      const settings = target.parseSettings({});
      await cluster.start({ settings, worldSeed: 1, evidence: false });
      expect(cluster.nodes).toEqual(["n1"]);
    } finally {
      await cluster.stop();
    }
  });

  it("whose image is nowhere is one clear error, and nothing is left", async () => {
    const run = randomBytes(4).toString("hex");
    const { target } = checkConfig(
      {
        target: {
          name: "mine",
          version: "1",
          promises: [],
          clientCommand: ["true"],
          containers: { image: "no-such-image:0", port: 7000, node: { command: ["x"] } },
        },
      },
      file,
    );
    await expect(createDockerCluster(target, { nodes: 1, run })).rejects.toThrow(/no-such-image/);
    const left = await connectEngine().labelled(ofRun(run));
    expect(left).toEqual({ containers: [], networks: [], volumes: [] });
  });
});
