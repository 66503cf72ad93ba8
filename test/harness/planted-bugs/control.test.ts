/**
 * Tests that the healthy store breaks nothing with the settings and faults that are used for each built-in planted bug.
 */
import { expect, test } from "vitest";
import { huntable, runControl } from "../../../harness/hunt/index.ts";
import { huntOptions } from "./hunt-options.ts";

test.each(huntable(true))("the control run of %s raises no alarm", async (bug) => {
  const row = await runControl(bug, huntOptions({ max: 50 }));
  expect(row.alarms).toEqual([]);
  expect(row).toMatchObject({ histories: 50, unknown: 0 });
  // A control run without alarms proves something only if operations succeed and the guarantee is judged.
  expect(row.okShare).toBeGreaterThan(0.5);
  // Half of the plans end without a restart. So guarantees that only a restart can test are judged in about half of the
  // histories.
  expect(Math.max(...Object.values(row.judged).map(({ judged }) => judged))).toBeGreaterThan(15);
});
