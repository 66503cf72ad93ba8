import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import type { ClientSession } from "../../../harness/platforms/session.ts";
import { commandClients } from "../../../harness/targets/command-client.ts";
import { perform, read, type TestReach, testReach, write } from "./reach.ts";

/** A client program that evaluates `expression` for each request. The expression can use `request` and `stored`. */
const answering = (expression: string): string => `
  const stored = new Map();
  require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
    const request = JSON.parse(line);
    ${expression}
  });`;
const honest = answering(`
    if (request.op === "write") stored.set(request.key, request.value);
    const value = request.op === "read" ? { value: stored.get(request.key) ?? null } : {};
    console.log(JSON.stringify({ id: request.id, type: "ok", ...value }));`);

const open: ClientSession[] = [];
afterEach(() => {
  for (const session of open.splice(0)) session.close();
});

const sessionOf = (script: string, reach: TestReach = testReach()): ClientSession => {
  const session = commandClients({ command: [process.execPath, "-e", script] })(reach).session(
    "c1",
    "n1",
  );
  open.push(session);
  return session;
};

describe("a client command", () => {
  it("reads, writes and says that a key is not there", async () => {
    const session = sessionOf(honest);
    expect(await perform(session, read(1))).toEqual({ kind: "ok", versions: [] });
    expect(await perform(session, write(2, "v2"))).toEqual({
      kind: "ok",
      versions: [{ value: "v2" }],
    });
    expect(await perform(session, read(3))).toEqual({ kind: "ok", versions: [{ value: "v2" }] });
  });

  it("gives versions, tokens and definite errors on", async () => {
    const session = sessionOf(
      answering(`console.log(JSON.stringify(request.op === "read"
        ? { id: request.id, type: "ok", value: "a", version: "7", token: "t" }
        : { id: request.id, type: "fail", code: "full", message: "no room" }));`),
    );
    expect(await perform(session, read(1))).toEqual({
      kind: "ok",
      versions: [{ version: "7", value: "a" }],
      token: "t",
    });
    expect(await perform(session, write(2, "b"))).toEqual({
      kind: "fail",
      code: "full",
      message: "no room",
    });
  });

  it("is told where its node is", async () => {
    const session = sessionOf(
      answering(`console.log(JSON.stringify({ id: request.id, type: "ok",
        value: [process.env.QUORATE_HOST, process.env.QUORATE_PORT, process.env.QUORATE_NODE, process.env.QUORATE_CLIENT].join() }));`),
      testReach(4711),
    );
    expect(await perform(session, read(1))).toMatchObject({
      versions: [{ value: "127.0.0.1,4711,n1,c1" }],
    });
  });

  it("that ends leaves its operation indeterminate, and the next one has a new process", async () => {
    const reach = testReach();
    const session = sessionOf(
      answering(`
        if (request.op === "write") process.exit(3);
        console.log(JSON.stringify({ id: request.id, type: "ok", value: null }));`),
      reach,
    );
    expect(await perform(session, write(1, "v"))).toMatchObject({
      kind: "info",
      code: "client-ended",
      message: "the client command ended with status 3",
    });
    expect(await perform(session, read(2))).toEqual({ kind: "ok", versions: [] });
    expect(reach.failures).toEqual([]);
  });

  it("that does not answer in time leaves its operation indeterminate", async () => {
    const session = sessionOf(answering(""));
    expect(await perform(session, read(1), 200)).toMatchObject({
      kind: "info",
      code: "client-timeout",
    });
  });

  it("has its standard error in the run's logs", async () => {
    const reach = testReach();
    const session = sessionOf(`console.error("a word"); ${honest}`, reach);
    await perform(session, read(1));
    expect(reach.logged).toContain("c1 at n1: a word");
  });

  it("takes what it started with it when it ends", async () => {
    const session = sessionOf(
      answering(`
        const child = require("node:child_process").spawn("sleep", ["1000"], { stdio: "ignore" });
        console.log(JSON.stringify({ id: request.id, type: "ok", value: String(child.pid) }));
        process.exit(0);`),
    );
    const outcome = await perform(session, read(1));
    const [{ value: pid } = { value: null }] = (outcome.kind === "ok" && outcome.versions) || [];
    const isAlive = (): boolean => {
      try {
        // A process that has ended and has no parent that waited for it (a zombie) still accepts signals, so its state
        // must be read.
        return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
      } catch {
        return false;
      }
    };
    expect(Number(pid)).toBeGreaterThan(1);
    await expect.poll(isAlive).toBe(false);
  });

  it("that is not there is one clear error", async () => {
    const reach = testReach();
    const session = commandClients({ command: ["/no/such/command"] })(reach).session("c1", "n1");
    expect(await perform(session, read(1))).toMatchObject({ kind: "fail", code: "not-connected" });
    expect(reach.failures).toHaveLength(1);
    expect(reach.failures[0]).toMatchObject({ code: "client-command-missing" });
  });

  it.each([
    ["prints no JSON", `console.log("hello");`, /a line that is no JSON: hello/],
    ["prints half a line", `process.stdout.write('{"id":1,', () => process.exit(0));`, /no JSON/],
    [
      "answers an unknown id",
      `console.log('{"id":99,"type":"ok"}');`,
      /request 99, which is not 1/,
    ],
    [
      "answers with other words",
      `console.log('{"id":1,"type":"fine"}');`,
      /JSON that is no answer/,
    ],
    ["floods", `process.stdout.write("x".repeat(3000000));`, /no JSON: xxx/],
  ])("that %s is one clear error with what it said last", async (_, script, complaint) => {
    const reach = testReach();
    const session = sessionOf(answering(`console.error("last words"); ${script}`), reach);
    expect(await perform(session, read(1))).toMatchObject({ kind: "info" });
    await expect.poll(() => reach.failures.length).toBe(1);
    expect(reach.failures[0]).toMatchObject({ code: "bad-client-answer" });
    expect(reach.failures[0]?.message).toMatch(complaint);
  });

  // The complaint must be the same, whatever is under way when the second answer arrives.
  it.each([
    ["in the same chunk", 1],
    ["during the next request", 2],
    ["after the next answer", 3],
  ])("that answers request 1 twice, %s, is one clear error", async (_, last) => {
    const reach = testReach();
    const session = sessionOf(
      answering(`
        const ids = request.id === ${last} ? [1, request.id] : [request.id];
        console.log(ids.map((id) => JSON.stringify({ id, type: "ok" })).join("\\n"));`),
      reach,
    );
    for (let id = 1; id <= last; id++) await perform(session, read(id));
    await expect.poll(() => reach.failures.length).toBe(1);
    expect(reach.failures[0]).toMatchObject({ code: "bad-client-answer" });
    expect(reach.failures[0]?.message).toMatch(/a second answer to request 1;/);
  });
});
