import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readRegressions } from "../../../harness/cli/regressions.ts";
import type { Campaign } from "../../../reports/index.ts";
import { documentOf, type Finished, quorate, runsFolder } from "./support.ts";

const weak = ["--set", "r=1", "--set", "w=1", "--promise", "regular", "--faults", "none"];

const run = (folder: string, ...more: readonly string[]): Promise<Finished> =>
  quorate(
    [
      "run",
      "--on",
      "sim",
      "--seed",
      "1",
      "--histories",
      "20",
      "--out",
      join(folder, "runs"),
      ...more,
    ],
    {},
    "pipe",
    { folder },
  );
const fileIn = (folder: string): string => join(folder, "quorate.regressions");

describe("quorate.regressions", () => {
  it("takes the token of a failure, once, and the next run replays it first", async () => {
    const folder = runsFolder();
    writeFileSync(fileIn(folder), "# found so far\n");
    const first = await run(folder, ...weak);
    expect(first.status).toBe(1);
    expect(first.stdout).toContain("Added 1 token to");
    const text = readFileSync(fileIn(folder), "utf8");
    expect(text).toMatch(/^# found so far\n# regular: \S.*\nquorate:v2:\S+\n$/);

    const second = await run(folder, ...weak, "--json");
    expect(second.status).toBe(1);
    expect(second.stderr).toMatch(/Still broken: quorate:v2:\S+… of .*: \S.*Replay: npx quorate/);
    expect(documentOf(second)["regressions"]).toMatchObject([{ verdict: "broken" }]);
    expect(readFileSync(fileIn(folder), "utf8")).toBe(text);
  });

  it("says what holds again, and leaves out what is of another target", async () => {
    const folder = runsFolder();
    // The plan is stored without the bug, as after a fix of the store. The same plan then keeps its promises.
    const bug = await quorate([
      ...["run", "--on", "sim", "--seed", "1", "--histories", "200", "--bug", "merge-of-first"],
      ...["--out", runsFolder(), "--json"],
    ]);
    const { shrunk, run: path } = documentOf(bug) as {
      readonly run: string;
      readonly shrunk: { readonly folder: string };
    };
    const { bug: _, ...plan } = JSON.parse(
      readFileSync(join(path, shrunk.folder, "plan.json"), "utf8"),
    ) as { readonly bug: string; readonly target: object };
    const { toToken } = await import("../../../generators/index.ts");
    const mended = toToken(plan as never);
    const other = toToken({ ...plan, target: { name: "elsewhere", version: "1" } } as never);
    writeFileSync(fileIn(folder), `${mended}\n${other}\n`);
    const finished = await run(folder);
    expect(finished.status).toBe(0);
    expect(finished.stdout).toContain("Holds again: quorate:v2:");
    expect(finished.stdout).toMatch(
      /Left out quorate:v2:.*the token's plan is for the target elsewhere/,
    );
  });

  it("is made by no run that was not asked to", async () => {
    const folder = runsFolder();
    expect((await run(folder, ...weak, "--no-shrink")).status).toBe(1);
    expect(existsSync(fileIn(folder))).toBe(false);
  });

  it("takes nothing of planted bugs", async () => {
    const folder = runsFolder();
    writeFileSync(fileIn(folder), "");
    expect((await run(folder, "--bug", "merge-of-first", "--histories", "200")).status).toBe(1);
    expect(readFileSync(fileIn(folder), "utf8")).toBe("");
  });

  it("refuses a line that is no token", async () => {
    const folder = runsFolder();
    writeFileSync(fileIn(folder), "something\n");
    const finished = await run(folder);
    expect(finished.status).toBe(64);
    expect(finished.stderr).toContain("bad-regression");
  });
});

describe("a regressions file that is none", () => {
  it.each([
    ["a folder", (file: string) => mkdirSync(file), "EISDIR"],
    ["a pipe", (file: string) => execFileSync("mkfifo", [file]), "the path leads to a device"],
  ])("%s is refused by name", (_, make, why) => {
    const file = fileIn(runsFolder());
    make(file);
    expect(() => readRegressions(file)).toThrow(
      `unreadable: expected a readable file of tokens; got ${file}: ${why}`,
    );
  });
});

describe("--seconds", () => {
  it("alone is filled with histories, and ends with a verdict", async () => {
    const folder = runsFolder();
    const finished = await quorate(
      [
        "run",
        "--on",
        "sim",
        "--seed",
        "8",
        "--seconds",
        "3",
        "--keep-going",
        "--out",
        folder,
        "--json",
      ],
      {},
      "pipe",
      { folder },
    );
    const { run: path, verdict } = documentOf(finished) as {
      readonly run: string;
      readonly verdict: string;
    };
    expect(verdict).toBe("valid");
    expect(finished.status).toBe(0);
    const { asked, histories, part } = JSON.parse(
      readFileSync(join(path, "campaign.json"), "utf8"),
    ) as Campaign;
    expect(histories.length).toBeGreaterThan(0);
    expect(asked).toBe(histories.length);
    // Not the 200 histories of a campaign without a limit.
    expect(part?.histories).toBe(0);
  });
});

describe("--keep", () => {
  const kept = async (which: string): Promise<readonly string[]> => {
    const folder = runsFolder();
    const finished = await run(folder, "--keep", which, "--json");
    const { run: path } = documentOf(finished) as { readonly run: string };
    const { histories } = JSON.parse(readFileSync(join(path, "campaign.json"), "utf8")) as {
      readonly histories: readonly { readonly folder?: string }[];
    };
    return histories.flatMap(({ folder: own }) =>
      own !== undefined && existsSync(join(path, own)) ? [own] : [],
    );
  };

  it("keeps the folders of failing histories, of a sample, or of all", async () => {
    expect(await kept("failing")).toEqual([]);
    expect(await kept("sample")).toEqual(["histories/0"]);
    expect(await kept("all")).toHaveLength(20);
  });
});
