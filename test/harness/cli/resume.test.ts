/** Tests that a campaign which was killed or stopped continues, and comes to the same results. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { documentOf, quorate, runsFolder } from "./support.ts";

const command = resolve(import.meta.dirname, "../../../dist/quorate.js");

interface State {
  readonly rows: readonly { readonly index: number }[];
}

const stateIn = (run: string): State =>
  JSON.parse(readFileSync(join(run, "resume.json"), "utf8")) as State;

/**
 * Starts the campaign in a process that kills itself when it has saved its state for the third time. Returns the run's
 * folder. The clock of the process leaps, so that it saves its state after each history. Otherwise a fast machine would
 * finish the campaign before the third save.
 */
async function killedInTheMiddle(args: readonly string[]): Promise<string> {
  const out = runsFolder();
  const child = spawn(
    process.execPath,
    [
      "--import",
      `data:text/javascript,${encodeURIComponent(killsItself)}`,
      ...[command, "run", ...args, "--out", out],
    ],
    { stdio: "ignore" },
  );
  const [, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  expect(signal).toBe("SIGKILL");
  const [run = ""] = readdirSync(out);
  expect(stateIn(join(out, run)).rows.length).toBeGreaterThan(0);
  return join(out, run);
}

const killsItself = `
  import fs from "node:fs";
  import { syncBuiltinESMExports } from "node:module";
  const { now } = Date;
  let leaptMs = 0;
  Date.now = () => now() + (leaptMs += 60_000);
  const { renameSync } = fs;
  let writes = 0;
  fs.renameSync = (from, to) => {
    renameSync(from, to);
    if (to.endsWith("resume.json") && ++writes === 3) process.kill(process.pid, "SIGKILL");
  };
  syncBuiltinESMExports();
`;

const resultOf = (document: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    ["verdict", "hashes", "operations", "ok", "guarantees", "faults", "reasons"].map((name) => [
      name,
      document[name],
    ]),
  );

describe("quorate run --resume", () => {
  it.each([
    ["one thread", []],
    ["two threads", ["--jobs", "2"]],
    ["a guided search", ["--search", "guided"]],
    ["a shard", ["--shard", "2/3"]],
  ])("goes on with a killed campaign to the same hashes: %s", async (_, more) => {
    const args = ["--on", "sim", "--seed", "7", "--histories", "60", ...more];
    const run = await killedInTheMiddle(args);
    const before = stateIn(run).rows.length;
    const resumed = await quorate(["run", "--resume", run, "--json"]);
    expect(resumed.status, resumed.stderr).toBe(0);
    expect(resumed.stderr).toContain(`Going on after ${before} histor`);
    expect(documentOf(resumed)["run"]).toBe(run);
    const whole = await quorate(["run", ...args, "--out", runsFolder(), "--json"]);
    expect(resultOf(documentOf(resumed))).toEqual(resultOf(documentOf(whole)));
    expect(existsSync(join(run, "resume.json"))).toBe(false);
  });

  it("goes on with a campaign whose time was up, again and again", async () => {
    const first = await quorate([
      "run",
      ...["--on", "sim", "--seed", "7", "--histories", "100000"],
      ...["--seconds", "1", "--out", runsFolder(), "--json"],
    ]);
    const run = documentOf(first)["run"] as string;
    const second = await quorate(["run", "--resume", run, "--json"]);
    const before = documentOf(first)["hashes"] as readonly string[];
    const after = documentOf(second)["hashes"] as readonly string[];
    expect(after.length).toBeGreaterThan(before.length);
    expect(after.slice(0, before.length)).toEqual(before);
  });

  it("refuses a run that ended, one that is none, and flags that make another campaign of it", async () => {
    const asked = ["run", "--on", "sim", "--histories", "1", "--seed", "1"];
    const args = [...asked, "--out", runsFolder(), "--json"];
    const run = documentOf(await quorate(args))["run"] as string;
    for (const [more, code] of [
      [[run], "nothing-to-resume"],
      [[join(run, "nowhere")], "no-such-run"],
      [[run, "--seed", "2"], "contradiction"],
    ] as const) {
      const refused = await quorate(["run", "--resume", ...more]);
      expect(refused.status).toBe(64);
      expect(refused.stderr).toContain(`quorate: ${code}: `);
    }
  });
});

describe("quorate run --shrink-tries", () => {
  it("keeps the smallest case that it found by then, and says why it stopped", async () => {
    const finished = await quorate([
      "run",
      ...["--on", "sim", "--bug", "merge-of-first", "--seed", "1", "--histories", "40"],
      ...["--shrink-tries", "5", "--out", runsFolder(), "--json"],
    ]);
    expect(documentOf(finished)["shrunk"]).toMatchObject({
      tries: 5,
      ended: "stopped at the limit of 5 tries",
    });
  });
});
