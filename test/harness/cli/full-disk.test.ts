/**
 * Tests runs on a full disk, which a limit on file sizes imitates. Findings must be printed first, and no partial file
 * may remain. Also tests the file of --junit.
 */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { type Finished, quorate, runsFolder } from "./support.ts";

const command = resolve(import.meta.dirname, "../../../dist/quorate.js");

/** Runs the command with a limit that leaves space for a run's first files, but not for a whole history. */
const full = (args: readonly string[]): Promise<Finished> =>
  new Promise((done) => {
    execFile(
      "sh",
      ["-c", 'ulimit -f 160; exec "$@"', "sh", process.execPath, command, ...args],
      { env: { ...process.env, CI: "" }, maxBuffer: 1 << 26 },
      (error, stdout, stderr) =>
        done({ status: typeof error?.code === "number" ? error.code : 0, stdout, stderr }),
    );
  });

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" });

describe.skipIf(process.platform === "win32")("a full disk", () => {
  const buggy = (out: string, ...more: readonly string[]): string[] => [
    "run",
    "--on",
    "sim",
    "--bug",
    "quorum-off-by-one",
    "--seed",
    "1",
    "--histories",
    "4",
    "--out",
    out,
    ...more,
  ];

  it("does not keep a verdict from being said", async () => {
    const out = runsFolder();
    const { status, stdout, stderr } = await full(buggy(out));
    expect(stdout).toContain("INVALID");
    expect(stdout).toContain("smallest case: 1 operation");
    expect(stderr).toMatch(/^quorate: machine-refused: .*EFBIG/m);
    expect(status).toBe(70);
    expect(filesBelow(out).filter((name) => name.endsWith(".part"))).toEqual([]);
    const [run = ""] = readdirSync(out);
    expect(JSON.parse(readFileSync(join(out, run, "campaign.json"), "utf8"))).toMatchObject({
      verdict: "invalid",
    });
  });

  it("leaves one JSON document, with the verdict", async () => {
    const { status, stdout } = await full(buggy(runsFolder(), "--json"));
    expect(JSON.parse(stdout)).toMatchObject({ verdict: "invalid" });
    expect(status).toBe(70);
  });

  it("does not take the verdict on another tool's history back", async () => {
    const checked = await quorate([
      ...["check", "test/fixtures/histories/etcd_000.log", "--html", "/dev/full", "--json"],
    ]);
    expect(JSON.parse(checked.stdout)).toMatchObject({ verdict: "invalid" });
    expect(checked.stderr).toMatch(/^quorate: machine-refused: .*ENOSPC/);
    expect(checked.status).toBe(70);
  });

  it("leaves no empty --junit file of a run that never came so far", async () => {
    const junit = join(runsFolder(), "junit.xml");
    const nowhere = { DOCKER_HOST: "unix:///nowhere/docker.sock" };
    const finished = await quorate(
      ["run", "--on", "docker", "--junit", junit, "--out", runsFolder()],
      nowhere,
    );
    expect(finished.status).toBe(70);
    expect(existsSync(junit)).toBe(false);
  });
});

describe("--junit", () => {
  it("makes no folders: one that is not there is refused before anything runs", async () => {
    const folder = runsFolder();
    const file = join(folder, "typo", "junit.xml");
    const { status, stderr } = await quorate(["run", "--on", "sim", "--junit", file]);
    expect(status).toBe(64);
    expect(stderr).toContain(
      `unwritable: expected --junit to be a file that can be written; got ${file}: there is no folder ${join(folder, "typo")}`,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it("keeps what is in the file until there is something to write", async () => {
    const file = join(runsFolder(), "junit.xml");
    const asked = ["run", "--on", "sim", "--histories", "1", "--seed", "1"];
    const run = [...asked, "--out", runsFolder(), "--junit", file];
    expect((await quorate(run)).status).toBe(0);
    const before = readFileSync(file, "utf8");
    expect(before).toContain("<testsuite");
    expect((await quorate([...run, "--set", "w=99"])).status).toBe(64);
    expect(readFileSync(file, "utf8")).toBe(before);
  });
});
