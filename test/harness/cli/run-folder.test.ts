/** Tests what still works if a part of a run's folder is missing or damaged. */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { filesBelow } from "../../../harness/folder-files.ts";
import { documentOf, quorate, runsFolder } from "./support.ts";

const nowhere = { DOCKER_HOST: "unix:///nowhere/docker.sock" };
let failed = "";
let zip = "";
let document: Record<string, unknown> = {};

beforeAll(async () => {
  zip = join(runsFolder(), "run.zip");
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
    "--keep",
    "failing",
    "--zip",
    zip,
    "--out",
    runsFolder(),
    "--json",
  ]);
  document = documentOf(finished);
  failed = document["run"] as string;
  expect(documentOf(finished)["shrunk"]).toMatchObject({ folder: "shrunk" });
});

/** Copies the folder of a failed run, and damages the copy. */
function copy(damage: (run: string) => void): string {
  const run = join(runsFolder(), "run");
  cpSync(failed, run, { recursive: true });
  damage(run);
  return run;
}

/** The folder of a run that kept its promises. */
async function validRun(): Promise<string> {
  const asked = ["run", "--on", "sim", "--histories", "3", "--seed", "1"];
  return documentOf(await quorate([...asked, "--out", runsFolder(), "--json"]))["run"] as string;
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
    expect(stdout).not.toContain("No file beside the plan");
    expect(status).toBe(0);
  });

  it("runs the zip of a run, which the run wrote and whose size it said", async () => {
    const { histories, kept } = document as {
      histories: number;
      kept: Record<string, unknown>;
    };
    expect(kept).toMatchObject({
      which: "failing",
      of: histories,
      folder: failed,
      zip: { file: zip, bytes: statSync(zip).size },
    });
    expect(kept["bytes"]).toBe(
      filesBelow(failed).reduce((sum, file) => sum + statSync(join(failed, file)).size, 0),
    );
    const { status, stdout } = await replay(zip);
    expect(stdout).toMatch(/Expected: the same history, hash .*\nReproduced in 1 of 1 runs on sim/);
    expect(status).toBe(0);
  });

  it("runs a bare plan in the simulator, and says so", async () => {
    const plan = join(runsFolder(), "plan.json");
    writeFileSync(plan, `\uFEFF${readFileSync(join(failed, "shrunk/plan.json"), "utf8")}`);
    const { status, stdout } = await replay(plan);
    expect(stdout).toMatch(
      /No file beside the plan says where the plan ran, so the plan runs on sim/,
    );
    expect(stdout).toMatch(/Reproduced in 1 of 1 runs on sim/);
    expect(status).toBe(0);
  });

  it.skipIf(process.platform === "win32").each(["campaign.json", "shrunk/history.jsonl"])(
    "does not wait for a pipe named %s near the plan",
    async (name) => {
      const run = copy((folder) => {
        rmSync(join(folder, name));
        execFileSync("mkfifo", [join(folder, name)]);
      });
      const { status, stdout } = await replay(join(run, "shrunk/plan.json"));
      expect(stdout).toMatch(/Reproduced in 1 of 1 runs on sim/);
      expect(status).toBe(0);
    },
  );

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
      "a folder in the place of a history",
      (run: string) => {
        rmSync(join(run, "shrunk/history.jsonl"));
        mkdirSync(join(run, "shrunk/history.jsonl"));
      },
      "",
      /^quorate: unreadable: .*shrunk\/history.jsonl: EISDIR/,
    ],
    [
      "a history file",
      () => {},
      "shrunk/history.jsonl",
      /^quorate: not-a-plan: .*Name the history's folder .*quorate check/,
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
    // In this run, the first histories break other promises than the bug is expected to break.
    const finished = await quorate([
      "run",
      "--on",
      "sim",
      "--bug",
      "merge-of-first",
      "--faults",
      "partition,kill,pause,clock,loss,disk,disk-full,slow-disk,power,delay,rate,duplicate,reorder,clients,limit",
      "--seed",
      "6",
      "--out",
      runsFolder(),
      "--json",
    ]);
    for (const run of [failed, documentOf(finished)["run"] as string]) {
      const [html, summary] = ["report.html", "summary.md"].map((file) =>
        readFileSync(join(run, file), "utf8"),
      );
      expect((await quorate(["report", run])).status).toBe(0);
      // Compares without toBe: to print the difference of two large pages would take minutes.
      expect(readFileSync(join(run, "report.html"), "utf8") === html).toBe(true);
      expect(readFileSync(join(run, "summary.md"), "utf8")).toBe(summary);
    }
    const run = documentOf(finished)["run"] as string;
    const html = readFileSync(join(run, "report.html"), "utf8");
    const failing = Number(/<strong>history (\d+): \d+ operations/.exec(html)?.[1]);
    const first = Number(
      /<li>history (\d+): acknowledged is broken: read \d+ of k\d+/.exec(
        html.replaceAll(`<li>history ${failing}: `, ""),
      )?.[1],
    );
    expect(first).toBeLessThan(failing);
    expect(html).toContain(`<th scope="col">The failing history, whole: history ${failing}</th>`);
    expect(html.indexOf(`<li>history ${failing}: `)).toBeLessThan(
      html.indexOf(`<li>history ${first}: `),
    );
    rmSync(join(run, "shrunk"), { recursive: true });
    expect((await replay(run)).stdout).toMatch(
      new RegExp(`taking .*histories/0*${failing} instead`),
    );
  });

  /** Changes fields of campaign.json in a run's folder. */
  const edited =
    (change: (campaign: Record<string, unknown>) => void): ((run: string) => void) =>
    (run) => {
      const file = join(run, "campaign.json");
      const campaign = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
      change(campaign);
      writeFileSync(file, JSON.stringify(campaign));
    };
  const toValid = (campaign: Record<string, unknown>): void => {
    campaign["verdict"] = "valid";
    campaign["reasons"] = [];
    campaign["anomalies"] = [];
  };
  const rowsOf = (campaign: Record<string, unknown>): Record<string, unknown>[] =>
    campaign["histories"] as Record<string, unknown>[];

  it.each<[string, (run: string) => void, RegExp]>([
    ["the verdict", edited(toValid), /campaign.json says valid; the run's histories say invalid/],
    [
      "the verdict and each history's",
      edited((campaign) => {
        toValid(campaign);
        for (const row of rowsOf(campaign)) row["verdict"] = "valid";
      }),
      /campaign.json says that history \d+ is valid, but when judged again this history is invalid/,
    ],
    [
      "the verdict, and left the failing history out",
      edited((campaign) => {
        toValid(campaign);
        campaign["histories"] = rowsOf(campaign).filter((row) => row["verdict"] === "valid");
      }),
      /campaign.json says valid; the run's histories say invalid/,
    ],
    [
      "the verdict, and what is said of each guarantee",
      edited((campaign) => {
        toValid(campaign);
        for (const row of Object.values(campaign["guarantees"] as object))
          Object.assign(row as object, { verdict: "valid", brokenIn: 0 });
      }),
      /campaign.json does not say that [a-z-]+ is broken, but a history breaks [a-z-]+/,
    ],
  ])("judges again, and says what differs, where somebody edited %s", async (_, damage, says) => {
    const run = copy(damage);
    const { status, stdout } = await quorate(["report", run]);
    expect(status).toBe(0);
    expect(stdout).toContain("INVALID");
    expect(stdout).not.toContain("✓ VALID");
    expect(stdout.replaceAll(/\s+/g, " ")).toMatch(says);
    expect(readFileSync(join(run, "summary.md"), "utf8")).toContain("quorate: invalid");
    const again = documentOf(await quorate(["report", run, "--json"]));
    expect(again).toMatchObject({ verdict: "invalid" });
    expect((again["differences"] as string[]).join(" ")).toMatch(says);
  });

  it("is unknown where campaign.json names a failure that no history shows", async () => {
    const valid = await validRun();
    edited((campaign) => (campaign["verdict"] = "invalid"))(valid);
    const said = documentOf(await quorate(["report", valid, "--json"]));
    expect(said["verdict"]).toBe("unknown");
    expect(said["differences"]).toEqual([
      "campaign.json says invalid; the run's histories say unknown",
    ]);
  });

  it("says which history was changed after the run; so does check", async () => {
    const valid = await validRun();
    const row = rowsOf(
      JSON.parse(readFileSync(join(valid, "campaign.json"), "utf8")) as Record<string, unknown>,
    ).find(({ folder }) => folder !== undefined);
    const file = join(valid, row?.["folder"] as string, "history.jsonl");
    expect((await quorate(["check", file])).status).toBe(0);
    expect(documentOf(await quorate(["report", valid, "--json"]))).toMatchObject({
      verdict: "valid",
      differences: [],
    });
    // The history is still complete and healthy, but its hash has changed.
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace('"skewUs":', '"skewUs":1'));
    const changed =
      /history.jsonl was changed after the run: .*campaign.json records the hash [0-9a-f]{64}, the file has [0-9a-f]{64}/;
    const said = documentOf(await quorate(["report", valid, "--json"]));
    expect(said["verdict"]).toBe("unknown");
    expect((said["differences"] as string[])[0]).toMatch(changed);
    const checked = await quorate(["check", file]);
    expect(checked.status).toBe(2);
    expect(checked.stdout).toMatch(changed);
    // In another folder, no campaign.json has the history's hash.
    const elsewhere = join(runsFolder(), "history.jsonl");
    cpSync(file, elsewhere);
    expect((await quorate(["check", elsewhere])).status).toBe(0);
  });

  it("check compares a replay's history with the hash that its run recorded", async () => {
    const replayed = documentOf(await replay(failed, "--json"))["run"] as string;
    const file = join(replayed, "histories/0/history.jsonl");
    expect((await quorate(["check", file])).stdout).not.toContain("was changed");
    writeFileSync(file, `${readFileSync(file, "utf8").trimEnd()} \n`);
    const checked = await quorate(["check", file]);
    expect(checked.stdout).toMatch(/was changed after the run: .*replay.json records/);
    expect(checked.status).toBe(1);
  });

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
