import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { documentOf, quorate, runsFolder } from "./support.ts";

const sim = (...more: readonly string[]): string[] => [
  "run",
  "--on",
  "sim",
  "--out",
  runsFolder(),
  "--json",
  ...more,
];

describe("quorate run", () => {
  it("is the same for the same seed, and another for another", async () => {
    const one = documentOf(await quorate(sim("--histories", "20", "--seed", "8")));
    const two = documentOf(await quorate(sim("--histories", "20", "--seed", "8")));
    const other = documentOf(await quorate(sim("--histories", "20", "--seed", "6")));
    expect(one).toMatchObject({ verdict: "valid", on: "sim", seed: 8, histories: 20 });
    expect(one["hashes"]).toHaveLength(20);
    expect(new Set(one["hashes"] as string[]).size).toBe(20);
    expect(two["hashes"]).toEqual(one["hashes"]);
    expect(other["hashes"]).not.toEqual(one["hashes"]);
    // Plan i depends only on the seed and i, not on the number of plans.
    const fewer = documentOf(await quorate(sim("--histories", "7", "--seed", "8")));
    expect(fewer["hashes"]).toEqual((one["hashes"] as string[]).slice(0, 7));
  });

  it("a profile fixes all settings, and --set changes one of them", async () => {
    const strict = documentOf(
      await quorate(
        sim(
          "--histories",
          "10",
          "--seed",
          "5",
          "--faults",
          "partition,kill,pause",
          "--profile",
          "strict",
        ),
      ),
    );
    expect(strict).toMatchObject({
      verdict: "valid",
      guarantees: { regular: { promised: true, promisedIn: 10 } },
    });
    const weaker = documentOf(
      await quorate(
        sim(
          "--histories",
          "10",
          "--seed",
          "5",
          "--faults",
          "partition,kill,pause",
          "--profile",
          "strict",
          "--set",
          "stamps=wall",
        ),
      ),
    );
    expect(weaker).toMatchObject({
      verdict: "valid",
      guarantees: { regular: { promised: false, promisedIn: 0 } },
    });
    const dynamo = documentOf(
      await quorate(
        sim(
          "--histories",
          "10",
          "--seed",
          "5",
          "--faults",
          "partition,kill,pause",
          "--profile",
          "dynamo",
        ),
      ),
    );
    expect(dynamo).toMatchObject({
      verdict: "valid",
      guarantees: {
        "siblings-1": { promised: true, promisedIn: 10 },
        "siblings-2": { promised: false },
      },
    });
  });

  it("leaves a folder in which every stage can be redone", async () => {
    const finished = await quorate(
      sim("--histories", "2", "--seed", "3", "--junit", join(runsFolder(), "junit.xml")),
    );
    const run = documentOf(finished)["run"] as string;
    const history = join(run, "histories", "0");
    for (const file of [
      "campaign.json",
      "report.html",
      "histories/0/plan.json",
      "histories/0/history.jsonl",
      "histories/0/verdict.json",
    ])
      expect(existsSync(join(run, file)), file).toBe(true);
    expect((await quorate(["check", join(history, "history.jsonl")])).status).toBe(0);
    rmSync(join(run, "report.html"));
    expect((await quorate(["report", run])).status).toBe(0);
    expect(readFileSync(join(run, "report.html"), "utf8")).toContain("<html");
    const replayed = await quorate(["replay", history, "--out", runsFolder(), "--json"]);
    expect(replayed.status).toBe(0);
    expect(documentOf(replayed)).toMatchObject({
      on: "sim",
      runs: 1,
      reproduced: 1,
      hash: (documentOf(finished)["hashes"] as string[])[0],
    });
  });

  it("says in one line that no engine answered, and runs on the simulator", async () => {
    const finished = await quorate(
      ["run", "--histories", "1", "--seed", "1", "--out", runsFolder()],
      { DOCKER_HOST: "unix:///nowhere/docker.sock" },
    );
    expect(finished.status).toBe(0);
    const said = finished.stdout.split("\n").filter((line) => line.includes("No Docker engine"));
    expect(said).toHaveLength(1);
    expect(said[0]).toContain("apt-get install docker.io");
  });
});

describe("weak quorums", () => {
  const weak = ["--set", "r=1", "--set", "w=1", "--seed", "1", "--histories", "60"];

  it("show stale reads as observed, and break no promise", async () => {
    const document = documentOf(await quorate(sim(...weak)));
    expect(document["verdict"]).toBe("valid");
    expect(document["guarantees"]).toMatchObject({
      regular: { promised: false, verdict: "invalid" },
    });
  });

  it("break a claim of regular reads: exit 1, a small plan, and a replay that fails in the same way", async () => {
    const finished = await quorate(sim(...weak, "--promise", "regular"));
    expect(finished.status).toBe(1);
    const document = documentOf(finished);
    expect(document).toMatchObject({
      verdict: "invalid",
      guarantees: { regular: { promised: true, verdict: "invalid" } },
    });
    const shrunk = document["shrunk"] as { to: { operations: number } };
    expect(shrunk.to.operations).toBeLessThanOrEqual(10);
    const replayed = await quorate([
      "replay",
      document["run"] as string,
      "--times",
      "3",
      "--out",
      runsFolder(),
      "--json",
    ]);
    expect(replayed.status).toBe(0);
    expect(documentOf(replayed)).toMatchObject({ runs: 3, reproduced: 3 });
    expect(
      (documentOf(replayed)["anomalies"] as { guarantee: string }[]).map(
        (anomaly) => anomaly.guarantee,
      ),
    ).toContain("regular");
  });
});

describe("quorate check", () => {
  it("never calls a damaged history valid", async () => {
    const run = documentOf(await quorate(sim("--histories", "1", "--seed", "2")))["run"] as string;
    const whole = readFileSync(join(run, "histories", "0", "history.jsonl"), "utf8");
    const lines = whole.trimEnd().split("\n");
    const damaged: Readonly<Record<string, string>> = {
      "cut in a line": whole.slice(0, Math.floor(whole.length / 2)),
      "cut between lines": `${lines.slice(0, -1).join("\n")}\n`,
      "an unknown field": whole.replace('"e":"invoke"', '"e":"invoke","colour":"red"'),
      "an unknown event": `${lines[0]}\n{"e":"surprise","atUs":1}\n${lines.slice(1).join("\n")}\n`,
      empty: "",
      "no JSON": "hello\n",
    };
    for (const [name, text] of Object.entries(damaged)) {
      const file = join(run, "damaged.jsonl");
      writeFileSync(file, text);
      const finished = await quorate(["check", file, "--json"]);
      expect(finished.status, name).toBe(2);
      expect(documentOf(finished), name).toMatchObject({
        verdict: "unknown",
        files: { [file]: "unknown" },
      });
    }
    const copy = join(run, "copy.jsonl");
    copyFileSync(join(run, "histories", "0", "history.jsonl"), copy);
    expect((await quorate(["check", copy])).status).toBe(0);
  });
});
