import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Campaign } from "../../../reports/index.ts";
import { documentOf, quorate, runsFolder } from "./support.ts";

const asked = [
  "run",
  "--on",
  "sim",
  "--histories",
  "23",
  "--seed",
  "3",
  "--set",
  "r=1",
  "--set",
  "w=1",
  "--promise",
  "regular",
  // Shrinking must end after a number of tries, not after a time. Otherwise a busy machine would find other smallest
  // cases.
  "--shrink-tries",
  "150",
  "--shrink-seconds",
  "3600",
];
const shards = 4;

/** Runs shard `index` of the campaign, which the environment names. Returns the folder of runs. */
async function runShard(index: number, ...more: readonly string[]): Promise<string> {
  const out = runsFolder();
  const finished = await quorate([...asked, "--out", out, ...more], {
    QUORATE_SHARD: `${index}/${shards}`,
  });
  expect(finished.stderr).not.toContain("quorate:");
  return out;
}

const runIn = (out: string): string => join(out, readdirSync(out)[0] ?? "");
const campaignIn = (run: string): Campaign =>
  JSON.parse(readFileSync(join(run, "campaign.json"), "utf8")) as Campaign;

/** The content of campaign.json without times, paths and the command. */
function lasting(run: string): unknown {
  const text = readFileSync(join(run, "campaign.json"), "utf8").replaceAll(run, "RUN");
  const { startedAt: _, elapsedMs: __, command: ___, ...campaign } = JSON.parse(text) as Campaign;
  return {
    ...campaign,
    histories: campaign.histories.map(({ elapsedMs: ____, ...row }) => row),
  };
}

/** Each JSON file of the run's histories and of its smallest case, by name, with its text. */
const filesOf = (run: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(run, { recursive: true, encoding: "utf8" })
      .filter((name) => /^(histories|shrunk).*\.jsonl?$/.test(name))
      .sort()
      .map((name) => [name, readFileSync(join(run, name), "utf8")]),
  );

const timeless = (xml: string): string => xml.replace(/ (?:time|timestamp)="[^"]*"/g, "");

let whole: string;
let junitOfWhole: string;
let parts: readonly string[];

beforeAll(async () => {
  const out = runsFolder();
  junitOfWhole = join(runsFolder(), "whole.xml");
  await quorate([...asked, "--keep-going", "--out", out, "--junit", junitOfWhole]);
  whole = runIn(out);
  parts = await Promise.all([1, 2, 3, 4].map((index) => runShard(index)));
});

async function merge(
  folders: readonly string[],
  ...more: readonly string[]
): Promise<{ status: number | null; stdout: string; stderr: string; run: string }> {
  const out = runsFolder();
  const finished = await quorate(["merge", ...folders, "--out", out, ...more]);
  const [run] = readdirSync(out);
  return { ...finished, run: run === undefined ? "" : join(out, run) };
}

