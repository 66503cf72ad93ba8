/** The proof that the tester can fail: each planted bug breaks what its row names. */
import { expect, test } from "vitest";
import { huntable, huntBug } from "../../../harness/hunt/index.ts";
import { huntOptions } from "./hunt-options.ts";

test.each(huntable(true))("%s breaks a guarantee that its row names", async (bug) => {
  const row = await huntBug(bug, huntOptions());
  expect(row).toMatchObject({ bug, found: true });
  expect(row.breaks).toContain(row.guarantee);
  // What ring-agreed says may be about nodes alone.
  expect(row.explanation).toMatch(/[kn]\d/);
});
