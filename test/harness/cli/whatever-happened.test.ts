/** Tests that there is a report of a run, or of a hunt, whatever happens to it. */
import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { documentOf, quorate, runsFolder } from "./support.ts";

const command = resolve(import.meta.dirname, "../../../dist/quorate.js");

/** Starts a long run, and waits until its report exists. */
async function begun(
  out: string,
): Promise<{ readonly child: ChildProcess; readonly run: string; readonly ended: Promise<void> }> {
  const child = spawn(
    process.execPath,
    [command, "run", "--on", "sim", "--seed", "1", "--histories", "100000", "--out", out],
    { stdio: "ignore", env: { ...process.env, CI: "" } },
  );
  const ended = new Promise<void>((done) => child.on("close", () => done()));
  await expect
    .poll(
      () =>
        readdirSync(out).flatMap((name) =>
          existsSync(join(out, name, "report.html")) ? [name] : [],
        ).length,
    )
    .toBe(1);
  return { child, run: join(out, readdirSync(out)[0] ?? ""), ended };
}

const campaignOf = (run: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(run, "campaign.json"), "utf8")) as Record<string, unknown>;
const html = (run: string): string => readFileSync(join(run, "report.html"), "utf8");

describe("the report", () => {
  it("is there when the process was killed, says so, and can be rebuilt with what is left", async () => {
    const { child, run, ended } = await begun(runsFolder());
    child.kill("SIGKILL");
    await ended;
    expect(campaignOf(run)).toMatchObject({
      verdict: "unknown",
      interrupted: "still running, or killed before the run ended",
    });
    expect(html(run)).toContain("<h1>Unknown");
    // In containers, a history is written while it runs. A kill leaves a plan and a part of the history, as made here.
    const source = documentOf(
      await quorate([
        "run",
        "--on",
        "sim",
        "--seed",
        "2",
        "--histories",
        "1",
        "--out",
        runsFolder(),
        "--json",
      ]),
    )["run"] as string;
    const cut = join(run, "histories", "99999");
    mkdirSync(cut, { recursive: true });
    writeFileSync(join(cut, "plan.json"), readFileSync(join(source, "histories/0/plan.json")));
    const lines = readFileSync(join(source, "histories/0/history.jsonl"), "utf8")
      .split("\n")
      .slice(0, 60);
    writeFileSync(join(cut, "history.jsonl"), `${lines.join("\n")}\n`);
    expect((await quorate(["report", run])).status).toBe(0);
    expect(html(run)).toContain("The history that was cut off");
    truncateSync(join(cut, "history.jsonl"), lines.join("\n").length - 5);
    expect((await quorate(["report", run])).status).toBe(0);
    expect(html(run)).toMatch(/The history that was cut off|histories\/99999 cannot be read/);
    rmSync(run, { recursive: true });
  });

  it("is there when the run was stopped", async () => {
    const { child, run, ended } = await begun(runsFolder());
    child.kill("SIGINT");
    await ended;
    expect(campaignOf(run)).toMatchObject({
      verdict: "unknown",
      interrupted: "stopped by a signal",
    });
    expect(html(run)).toContain("stopped after");
    expect(existsSync(join(run, "summary.md"))).toBe(true);
  });
});

describe("a hunt", () => {
  /** Starts a hunt that finds the first bug at once and never the second, which only evidence shows. */
  const hunting = async (): Promise<{
    readonly child: ChildProcess;
    readonly kept: () => Record<string, unknown>;
    readonly ended: Promise<number | null>;
  }> => {
    const out = runsFolder();
    const child = spawn(
      process.execPath,
      [
        command,
        "hunt",
        "merge-of-first",
        "quorum-off-by-one",
        "--no-evidence",
        "--no-shrink",
        "--on",
        "sim",
        "--seed",
        "1",
        "--max",
        "100000",
        "--out",
        out,
      ],
      { stdio: "ignore", env: { ...process.env, CI: "" } },
    );
    const ended = new Promise<number | null>((done) => child.on("close", done));
    await expect
      .poll(() => readdirSync(out).some((name) => existsSync(join(out, name, "hunt.json"))))
      .toBe(true);
    return {
      child,
      ended,
      kept: () =>
        JSON.parse(
          readFileSync(join(out, readdirSync(out)[0] ?? "", "hunt.json"), "utf8"),
        ) as Record<string, unknown>,
    };
  };

  it("that was killed has kept what it had found", async () => {
    const { child, ended, kept } = await hunting();
    child.kill("SIGKILL");
    await ended;
    expect(kept()).toMatchObject({
      interrupted: "still running, or killed before the run ended",
      bugs: [{ bug: "merge-of-first", found: true }],
    });
  });

  // A closed terminal once ended the hunt without its results. A signal also made the hunt call a bug missed whose
  // histories it had stopped.
  it.each(["SIGHUP", "SIGINT"] as const)(
    "that %s stopped has too, and misses none",
    async (signal) => {
      const { child, ended, kept } = await hunting();
      child.kill(signal);
      expect(await ended).toBe(2);
      expect(kept()).toMatchObject({
        interrupted: "stopped by a signal, with 1 of 2 rows",
        bugs: [{ bug: "merge-of-first" }],
      });
      expect(kept()["bugs"]).toHaveLength(1);
    },
  );
});

describe("on GitHub Actions", () => {
  it("a broken promise is an error on the job's page, with a summary", async () => {
    const summary = join(runsFolder(), "summary.md");
    const args = [
      "run",
      "--on",
      "sim",
      "--set",
      "r=1",
      "--set",
      "w=1",
      "--promise",
      "regular",
      "--seed",
      "1",
      "--histories",
      "60",
      "--no-shrink",
      "--out",
      runsFolder(),
    ];
    const told = await quorate(args, { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary });
    expect(told.status).toBe(1);
    expect(told.stdout).toMatch(/^::error title=quorate%3A regular is broken::/m);
    expect(readFileSync(summary, "utf8")).toContain("## ✕ quorate: invalid");
    const nowhere = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: "/nowhere/summary.md" };
    const untold = await quorate(args, nowhere);
    expect(untold.status).toBe(1);
    expect(untold.stdout).toContain("The job's summary could not be written: ENOENT");
    expect(untold.stderr).not.toContain("quorate itself failed");
    const elsewhere = await quorate(args, { GITHUB_ACTIONS: "" });
    expect(elsewhere.stdout).not.toContain("::error");
  });
});
