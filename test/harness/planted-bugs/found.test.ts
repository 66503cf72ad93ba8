/** Tests that quorate can find bugs: each built-in planted bug must break a guarantee that its row names. */
import { expect, test } from "vitest";
import { huntable, huntBug } from "../../../harness/hunt/index.ts";
import { huntOptions } from "./hunt-options.ts";

test.each(huntable(true))("%s breaks a guarantee that its row names", async (bug) => {
  const row = await huntBug(bug, huntOptions());
  expect(row).toMatchObject({ bug, found: true });
  expect(row.breaks).toContain(row.guarantee);
  // The explanation must name a key or a node. Explanations of ring-agreed may name only nodes.
  expect(row.explanation).toMatch(/[kn]\d/);
});
