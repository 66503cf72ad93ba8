/**
 * Tests a user's own store, which runs on its own at the addresses in a configuration file. Replays find the
 * configuration again, or are refused.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toToken, type Plan } from "../../../generators/index.ts";
import { documentOf, type Finished, quorate, runsFolder } from "./support.ts";

/**
 * The content of the store behind all three addresses. It is linearizable, but paths that begin with /stale show the
 * value before the last one.
 */
const values = new Map<string, string[]>();
let servers: readonly Server[] = [];
let addresses: readonly string[];

beforeAll(async () => {
  // The three servers have this one handler, and so the same content.
  const handle: RequestListener = (request, response) => {
    const [, kind = "", key = ""] = (request.url ?? "").split("/");
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const all = values.get(key) ?? [];
      if (request.method === "PUT") values.set(key, [...all, body]);
      const found = all.at(kind === "stale" ? -2 : -1);
      response.writeHead(request.method === "GET" && found === undefined ? 404 : 200).end(found);
    });
  };
  servers = [1, 2, 3].map(() => createServer(handle));
  await Promise.all(
    servers.map((server) => new Promise<void>((done) => server.listen(0, "127.0.0.1", done))),
  );
  addresses = servers.map((server) => `127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(() => servers.forEach((server) => server.close()));

const clientOf = (kind: string): string => `({ url }) => ({
  async read(key, { signal }) {
    const response = await fetch(url + "/${kind}/" + key, { signal });
    return response.status === 404 ? null : response.text();
  },
  async write(key, value, { signal }) {
    await fetch(url + "/${kind}/" + key, { method: "PUT", body: value, signal });
  },
})`;

interface Own {
  readonly name?: string;
  readonly version?: string;
  readonly client?: string;
  readonly more?: string;
}

/** Makes a folder with a configuration. */
function folderWith({
  name = "mine",
  version = "1",
  client = clientOf("kv"),
  more = "",
}: Own): string {
  const folder = runsFolder();
  writeFileSync(
    join(folder, "quorate.config.mjs"),
    `import { defineConfig } from "quorate";
export default defineConfig({
  target: {
    name: "${name}", version: "${version}", operations: ["read", "write"], requestTimeoutMs: 1000,
    promises: ["linearizable", "no-thin-air"], client: ${client},
  },
  addresses: ${JSON.stringify(addresses)}, histories: 1, seed: 7, faults: "none", ${more}
});
`,
  );
  return folder;
}

const inFolder = (folder: string, ...args: readonly string[]): Promise<Finished> =>
  quorate(args, {}, "pipe", { folder });

describe("a configuration in the working directory", () => {
  it("is used, and named in the first line", async () => {
    const { status, stdout } = await inFolder(folderWith({}), "run", "--no-shrink");
    expect(stdout).toMatch(/^Target mine 1, from \.\/quorate\.config\.mjs\.\n/);
    expect(stdout).toContain("mine 1 on external");
    expect(status).toBe(0);
  });

  it("is overridden by --target, and its values by flags", async () => {
    const folder = folderWith({});
    const bundled = await inFolder(
      folder,
      "run",
      "--target",
      "bundled",
      "--on",
      "sim",
      "--histories",
      "2",
      "--json",
    );
    expect(documentOf(bundled)).toMatchObject({
      target: { name: "bundled" },
      on: "sim",
      histories: 2,
    });
    const flags = await inFolder(folder, "run", "--seed", "9", "--histories", "2", "--json");
    expect(documentOf(flags)).toMatchObject({
      target: { name: "mine", version: "1" },
      on: "external",
      seed: 9,
      histories: 2,
    });
  });

  it.each([
    ["throws", 'throw new Error("no luck");', "config-threw", "no luck"],
    ["exports nothing", "export const x = 1;", "config-exports-nothing", "default export"],
    ["is no JavaScript", "export default {", "config-does-not-load", "quorate.config.mjs"],
    [
      "names an unknown workload",
      'export default { workload: "bank" };',
      "unknown-workload",
      "bank",
    ],
    [
      "promises an unknown guarantee",
      'export default { target: { name: "x", version: "1", promises: ["atomic"], clientCommand: ["x"] } };',
      "unknown-guarantee",
      "atomic",
    ],
  ])("that %s is refused in one line", async (_, source, code, words) => {
    const folder = runsFolder();
    writeFileSync(join(folder, "quorate.config.mjs"), source);
    const { status, stderr } = await inFolder(folder, "run");
    expect(stderr).toMatch(new RegExp(`^quorate: ${code}: expected .*; got .*\\n$`));
    expect(stderr).toContain(words);
    expect(status).toBe(64);
  });

  it("without addresses or containers says what it needs", async () => {
    const { status, stderr } = await inFolder(folderWith({ more: "addresses: undefined" }), "run");
    expect(stderr).toMatch(/^quorate: no-addresses: .*--addresses host:port/);
    expect(status).toBe(64);
  });

  it("has as many nodes as --addresses names", async () => {
    const folder = folderWith({});
    const two = addresses.slice(0, 2).join(",");
    const { status, stdout, stderr } = await inFolder(
      folder,
      "run",
      ...["--addresses", two, "--json"],
    );
    expect(stderr).not.toContain("quorate:");
    expect(status).toBe(0);
    const { run } = JSON.parse(stdout) as { run: string };
    const [opening = ""] = readFileSync(
      join(folder, run, "histories/0/history.jsonl"),
      "utf8",
    ).split("\n");
    expect(JSON.parse(opening)).toMatchObject({ nodes: ["n1", "n2"] });
  });

  it("cannot be run where its target does not run", async () => {
    const { status, stderr } = await inFolder(folderWith({}), "run", "--on", "sim");
    expect(stderr).toMatch(/^quorate: not-on-platform: .*mine runs on: external; got sim/);
    expect(status).toBe(64);
  });
});

describe("a failure of somebody's own store", () => {
  let folder: string;
  let run: string;
  let token: string;
  beforeAll(async () => {
    folder = folderWith({ client: clientOf("stale") });
    const finished = await inFolder(folder, "run", "--no-shrink", "--json");
    expect(finished.status).toBe(1);
    const document = documentOf(finished);
    expect(document).toMatchObject({ verdict: "invalid", target: { name: "mine", version: "1" } });
    run = join(folder, document["run"] as string);
    const campaign = JSON.parse(readFileSync(join(run, "campaign.json"), "utf8")) as object;
    expect(campaign).toMatchObject({
      format: "quorate-campaign/2",
      target: { name: "mine", version: "1" },
    });
    expect(readFileSync(join(run, "report.html"), "utf8")).toContain("mine 1");
    token = toToken(JSON.parse(readFileSync(join(run, "histories/0/plan.json"), "utf8")) as Plan);
  });

  it.each([["folder"], ["token"]])("is reproduced on it by its %s", async (by) => {
    const finished = await inFolder(folder, "replay", by === "folder" ? run : token, "--json");
    expect(documentOf(finished)).toMatchObject({
      target: { name: "mine", version: "1" },
      on: "external",
      runs: 3,
      reproduced: 3,
    });
    expect(finished.status).toBe(0);
  });

  it("is reproduced from elsewhere with --target FILE, and says that the version is another", async () => {
    const other = join(
      folderWith({ version: "2", client: clientOf("stale") }),
      "quorate.config.mjs",
    );
    const { status, stdout } = await inFolder(runsFolder(), "replay", token, "--target", other);
    expect(stdout).toContain(
      "The plan was made for mine 1; now the target's version is 2, which may behave differently.",
    );
    expect(stdout).toContain("Reproduced in 3 of 3 runs on external (mine 2).");
    expect(status).toBe(0);
  });

  it("is refused where the target is not at hand", async () => {
    const nowhere = await inFolder(runsFolder(), "replay", run);
    expect(nowhere.stderr).toBe(
      "quorate: target-needed: expected the target mine, since the plan runs on no other target; got no built-in target of that name, and no configuration in this folder. Name the configuration file that describes the target: --target FILE\n",
    );
    expect(nowhere.status).toBe(64);
    const another = await inFolder(folderWith({ name: "another" }), "replay", token);
    expect(another.stderr).toMatch(
      /target-needed: .* got quorate\.config\.mjs in this folder, which describes another/,
    );
    expect(another.status).toBe(64);
    const asked = await inFolder(folder, "replay", token, "--target", "bundled");
    expect(asked.stderr).toMatch(/target-needed: .* got --target bundled, which is bundled/);
    expect(asked.status).toBe(64);
  });

  it("has a report that can be made again without the target", async () => {
    const { status, stdout } = await inFolder(runsFolder(), "report", run);
    expect(stdout).toContain("mine 1 on external");
    expect(status).toBe(0);
  });
});

const answering = (expression: string): string => `
  require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
    const { id } = JSON.parse(line);
    ${expression}
  });`;

describe("a client's command", () => {
  it.each([
    ["does not exist", null, "client-command-missing", "no-such-program"],
    ["prints no JSON", 'console.log("hello")', "bad-client-answer", "no JSON: hello"],
    [
      "ends in half a line",
      `process.stdout.write('{"id":', () => process.exit(0))`,
      "bad-client-answer",
      '{"id":',
    ],
    [
      "hangs in half a line",
      `process.stdout.write('{"id":')`,
      "client-cannot-read",
      "no reply within",
    ],
    [
      "answers an unknown id",
      `console.log('{"id":99,"type":"ok"}')`,
      "bad-client-answer",
      "request 99",
    ],
    [
      "answers twice",
      `const answer = JSON.stringify({ id, type: "ok", value: null }); console.log(answer + "\\n" + answer)`,
      "bad-client-answer",
      "a second answer to request",
    ],
    [
      "floods",
      `const more = () => process.stdout.write("x".repeat(1 << 16), more); more()`,
      "bad-client-answer",
      "xxx",
    ],
    ["never answers", "", "client-cannot-read", "no reply within"],
    [
      "never ends",
      'setInterval(() => {}, 1000); console.log("hello")',
      "bad-client-answer",
      "hello",
    ],
  ])("that %s is one clear error, and nothing of it is left", async (_, script, code, words) => {
    const mark = `mark-${Math.random().toString(36).slice(2)}`;
    const folder = runsFolder();
    writeFileSync(
      join(folder, "client.cjs"),
      `console.error("last words");${answering(script ?? "")}`,
    );
    writeFileSync(
      join(folder, "quorate.config.json"),
      JSON.stringify({
        target: {
          name: "mine",
          version: "1",
          promises: ["linearizable"],
          requestTimeoutMs: 2000,
          clientCommand:
            script === null ? ["./no-such-program"] : [process.execPath, "./client.cjs", mark],
        },
        addresses,
        histories: 1,
        faults: "none",
      }),
    );
    const { status, stderr } = await inFolder(folder, "run");
    expect(stderr).toMatch(new RegExp(`^quorate: ${code}: expected [^\\n]*; got [^\\n]*\\n$`, "m"));
    expect(stderr).toContain(words);
    if (script !== null) expect(stderr).toContain("last words");
    expect(status).toBe(70);
    await expect.poll(() => processesWith(mark)).toEqual([]);
  });
});

/** The ids of the processes that have this word in their command line. */
function processesWith(word: string): readonly string[] {
  return readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/cmdline`, "utf8").includes(word);
    } catch {
      // The process has ended in the meantime.
      return false;
    }
  });
}
