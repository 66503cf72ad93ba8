/** With the settings and faults of each planted bug, the healthy store breaks nothing. */
import { expect, test } from "vitest";
import { huntable, runControl } from "../../../harness/hunt/index.ts";
import { huntOptions } from "./hunt-options.ts";

test.each(huntable(true))("the control run of %s raises no alarm", async (bug) => {
  const row = await runControl(bug, huntOptions({ max: 50 }));
  expect(row.alarms).toEqual([]);
  expect(row).toMatchObject({ histories: 50, unknown: 0 });
  // "No alarm" is worth something only where operations succeed and the guarantee is really judged.
  expect(row.okShare).toBeGreaterThan(0.5);
  // Half of the plans end without a restart, so what only a restart shows is judged in about half of the histories.
  expect(Math.max(...Object.values(row.judged).map(({ judged }) => judged))).toBeGreaterThan(15);
});
