/**
 * Tests plans that once caused false alarms on the healthy store. Each file in test/fixtures/plans must keep every
 * promise.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parsePlan } from "../../generators/index.ts";
import { bundled, createSimCluster, judge, runHistory } from "../../harness/index.ts";
import { bundledPlans } from "../../harness/targets/bundled/index.ts";

const folder = join(import.meta.dirname, "../fixtures/plans");

test.each(readdirSync(folder))("the healthy store is not blamed on %s", async (file) => {
  const plan = parsePlan(JSON.parse(readFileSync(join(folder, file), "utf8")), bundledPlans);
  const verdict = judge(await runHistory(plan, createSimCluster(bundled), { evidence: true }));
  expect(verdict.reasons).toEqual([]);
  expect(verdict.verdict).toBe("valid");
});