describe("quorate merge", () => {
  it("gives what one run of the whole campaign gives, hashes and files included", async () => {
    const junit = join(runsFolder(), "merged.xml");
    const merged = await merge(parts, "--junit", junit);
    expect(merged.status).toBe(1);
    expect(lasting(merged.run)).toEqual(lasting(whole));
    expect(filesOf(merged.run)).toEqual(filesOf(whole));
    const own = (file: string, run: string): string =>
      timeless(readFileSync(file, "utf8")).replaceAll(run, "RUN");
    expect(own(junit, merged.run)).toBe(own(junitOfWhole, whole));
    // The merged campaign has several findings, so the comparisons above are not trivial.
    expect(campaignIn(merged.run).findings?.length).toBeGreaterThan(1);
    expect(existsSync(join(merged.run, "report.html"))).toBe(true);
  });

  it("takes one folder that holds all of them, as CI servers unpack artefacts", async () => {
    const all = runsFolder();
    parts.forEach((part, index) => cpSync(part, join(all, `job-${index}`), { recursive: true }));
    const merged = await merge([all], "--json");
    expect(documentOf(merged)).toMatchObject({ verdict: "invalid", merged: shards });
    expect(lasting(merged.run)).toEqual(lasting(whole));
  });

  it("names a missing shard and calls what was not run unknown", async () => {
    const quiet = await Promise.all(
      ["1/4", "2/4"].map(async (shard) => {
        const out = runsFolder();
        const sound = ["run", "--on", "sim", "--histories", "8", "--seed", "8", "--out", out];
        await quorate([...sound, "--shard", shard]);
        return out;
      }),
    );
    const merged = await merge(quiet);
    expect(merged.status).toBe(2);
    expect(merged.stdout).toContain("Shard 3 of 4 is missing.");
    expect(merged.stdout).toContain("Shard 4 of 4 is missing.");
  });

  it("refuses the same shard twice, and names both folders", async () => {
    const [first = ""] = parts;
    const twice = runsFolder();
    cpSync(first, twice, { recursive: true });
    const merged = await merge([...parts, twice]);
    expect(merged.status).toBe(64);
    expect(merged.stderr).toContain("doubled-shard: expected one whole run of shard 1 of 4");
    expect(merged.stderr).toContain(runIn(twice));
  });

  it("takes the whole run of a shard that was also cut off", async () => {
    const [first = ""] = parts;
    const cut = runsFolder();
    cpSync(first, cut, { recursive: true });
    const file = join(runIn(cut), "campaign.json");
    const campaign = JSON.parse(readFileSync(file, "utf8")) as Campaign;
    writeFileSync(file, JSON.stringify({ ...campaign, interrupted: "killed" }));
    const merged = await merge([cut, ...parts]);
    expect(merged.stdout).toContain(
      `Shard 1 of 4: ${runIn(first)} is used, and not ${runIn(cut)}, which was cut off.`,
    );
    expect(lasting(merged.run)).toEqual(lasting(whole));
  });

  it("refuses a shard of another campaign, and names it", async () => {
    const foreign = await runShard(4, "--seed", "4");
    const merged = await merge([...parts.slice(0, 3), foreign]);
    expect(merged.status).toBe(64);
    expect(merged.stderr).toContain("foreign-shard");
    expect(merged.stderr).toContain(`${runIn(foreign)} (shard 4 of 4, seed 4`);
  });

  it("refuses a campaign.json whose paths lead out of its run", async () => {
    const [first = ""] = parts;
    const strange = runsFolder();
    cpSync(first, strange, { recursive: true });
    const file = join(runIn(strange), "campaign.json");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replaceAll('"histories/0"', '"../../../etc"'));
    const merged = await merge([strange, ...parts.slice(1)]);
    expect(merged.status).toBe(64);
    expect(merged.stderr).toContain("bad-campaign");
  });

  it("refuses a run that ends at its first broken promise", async () => {
    const out = runsFolder();
    await quorate([...asked, "--no-shrink", "--out", out]);
    const merged = await merge([out]);
    expect(merged.status).toBe(64);
    expect(merged.stderr).toContain(
      "not-a-part: expected runs with --shard, --keep-going or --known",
    );
  });
});

describe("--known", () => {
  it("keeps known anomalies from failing a run, and names those that are gone", async () => {
    const fingerprints = campaignIn(whole).findings?.map(({ fingerprint }) => fingerprint) ?? [];
    const known = join(runsFolder(), "known.txt");
    writeFileSync(
      known,
      ["# known since spring", ...fingerprints, "durable: write(n1 k1); kill", ""].join("\n"),
    );
    const all = await merge(parts, "--known", known);
    expect(all.status).toBe(0);
    expect(all.stdout).toContain("No longer seen: durable: write(n1 k1); kill");
    expect(campaignIn(all.run)).toMatchObject({ verdict: "invalid", withoutKnown: "valid" });

    writeFileSync(known, `${fingerprints.slice(1).join("\n")}\n`);
    const less = await merge(parts, "--known", known);
    expect(less.status).toBe(1);
    expect(campaignIn(less.run).findings?.map((finding) => finding.known)).toEqual(
      fingerprints.map((_, place) => place > 0),
    );
  });

  it("refuses a file that holds something else", async () => {
    const known = join(runsFolder(), "known.txt");
    writeFileSync(known, "something\n");
    const finished = await merge(parts, "--known", known);
    expect(finished.status).toBe(64);
    expect(finished.stderr).toContain("bad-fingerprint");
  });
});

describe("a shard", () => {
  it("without histories ends well and says so", async () => {
    const finished = await quorate(
      ["run", "--on", "sim", "--histories", "2", "--seed", "1", "--out", runsFolder()],
      { QUORATE_SHARD: "3/3" },
    );
    expect(finished.stdout).toContain("Shard 3 of 3 is empty: the campaign has 2 histories");
    expect(finished.status).toBe(0);
  });

  it("takes its seed from the pipeline, and is refused where none has an id", async () => {
    const one = ["run", "--on", "sim", "--histories", "2", "--shard", "1/2", "--json"];
    const none = Object.fromEntries(
      ["QUORATE_PIPELINE", "GITHUB_RUN_ID", "CI_PIPELINE_ID", "BUILD_TAG"].map((name) => [
        name,
        "",
      ]),
    );
    const refused = await quorate([...one, "--out", runsFolder()], none);
    expect(refused.status).toBe(64);
    expect(refused.stderr).toContain("shard-without-seed");
    const seedIn = async (id: string): Promise<unknown> =>
      documentOf(await quorate([...one, "--out", runsFolder()], { ...none, QUORATE_PIPELINE: id }))[
        "seed"
      ];
    expect(await seedIn("17")).toBe(await seedIn("17"));
    expect(await seedIn("17")).not.toBe(await seedIn("18"));
  });
});
