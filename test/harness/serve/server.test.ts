import { rmSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serve, type Serving } from "../../../harness/serve/index.ts";
import { type Answer, get, good, hostileName, later, runsFolder, secret } from "./support.ts";

let folder: string;
let serving: Serving;
beforeAll(async () => {
  folder = runsFolder();
  serving = await serve(folder, 0);
});
afterAll(async () => {
  await serving.close();
  rmSync(join(folder, ".."), { recursive: true, force: true });
});
const ask = (path: string, options?: Parameters<typeof get>[2]): Promise<Answer> =>
  get(serving.port, path, options);

describe("the list of runs", () => {
  test("has the newest first, with time, target, profile, seed, verdict, broken guarantees and duration", async () => {
    const { status, body } = await ask("/");
    expect(status).toBe(200);
    expect(body.indexOf(later)).toBeGreaterThan(0);
    expect(body.indexOf(later)).toBeLessThan(body.indexOf(good));
    for (const part of [
      "2026-11-24 08:00:00",
      "docker",
      "<td>riak</td>",
      "<td>20251123</td>",
      "✕ invalid",
      '<td class="broken">regular-stamped</td>',
      "14.23 s",
      "bundled on sim",
    ])
      expect(body).toContain(part);
  });

  test("tells what is wrong with a run that has no whole campaign, beside the others", async () => {
    const { body } = await ask("/");
    expect(body).toContain("still running, or was stopped before its end");
    expect(body).toContain("campaign.json cannot be read");
    expect(body).toContain("/histories must be array");
    expect(body.match(/campaign\.json does not have the expected form/g)).toHaveLength(3);
    expect(body).toContain("campaign.json is no plain file");
    expect(body).not.toContain("a file");
  });

  test.each([
    ["?verdict=valid", later, good],
    ["?verdict=invalid", good, later],
    ["?on=docker", later, good],
    ["?profile=riak", later, good],
    ["?text=20251123", good, later],
    ["?text=regular-stamped", good, later],
  ])("%s lets only what is like that through", async (query, there, away) => {
    const { body } = await ask(`/${query}`);
    expect(body).toContain(`/runs/${there}`);
    expect(body).not.toContain(`/runs/${away}`);
  });
});

describe("a run's page", () => {
  test("has its guarantees, its histories and their files", async () => {
    const { status, body } = await ask(`/runs/${good}`);
    expect(status).toBe(200);
    for (const part of [
      `/runs/${good}/report.html`,
      `/runs/${good}/histories/12/history.jsonl`,
      `/runs/${good}/shrunk/plan.json`,
      `/runs/${good}/shrunk-12/plan.json`,
      "no-thin-air",
      "npx quorate replay",
    ])
      expect(body).toContain(part);
    expect(body).not.toContain("notes.txt");
    expect(body).not.toContain("histories/x");
  });

  test("is there for a run that was stopped", async () => {
    const { status, body } = await ask("/runs/running");
    expect(status).toBe(200);
    expect(body).toContain("/runs/running/histories/0/history.jsonl");
  });

  test("gives files as text, and the report under a policy that keeps it apart", async () => {
    const history = await ask(`/runs/${good}/histories/12/history.jsonl`);
    expect(history).toMatchObject({ status: 200, body: '{"e":"run"}\n' });
    expect(history.headers["content-type"]).toBe("text/plain; charset=utf-8");
    const report = await ask(`/runs/${good}/report.html`);
    expect(report.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(report.headers["content-security-policy"]).toMatch(
      /^sandbox allow-scripts allow-downloads; default-src 'none'/,
    );
  });
});

test("two runs stand side by side, what differs marked", async () => {
  const { status, body } = await ask(`/compare?a=${good}&b=${later}`);
  expect(status).toBe(200);
  expect(body).toContain("≠ ✕ invalid");
  expect(body).toContain("≠ ✓ valid");
  expect(body).toMatch(/<th scope="row">no-thin-air<\/th><td>promised: ✓ valid/);
  expect((await ask(`/compare?a=${good}&b=running`)).status).toBe(400);
  expect((await ask(`/compare?a=${good}`)).status).toBe(400);
});

describe("what is not given", () => {
  test.each([
    "/../secret.txt",
    "/runs/../secret.txt",
    "/runs/..%2fsecret.txt",
    "/runs/%2e%2e/secret.txt",
    `/runs/${good}/../../../secret.txt`,
    `/runs/${good}/..%2f..%2f..%2fsecret.txt`,
    `/runs/${good}/%2e%2e/%2e%2e/secret.txt`,
    `/runs/${good}/histories/12/..%2f..%2f..%2f..%2fsecret.txt`,
    `/runs/${good}//etc/passwd`,
    `/runs/${good}/notes.txt`,
    `/runs/${good}/report.html%00.txt`,
    "/runs/link/secret.txt",
    "/runs/linked/report.html",
    "/runs/linked/campaign.json",
    "/runs/a%20file",
    "/runs/.",
    "/runs",
    "//secret.txt",
    "/favicon.ico",
    "/runs/__proto__",
  ])("%s", async (path) => {
    const { status, body } = await ask(path);
    expect(status).toBe(404);
    expect(body).not.toContain(secret);
  });

  test("what cannot be read is refused, and the server goes on", async () => {
    for (const path of ["/%", "/runs/%ff%fe", `/${"a".repeat(10_000)}`])
      expect([400, 404]).toContain((await ask(path)).status);
    expect((await ask("/")).status).toBe(200);
  });

  test.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])(
    "%s: nothing can be changed",
    async (method) => {
      expect(await ask("/", { method })).toMatchObject({
        status: 405,
        headers: { allow: "GET, HEAD" },
      });
    },
  );

  test("a name that was made to resolve here is not answered", async () => {
    expect((await ask("/", { host: `evil.example:${serving.port}` })).status).toBe(403);
    expect((await ask("/", { host: `localhost:${serving.port}` })).status).toBe(200);
  });

  test("no other address of this machine answers", async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4");
    for (const { address } of others) {
      const reached = await new Promise<boolean>((done) => {
        const socket = connect(serving.port, address, () => done(true))
          .on("error", () => done(false))
          .on("close", () => done(false));
        socket.setTimeout(2_000, () => socket.destroy());
      });
      expect(reached, address).toBe(false);
    }
  });
});

test.each(["/", `/runs/${good}`, "/nowhere", `/runs/${good}/report.html`])(
  "%s has strict headers",
  async (path) => {
    const { headers } = await ask(path);
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cache-control": "no-store",
    });
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
  },
);

test("a hostile name and campaign stay text, on every page", async () => {
  for (const path of [
    "/",
    `/runs/${encodeURIComponent(hostileName)}`,
    `/compare?a=${encodeURIComponent(hostileName)}&b=${good}`,
    `/?text=${encodeURIComponent('"><script>alert(1)</script>')}`,
  ]) {
    const { status, body } = await ask(path);
    expect(status).toBe(200);
    expect(body).not.toMatch(/<(script|img|svg onload)/);
    expect(body).not.toMatch(/[\u202e\u0000\u001b]/);
  }
});

test("a head has no body, and the port of a second server is its own", async () => {
  expect(await ask("/", { method: "HEAD" })).toMatchObject({ status: 200, body: "" });
  await expect(serve(folder, serving.port)).rejects.toThrow("no-port");
});
