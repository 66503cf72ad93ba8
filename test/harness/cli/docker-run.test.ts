/** Tests that the files of a run in containers can be used again. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { docker } from "../../support/docker.ts";
import { documentOf, quorate, runsFolder } from "./support.ts";

describe.skipIf(docker.skip)(`a run's folder from containers${docker.reason}`, () => {
  let run = "";
  let saved: readonly string[] = [];

  beforeAll(async () => {
    const finished = await quorate([
      "run",
      "--on",
      "docker",
      "--histories",
      "1",
      "--seed",
      "1",
      "--faults",
      "kill",
      "--out",
      runsFolder(),
      "--json",
    ]);
    expect(finished.status, finished.stderr).toBe(0);
    run = documentOf(finished)["run"] as string;
    saved = readdirSync(join(run, "histories")).map((index) =>
      join(run, "histories", index, "history.jsonl"),
    );
    expect(saved).toHaveLength(1);
  });

  it("is checked from its file, with the same verdict", async () => {
    const checked = await quorate(["check", ...saved, "--json"]);
    expect(checked.status, checked.stdout.slice(0, 2000)).toBe(0);
    expect(documentOf(checked)).toMatchObject({ verdict: "valid" });
  });

  it("gives its report again", async () => {
    const rebuilt = await quorate(["report", run]);
    expect(rebuilt.status, rebuilt.stderr).toBe(0);
  });

  it("is replayed in containers", async () => {
    const replayed = await quorate(["replay", run, "--out", runsFolder(), "--json"]);
    expect(replayed.status, replayed.stderr).toBe(0);
    // In containers time is real, so one of the three replays may end differently without a failure. The status says
    // whether it did.
    expect(documentOf(replayed)).toMatchObject({ on: "docker", runs: 3 });
  });
});
