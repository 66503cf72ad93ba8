/** What a run's folder is good for when part of it is gone or damaged. */
import {
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { documentOf, quorate, runsFolder } from "./support.ts";

const nowhere = { DOCKER_HOST: "unix:///nowhere/docker.sock" };
let failed = "";

beforeAll(async () => {
  const finished = await quorate([
    "run",
    "--on",
    "sim",
    "--bug",
    "merge-of-first",
    "--seed",
    "1",
    "--histories",
    "40",
    "--out",
    runsFolder(),
    "--json",
  ]);
  failed = documentOf(finished)["run"] as string;
  expect(documentOf(finished)["shrunk"]).toMatchObject({ folder: "shrunk" });
}, 60_000);

/** A copy of a failed run, to damage. */
function copy(damage: (run: string) => void): string {
  const run = join(runsFolder(), "run");
  cpSync(failed, run, { recursive: true });
  damage(run);
  return run;
}

const replay = (target: string, ...more: readonly string[]): ReturnType<typeof quorate> =>
  quorate(["replay", target, "--out", runsFolder(), ...more], nowhere);

describe("quorate replay", () => {
  it.each([
    [
      "a simulated run whose smallest history is gone",
      (run: string) => rmSync(join(run, "shrunk/history.jsonl")),
      "",
    ],
    ["a plan of a simulated run", () => {}, "shrunk/plan.json"],
    [
      "a plan beside whose history nothing is left of the run",
      (run: string) => rmSync(join(run, "campaign.json")),
      "shrunk/plan.json",
    ],
    [
      "a plan whose history is gone too",
      (run: string) => rmSync(join(run, "shrunk/history.jsonl")),
      "shrunk/plan.json",
    ],
  ])("runs %s in the simulator, where it ran", async (_, damage, target) => {
    const { status, stdout } = await replay(join(copy(damage), target));
    expect(stdout).toMatch(/Reproduced in 1 of 1 runs on sim/);
    expect(stdout).not.toContain("engine");
    expect(stdout).not.toContain("Nothing beside the plan");
    expect(status).toBe(0);
  });

  it("runs a bare plan in the simulator, and says so", async () => {
    const plan = join(runsFolder(), "plan.json");
    writeFileSync(plan, `\uFEFF${readFileSync(join(failed, "shrunk/plan.json"), "utf8")}`);
    const { status, stdout } = await replay(plan);
    expect(stdout).toMatch(/Nothing beside the plan says where it ran: running on sim/);
    expect(stdout).toMatch(/Reproduced in 1 of 1 runs on sim/);
    expect(status).toBe(0);
  });

  it("takes the failing history where the smallest is gone, and says so", async () => {
    const { status, stdout } = await replay(
      copy((run) => rmSync(join(run, "shrunk"), { recursive: true })),
    );
    expect(stdout).toMatch(/shrunk\/plan.json is missing: taking .*histories\/\d+ instead/);
    expect(stdout).toMatch(/Expected: the same history/);
    expect(status).toBe(0);
  });

  it.each([
    [
      "all histories gone",
      (run: string) =>
        ["shrunk", "histories"].forEach((name) => rmSync(join(run, name), { recursive: true })),
      "",
      /^quorate: nothing-to-replay: .*no .*shrunk\/plan.json, no .*histories/,
    ],
    [
      "a truncated history",
      (run: string) => truncateSync(join(run, "shrunk/history.jsonl"), 5000),
      "",
      /^quorate: bad-history: .*shrunk\/history.jsonl: history line/,
    ],
    [
      "a history file",
      () => {},
      "shrunk/history.jsonl",
      /^quorate: not-a-plan: .*Name its folder .*quorate check/,
    ],
  ])("refuses %s in one line", async (_, damage, target, says) => {
    const { status, stderr } = await replay(join(copy(damage), target));
    expect(status).toBe(64);
    expect(stderr).toMatch(says);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});

describe("quorate report", () => {
  it.each([
    [
      "the smallest history is truncated",
      "shrunk/history.jsonl",
      (run: string) => truncateSync(join(run, "shrunk/history.jsonl"), 5000),
      "bad-history",
    ],
    [
      "the smallest history is gone",
      "shrunk/history.jsonl",
      (run: string) => rmSync(join(run, "shrunk/history.jsonl")),
      "unreadable",
    ],
    [
      "the smallest plan is gone",
      "shrunk/plan.json",
      (run: string) => rmSync(join(run, "shrunk"), { recursive: true }),
      "unreadable",
    ],
    [
      "campaign.json says nothing",
      "campaign.json",
      (run: string) => writeFileSync(join(run, "campaign.json"), '{"format":"quorate-campaign/1"}'),
      "bad-campaign",
    ],
  ])("leaves the report as it was where %s", async (_, file, damage, code) => {
    const run = copy(damage);
    const { status, stderr } = await quorate(["report", run]);
    expect(status).toBe(64);
    expect(stderr).toMatch(new RegExp(`^quorate: ${code}: .*${file}`));
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(readFileSync(join(run, "report.html"), "utf8")).toBe(
      readFileSync(join(failed, "report.html"), "utf8"),
    );
  });

  it("shows what the run's own report showed, also where the failing history is not the first invalid one", async () => {
    // Histories 0 to 11 break other promises than the one that the bug is to be found through.
    const finished = await quorate([
      "run",
      "--on",
      "sim",
      "--bug",
      "merge-of-first",
      "--seed",
      "1729597197",
      "--out",
      runsFolder(),
      "--json",
    ]);
    for (const run of [failed, documentOf(finished)["run"] as string]) {
      const [html, summary] = ["report.html", "summary.md"].map((file) =>
        readFileSync(join(run, file), "utf8"),
      );
      expect((await quorate(["report", run])).status).toBe(0);
      // Not by toBe: the difference of two large pages takes minutes to print.
      expect(readFileSync(join(run, "report.html"), "utf8") === html).toBe(true);
      expect(readFileSync(join(run, "summary.md"), "utf8")).toBe(summary);
    }
    const run = documentOf(finished)["run"] as string;
    const html = readFileSync(join(run, "report.html"), "utf8");
    expect(html).toContain("shrunk from history 17: 35 operations");
    expect(html).toContain("<li>history 0: acknowledged is broken: read 62 of k0");
    expect(html).toContain('<th scope="col">The failing history, whole: history 17</th>');
    expect(html.indexOf("<li>history 17: ")).toBeLessThan(html.indexOf("<li>history 0: "));
    rmSync(join(run, "shrunk"), { recursive: true });
    expect((await replay(run)).stdout).toMatch(/taking .*histories\/17 instead/);
  }, 120_000);

  it("refuses a report.html that it cannot replace", async () => {
    const run = copy((folder) => {
      renameSync(join(folder, "report.html"), join(folder, "kept.html"));
      mkdirSync(join(folder, "report.html"));
    });
    const { status, stderr } = await quorate(["report", run]);
    expect(status).toBe(64);
    expect(stderr).toMatch(/^quorate: unwritable: expected report.html/);
  });
});
