/** Tests the page of a run that is under way, and the events that update the page. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serve, type Serving } from "../../../harness/serve/index.ts";
import { ownSign } from "../../../harness/sign-of-life.ts";
import { campaign } from "../../reports/support.ts";
import { get } from "./support.ts";

const folder = mkdtempSync(join(tmpdir(), "quorate-live-"));
const run = join(folder, "20261130-120000-7");
const interrupted = "still running, or killed before the run ended";
const whole = campaign("valid", { asked: 13 });
const write = (histories: number): void =>
  writeFileSync(
    join(run, "campaign.json"),
    JSON.stringify({ ...whole, histories: whole.histories.slice(0, histories), interrupted }),
  );
let serving: Serving;

beforeAll(async () => {
  mkdirSync(run);
  writeFileSync(join(run, "resume.json"), JSON.stringify({ rows: [], owner: ownSign() }));
  write(3);
  serving = await serve(folder, 0);
});
afterAll(async () => {
  await serving.close();
  rmSync(folder, { recursive: true, force: true });
});

test("the page shows how far the run is, and may run its own script alone", async () => {
  const { status, headers, body } = await get(serving.port, "/runs/20261130-120000-7/live");
  expect(status).toBe(200);
  expect(body).toContain("Running: 3 histories of 13, about ");
  expect(body).toContain('data-events="/runs/20261130-120000-7/events"');
  expect(headers["content-security-policy"]).toMatch(
    /script-src 'sha256-\S+'; connect-src 'self'$/,
  );
  expect((await get(serving.port, "/")).body).toContain('href="/runs/20261130-120000-7/live"');
});

test("events say each change, and end with the run", async () => {
  const seen: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const host = `127.0.0.1:${serving.port}`;
    const path = "/runs/20261130-120000-7/events";
    request({ host: "127.0.0.1", port: serving.port, path, headers: { host } }, (response) => {
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        seen.push(chunk);
        if (chunk.includes("Running: 3 ")) write(9);
        if (chunk.includes("Running: 9 ")) rmSync(join(run, "resume.json"));
      });
      response.on("end", resolve);
    })
      .on("error", reject)
      .end();
  });
  expect(seen).toHaveLength(3);
  expect(seen[0]).toMatch(/^data: ".*Running: 3 histories of 13/);
  expect(seen[1]).toMatch(/^data: ".*Running: 9 histories of 13/);
  expect(seen[2]).toMatch(/^event: end\ndata: ".*Ended: 9 histories of 13/);
});
