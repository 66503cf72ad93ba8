/**
 * Tests the planted bugs that clients and inspection alone can show: a hunt finds each of them without the Host's
 * evidence.
 */
import { expect, test } from "vitest";
import { huntable, huntBug } from "../../../harness/hunt/index.ts";
import { huntOptions } from "./hunt-options.ts";

test.each(huntable(false))("%s is found without evidence", async (bug) => {
  // If a bug's guarantees need evidence, clients may see the bug in only one of some hundred histories.
  const row = await huntBug(bug, huntOptions({ evidence: false, max: 1000 }));
  expect(row).toMatchObject({ bug, found: true });
});
