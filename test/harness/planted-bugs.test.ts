/** The proof that the tester can fail: each planted bug breaks what its row names, its control run breaks nothing. */
import { describe, expect, it } from "vitest";
import { bundled, createSimCluster } from "../../harness/index.ts";
import { huntable, huntBug, type HuntOptions, runControl } from "../../harness/hunt/index.ts";
import { docker } from "../support/docker.ts";
import { documentOf, quorate, runsFolder } from "./cli/support.ts";

const options = (more: Partial<HuntOptions>): HuntOptions => ({
  cluster: createSimCluster(bundled),
  search: "random",
  seed: 1,
  max: 300,
  evidence: true,
  measure: false,
  shrinkTimeoutMs: null,
  signal: new AbortController().signal,
  ...more,
});

describe.each(huntable(true))("planted bug %s", (bug) => {
  it("is found in the simulator through a guarantee that its row names", async () => {
    const row = await huntBug(bug, options({}));
    expect(row).toMatchObject({ bug, found: true });
    expect(row.breaks).toContain(row.guarantee);
    // What ring-agreed says may be about nodes alone.
    expect(row.explanation).toMatch(/[kn]\d/);
  });

  it("has a control run that raises no alarm", async () => {
    const row = await runControl(bug, options({ max: 50 }));
    expect(row.alarms).toEqual([]);
    expect(row).toMatchObject({ histories: 50, unknown: 0 });
    // "No alarm" is worth something only where operations succeed and the guarantee is really judged.
    expect(row.okShare).toBeGreaterThan(0.5);
    // Half of the plans end without a restart, so what only a restart shows is judged in about half of the histories.
    expect(Math.max(...Object.values(row.judged).map(({ judged }) => judged))).toBeGreaterThan(15);
  });
});

describe.each(huntable(false))("planted bug %s, the Host's evidence not looked at", (bug) => {
  it("is found in the simulator", async () => {
    // A bug whose guarantees need evidence may show to clients in one history of some hundreds.
    expect(await huntBug(bug, options({ evidence: false, max: 1000 }))).toMatchObject({
      bug,
      found: true,
    });
  });
});

// Containers keep their own time, so the same seed finds a bug sooner or later: merge-of-first has taken 4 histories,
// and more than 14.
describe("planted bugs in containers", () => {
  it.skipIf(docker.skip).each(["merge-of-first", "ack-before-fsync", "lww-arrival-order"])(
    `%s is found${docker.reason}`,
    async (bug) => {
      const finished = await quorate([
        "hunt",
        bug,
        "--on",
        "docker",
        "--seed",
        "1",
        "--max",
        "60",
        "--no-shrink",
        "--out",
        runsFolder(),
        "--json",
      ]);
      expect(finished.status, finished.stdout.slice(0, 2000) + finished.stderr).toBe(0);
      expect(documentOf(finished)["bugs"]).toMatchObject([{ bug, found: true }]);
    },
    600_000,
  );

  it.skipIf(docker.skip)(
    `the healthy store keeps its promises${docker.reason}`,
    async () => {
      const finished = await quorate([
        "hunt",
        "lww-arrival-order",
        "--control",
        "--on",
        "docker",
        "--seed",
        "1",
        "--max",
        "2",
        "--out",
        runsFolder(),
        "--json",
      ]);
      expect(finished.status, finished.stdout.slice(0, 2000) + finished.stderr).toBe(0);
      expect(documentOf(finished)["controlRuns"]).toMatchObject([{ histories: 2, alarms: [] }]);
    },
    600_000,
  );
});
