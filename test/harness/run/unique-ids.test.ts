/**
 * Tests ids that are made from versions of the bundled store: of the healthy store, and with bugs that give a version
 * twice.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Verdict } from "../../../checkers/index.ts";
import { builtInKinds, faultKinds, planAt } from "../../../generators/index.ts";
import { attempt } from "../../../harness/campaign/attempt.ts";
import { createSimCluster } from "../../../harness/platforms/simulator/index.ts";
import { cannotMake } from "../../../harness/run/possible.ts";
import { bundled } from "../../../harness/targets/bundled/index.ts";
import type { Target } from "../../../harness/targets/target.ts";
import { toy } from "../targets/conformance/toys.ts";

/** The verdicts of so many histories, one after the other, under all faults that the simulator can make. */
async function* verdicts(
  histories: number,
  { target = bundled, ...more }: { target?: Target; versions?: string; bug?: string },
): AsyncGenerator<Verdict> {
  const { versions, bug } = more;
  const cluster = createSimCluster(target);
  const options = {
    target,
    settings: versions === undefined ? target.defaults : { ...target.defaults, versions },
    workload: "unique-ids",
    faults: faultKinds.filter((kind) => cannotMake(kind, cluster, builtInKinds) === null),
    claimed: [],
    ...(bug === undefined ? {} : { bug }),
  };
  for (let index = 0; index < histories; index++)
    yield (await attempt(planAt(options, 1, index), cluster, { evidence: true })).verdict;
}

describe("ids of the healthy store", () => {
  it.each(["stamps", "siblings"])("are unique in 150 histories with %s", async (versions) => {
    let judged = 0;
    for await (const { verdict, reasons, guarantees } of verdicts(150, { versions })) {
      expect({ verdict, reasons }).toEqual({ verdict: "valid", reasons: [] });
      judged += guarantees["unique-ids"]?.judged ?? 0;
    }
    // Verdicts without alarms prove something only if ids were given.
    expect(judged).toBeGreaterThan(3000);
  });
});

/**
 * A bug with stamps of the coordinator's clock, in ticks of 10 ms, and the coordinator's name. Two writes through one
 * node in one tick get equal stamps.
 */
const sameStampInTick = `export default (parts) => ({
  ...parts,
  stamp(clock, seen) {
    const [time, node] = parts.stamp(clock, seen).split(".");
    return time.slice(0, 12) + "0000." + node + ".000000.000000";
  },
});`;

async function expectFound(bug: string, versions: string): Promise<void> {
  for await (const { verdict, reasons } of verdicts(300, { bug, versions })) {
    if (verdict !== "invalid") continue;
    expect(reasons[0]).toMatch(/^unique-ids is broken: generate \d+ of k\d+ by .* got the id "k/);
    return;
  }
  throw new Error(`${bug} was not found in 300 histories`);
}

describe("ids given twice are found", () => {
  it.each(["shared-actor", "actor-amnesia"])("with %s", (bug) => expectFound(bug, "siblings"));

  it("where stamps are ticks of a clock", async () => {
    const folder = mkdtempSync(join(tmpdir(), "quorate-test-"));
    try {
      const file = join(folder, "same-stamp.ts");
      writeFileSync(file, sameStampInTick);
      await expectFound(file, "stamps");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it("is not applicable, by name, on a store with plain values", async () => {
  for await (const { verdict, guarantees } of verdicts(1, { target: toy() })) {
    expect(guarantees["unique-ids"]).toMatchObject({
      verdict: "not-applicable",
      promised: true,
      reason: "needs versions: reads and acknowledgements carry no versions",
    });
    expect(verdict).toBe("unknown");
  }
});
