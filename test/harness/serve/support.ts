/**
 * Helpers for tests of the server: a folder of runs with valid and malicious content, and a client that sends paths
 * unchanged.
 */
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderHtml } from "../../../reports/index.ts";
import { campaign, exhibit, small } from "../../reports/support.ts";
import { hostileCampaign, hostileExhibit } from "../../reports/hostile.ts";

export const secret = "the secret beside the runs";
export const good = "20261123-201500-20251123";
export const later = "20261124-080000-7";
export const hostileName = `"><img src=x onerror=alert(1)> #?%2f&a=b`;

export function runsFolder(): string {
  const outside = mkdtempSync(join(tmpdir(), "quorate-serve-"));
  writeFileSync(join(outside, "secret.txt"), secret);
  const runs = join(outside, "runs");
  const run = (name: string, files: Readonly<Record<string, string>>): void => {
    mkdirSync(join(runs, name), { recursive: true });
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(join(runs, name, file, ".."), { recursive: true });
      writeFileSync(join(runs, name, file), text);
    }
  };
  const invalid = campaign("invalid");
  const valid = campaign("valid", {
    seed: 7,
    startedAt: "2026-11-24T08:00:00.000Z",
    command: "quorate run --profile riak --seed 7",
    profile: "riak",
    on: "docker",
  });
  run(good, {
    "campaign.json": JSON.stringify(invalid),
    "report.html": renderHtml(invalid, [exhibit(small)]),
    "histories/12/history.jsonl": '{"e":"run"}\n',
    "histories/12/plan.json": "{}",
    "histories/x/plan.json": "{}",
    "notes.txt": "my own",
    "shrunk/plan.json": "{}",
    "shrunk-12/plan.json": "{}",
  });
  run(later, { "campaign.json": JSON.stringify(valid) });
  run(hostileName, {
    "campaign.json": JSON.stringify(hostileCampaign()),
    "report.html": renderHtml(hostileCampaign(), [hostileExhibit()]),
  });
  run("running", { "histories/0/history.jsonl": "" });
  run("cut off", { "campaign.json": JSON.stringify(invalid).slice(0, 300) });
  run("wrong", { "campaign.json": JSON.stringify({ ...invalid, histories: 5 }) });
  run("null", { "campaign.json": "null" });
  run("prototype", { "campaign.json": `{"__proto__":{"format":"quorate-campaign/1"}}` });
  writeFileSync(join(runs, "a file"), "not a run");
  symlinkSync(outside, join(runs, "link"));
  mkdirSync(join(runs, "linked"));
  symlinkSync(join(outside, "secret.txt"), join(runs, "linked", "report.html"));
  symlinkSync(join(outside, "secret.txt"), join(runs, "linked", "campaign.json"));
  return runs;
}

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Requests a page. Sends the path unchanged, so dots and slashes arrive as written. */
export function get(
  port: number,
  path: string,
  options: { readonly method?: string; readonly host?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: "127.0.0.1",
        port,
        path,
        method: options.method ?? "GET",
        headers: { host: options.host ?? `127.0.0.1:${port}` },
      },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (body += chunk));
        response.on("end", () =>
          resolve({ status: response.statusCode, headers: response.headers, body }),
        );
      },
    );
    asked.on("error", reject);
    asked.end();
  });
}
