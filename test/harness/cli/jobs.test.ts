import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { documentOf, quorate, runsFolder } from "./support.ts";

const run = async (...more: readonly string[]): Promise<Record<string, unknown>> =>
  documentOf(await quorate(["run", "--on", "sim", "--out", runsFolder(), "--json", ...more]));
const kept = (document: Record<string, unknown>): string[] =>
  readdirSync(join(document["run"] as string, "histories")).sort();
/** The results of a run that must not depend on the number of threads. */
const results = ({
  verdict,
  histories,
  operations,
  ok,
  hashes,
  guarantees,
  faults,
  anomalies,
  replayAnywhere,
}: Record<string, unknown>): unknown => ({
  verdict,
  histories,
  operations,
  ok,
  hashes,
  guarantees,
  faults,
  anomalies,
  replayAnywhere,
});

describe("--jobs", () => {
  it("changes nothing about a valid campaign", async () => {
    const asked = ["--seed", "8", "--histories", "130"];
    const [one, three] = [await run(...asked), await run(...asked, "--jobs", "3")];
    expect(one["hashes"]).toHaveLength(130);
    expect(results(three)).toEqual(results(one));
    expect(kept(three)).toEqual(kept(one));
    expect(kept(one)).toEqual(["0", "100"]);
  });

  it("ends at the same first failure, however far threads had worked ahead, and gives its plan as one word", async () => {
    const asked = [
      "--seed",
      "1",
      "--histories",
      "400",
      "--set",
      "r=1",
      "--set",
      "w=1",
      "--promise",
      "regular",
    ];
    const [one, two] = [
      await run(...asked, "--no-shrink"),
      await run(...asked, "--no-shrink", "--jobs", "2"),
    ];
    expect(one["verdict"]).toBe("invalid");
    expect(results(two)).toEqual(results(one));
    expect(kept(two)).toEqual(kept(one));
    const shrunk = await run(...asked, "--jobs", "2");
    const token = String(shrunk["replayAnywhere"]).replace("npx quorate replay ", "");
    expect(token).toMatch(/^quorate:v2:/);
    const replayed = await quorate(["replay", token, "--out", runsFolder(), "--json"]);
    expect(replayed.status).toBe(0);
    expect(documentOf(replayed)).toMatchObject({ on: "sim", reproduced: 1, verdict: "invalid" });
  });
});

describe("replay --jobs", () => {
  it("runs the plan as often, on threads, each time to the same history", async () => {
    const failed = await run(
      "--seed",
      "1",
      "--histories",
      "400",
      "--set",
      "r=1",
      "--set",
      "w=1",
      "--promise",
      "regular",
      "--no-shrink",
    );
    const replay = async (...more: readonly string[]) =>
      quorate([
        "replay",
        String(failed["run"]),
        "--times",
        "30",
        "--out",
        runsFolder(),
        "--json",
        ...more,
      ]);
    const [one, three] = [await replay(), await replay("--jobs", "3")];
    expect([one.status, three.status]).toEqual([0, 0]);
    const told = ({ run: _, ...document }: Record<string, unknown>): unknown => document;
    expect(told(documentOf(three))).toEqual(told(documentOf(one)));
    expect(documentOf(three)).toMatchObject({ runs: 30, reproduced: 30, verdict: "invalid" });
    expect(kept(documentOf(three))).toEqual(["0"]);
  });
});

describe("--search guided", () => {
  it("is another campaign than the random one, and the same for any number of threads", async () => {
    const asked = ["--seed", "5", "--histories", "60"];
    const [random, one, three] = [
      await run(...asked),
      await run(...asked, "--search", "guided"),
      await run(...asked, "--search", "guided", "--jobs", "3"),
    ];
    expect(results(three)).toEqual(results(one));
    expect((one["hashes"] as string[]).slice(0, 16)).toEqual(
      (random["hashes"] as string[]).slice(0, 16),
    );
    expect(one["hashes"]).not.toEqual(random["hashes"]);
  });

  it("is refused for a part of a campaign", async () => {
    const finished = await quorate([
      "run",
      "--on",
      "sim",
      "--seed",
      "7",
      "--search",
      "guided",
      "--shard",
      "1/2",
    ]);
    expect(finished.status).toBe(64);
    expect(finished.stderr).toContain("--search guided without --shard");
  });
});

describe("--shard", () => {
  it("splits a campaign: the parts together are the whole, in turn", async () => {
    const asked = ["--seed", "9", "--histories", "11"];
    const whole = (await run(...asked))["hashes"] as string[];
    const parts = await Promise.all(
      ["1/3", "2/3", "3/3"].map(
        async (shard) =>
          (await run(...asked, "--shard", shard, "--jobs", "2"))["hashes"] as string[],
      ),
    );
    expect(parts.map((part) => part.length)).toEqual([4, 4, 3]);
    expect(whole.map((_, index) => parts[index % 3]?.[Math.floor(index / 3)])).toEqual(whole);
  });
});
