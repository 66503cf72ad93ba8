/** Tests how the list of runs shows hunts for planted bugs. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readHuntFile } from "../../../harness/campaign-file.ts";
import { createHuntKeeper, huntTable } from "../../../harness/hunt/index.ts";
import { serve, type Serving } from "../../../harness/serve/index.ts";
import type { HuntedBug, HuntReport } from "../../../reports/index.ts";
import { campaign } from "../../reports/support.ts";
import { get, hostileName } from "./support.ts";

const found: HuntedBug = {
  bug: "hasty",
  source: "classic",
  found: true,
  histories: 3,
  seconds: 0.21,
  guarantee: "durable",
  explanation: "write 4 was lost",
  because: ["n2 answered <nothing>"],
  shrunk: { operations: 2, faults: 1, nodes: 3 },
  replay: "npx quorate replay sim:v1:abc",
  measured: { share: 0.25, low: 0.2, high: 0.31, medianHistories: 4 },
};
const missed: HuntedBug = {
  ...found,
  bug: hostileName,
  found: false,
  guarantee: null,
  explanation: null,
  shrunk: null,
  replay: null,
  measured: null,
};
const report: HuntReport = {
  format: "quorate-hunt/1",
  on: "sim",
  seed: 7,
  max: 100,
  evidence: true,
  command: "npx quorate hunt",
  version: "0.1.0",
  startedAt: "2026-11-24T08:00:00.000Z",
  elapsedMs: 9_000,
};

let folder: string;
let serving: Serving;
let older: string;
let newer: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "quorate-hunts-"));
  older =
    createHuntKeeper(folder)(
      { ...report, startedAt: "2026-11-23T08:00:00.000Z", bugs: [found] },
      huntTable([]),
    )
      .split("/")
      .at(-1) ?? "";
  newer =
    createHuntKeeper(folder)(
      {
        ...report,
        bugs: [found, missed],
        controlRuns: [{ bug: "hasty", histories: 300, alarms: [], unknown: 1, okShare: 0.91 }],
      },
      "the table",
    )
      .split("/")
      .at(-1) ?? "";
  for (const [name, file, text] of [
    ["a run", "campaign.json", JSON.stringify(campaign("valid"))],
    ["broken", "hunt.json", JSON.stringify({ ...report, bugs: [{}] })],
  ] as const) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, file), text);
  }
  serving = await serve(folder, 0);
});
afterAll(async () => {
  await serving.close();
  rmSync(folder, { recursive: true, force: true });
});
const body = async (path: string): Promise<string> => (await get(serving.port, path)).body;

describe("hunts", () => {
  test("are listed apart from runs, the newest first, with what they found", async () => {
    const page = await body("/");
    expect(page).toContain("2 runs in ");
    expect(page.indexOf(newer)).toBeLessThan(page.indexOf(older));
    expect(page).toContain(
      "1 of 2 planted bugs found; 0 alarms in 300 healthy histories: at most 1 % of histories raise an alarm (with 95 % confidence)",
    );
    expect(page).toContain("1 of 1 planted bug found");
  });

  test("have a page with a row a bug, the missed first, and their files", async () => {
    const page = await body(`/runs/${newer}`);
    expect(page.indexOf("✕ missed")).toBeGreaterThan(0);
    expect(page.indexOf("✕ missed")).toBeLessThan(page.indexOf("✓ durable"));
    for (const part of [
      "25 % (20 % to 31 %)",
      "2 operations, 1 fault, 3 nodes",
      "write 4 was lost",
      "<li>n2 answered &lt;nothing&gt;</li>",
      "npx quorate replay sim:v1:abc",
      "91 %",
      `/runs/${newer}/hunt.md`,
    ])
      expect(page).toContain(part);
    expect(page).not.toContain("<img");
    expect(await body(`/runs/${newer}/hunt.md`)).toBe("the table\n");
  });

  test("stand on a campaign's page, the latest of them", async () => {
    const page = await body("/runs/a%20run");
    expect(page).toContain(`/runs/${newer}`);
    expect(page).not.toContain(`/runs/${older}`);
    expect(page).toContain("The newest hunt, which tests the tester with planted bugs");
  });

  test("that cannot be read say why", async () => {
    expect(await body("/")).toContain("hunt.json does not have the expected form: /bugs/0");
  });

  test("of earlier versions name their control runs twins", async () => {
    const file = join(folder, "former-hunt.json");
    const controlRuns = [{ bug: "hasty", histories: 3, alarms: [], unknown: 0, okShare: 1 }];
    writeFileSync(file, JSON.stringify({ ...report, twins: controlRuns }));
    const read = readHuntFile(file);
    rmSync(file);
    expect(read).toEqual({ ...report, controlRuns });
  });
});
