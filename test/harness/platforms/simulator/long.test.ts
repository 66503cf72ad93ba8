/** A history of a whole day of its own time. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parsePlan } from "../../../../generators/index.ts";
import { bundled, createSimCluster, runHistory } from "../../../../harness/index.ts";
import { bundledPlans } from "../../../../harness/targets/bundled/index.ts";

const file = join(import.meta.dirname, "../../../fixtures/plan-one-day.json");
const plan = parsePlan(JSON.parse(readFileSync(file, "utf8")), bundledPlans);

describe("a history of a day, with exchanges ten times a second", () => {
  it("hears that it is to stop", async () => {
    const controller = new AbortController();
    // A timer's turn comes only if the simulator gives the process one.
    setTimeout(() => controller.abort(), 1);
    const events = await runHistory(plan, createSimCluster(bundled), {
      evidence: true,
      signal: controller.signal,
    });
    expect(events.at(-1)).toMatchObject({ e: "end", reason: "interrupted" });
  });

  it("is given up after so many events, at the same one each time", async () => {
    const run = (): Promise<unknown> =>
      runHistory(plan, createSimCluster(bundled), { evidence: false }).then(
        () => "it ended",
        (error: unknown) => error,
      );
    const thrown = await run();
    expect(thrown).toMatchObject({ name: "UnjudgedError", code: "history-too-long" });
    expect(await run()).toEqual(thrown);
  });
});
