/** Tests how the list of runs shows replays. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serve, type Serving } from "../../../harness/serve/index.ts";
import { quorate, runsFolder } from "../cli/support.ts";
import { get } from "./support.ts";

const without = "20261123-080000-replay";
let folder: string;
let serving: Serving;
let name: string;
beforeAll(async () => {
  folder = runsFolder();
  const run = await quorate([
    "run",
    "--on",
    "sim",
    "--seed",
    "1",
    "--histories",
    "1",
    "--out",
    folder,
    "--json",
  ]);
  const replay = await quorate([
    "replay",
    (JSON.parse(run.stdout) as { run: string }).run,
    "--out",
    folder,
    "--json",
  ]);
  name = (JSON.parse(replay.stdout) as { run: string }).run.split("/").at(-1) ?? "";
  mkdirSync(join(folder, without));
  serving = await serve(folder, 0);
});
afterAll(async () => {
  await serving.close();
  rmSync(folder, { recursive: true, force: true });
});
const body = async (path: string): Promise<string> => (await get(serving.port, path)).body;

describe("replays", () => {
  test("are listed apart from runs, with what came of them", async () => {
    const page = await body("/");
    expect(page).toContain("1 run in ");
    expect(page).toContain("<h2>Replays</h2>");
    expect(page).toMatch(new RegExp(`/runs/${name}"[^]*reproduced in 1 of 1 run<`));
    expect(page).not.toContain("no campaign.json");
    expect(page).toMatch(
      new RegExp(
        `/runs/${without}"[^]*no replay.json: the run is still running, or was stopped before its end, or an earlier version`,
      ),
    );
  });

  test("have a page with what was expected and their files", async () => {
    const page = await body(`/runs/${name}`);
    for (const part of [
      "A replay: reproduced in 1 of 1 run",
      "Expected: the same history, hash ",
      `/runs/${name}/replay.json`,
      `/runs/${name}/histories/0/history.jsonl`,
    ])
      expect(page).toContain(part);
  });
});
